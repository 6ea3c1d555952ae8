"""Rows that sum up the others: totals, subtotals and averages, as spreadsheets hold them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kwise._cells.columns import read_as

if TYPE_CHECKING:
    from kwise._cells.numbers import NumberFormat

_TOTALS = (
    r"totals?|sum|gesamt|gesamtsumme|insgesamt|summe|zwischensumme|totale|totaal|suma|"
    r"average|mean|avg\.?|durchschnitt|mittelwert|moyenne|media"
)
# Words that say so only where nothing else stands in the cell.
_ALONE = (
    r"totalt|razem|celkem|\u00f6sszesen|ensemble|all|medel|median|m\u00e9diane|mediana|std\.?|sd|"
    r"st\.? ?dev\.?|standard deviation|minimum|maximum|min\.?|max\.?|count|n|\u03a3|\u2211|"
    r"\u0438\u0442\u043e\u0433\u043e|\u0432\u0441\u0435\u0433\u043e|\u5408\u8a08|\u5408\u8ba1|"
    r"\u603b\u8ba1|\ud569\uacc4"
)
TOTAL = (
    rf"(?i)^\W*(grand |sub|sub-|sub |overall )?({_TOTALS})\b|\b(sub)?total\W*$|"
    rf"^[^\w\u2211]*({_ALONE})\W*$"
)
# What some of these words say of all columns, whatever else their numbers may be by chance.
_EXTREMES: tuple[tuple[re.Pattern[str], Callable[[NDArray[np.float64]], NDArray[Any]]], ...] = (
    (re.compile(r"\W*(n|count)\W*", re.IGNORECASE), lambda rows: (~np.isnan(rows)).sum(axis=0)),
    (re.compile(r"\W*min(imum|\.)?\W*", re.IGNORECASE), lambda rows: np.nanmin(rows, axis=0)),
    (re.compile(r"\W*max(imum|\.)?\W*", re.IGNORECASE), lambda rows: np.nanmax(rows, axis=0)),
)
MOST_SHARE = 0.5  # of rows that can be totals
MOST_COLUMNS = 50  # of numbers that are added up
CLOSE = 5e-3  # relative: totals are often rounded


def without_totals(
    frame: pl.DataFrame, formats: Mapping[str, NumberFormat]
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Leave out rows that are named as totals and are the sum, mean or the like of other rows.

    Columns of text that ``formats`` names are numbers, too, written as it says.
    """
    told = _as_numbers(frame, formats)
    words = [name for name, dtype in told.schema.items() if dtype == pl.String][:3]
    numbers = [name for name, dtype in told.schema.items() if dtype.is_numeric()][:MOST_COLUMNS]
    if not words or not numbers or frame.height < 3:
        return frame, ()
    named = _named(frame, words)
    if all(frame[name].null_count() == 1 and frame[name][-1] is None for name in words):
        named[-1] = True  # the only row without a name
    places = np.flatnonzero(named.to_numpy())
    if not 0 < len(places) <= MOST_SHARE * frame.height:
        return frame, ()
    cells = told.select(pl.col(numbers).cast(pl.Float64)).to_numpy()
    sums = [
        place
        for place in places
        if _sums_up(cells, int(place), named.to_numpy(), _said(frame, words, int(place)))
    ]
    if not sums:
        return frame, ()
    kept = np.ones(frame.height, dtype=bool)
    kept[sums] = False
    first = (frame[name][int(sums[0])] for name in words)
    label = next((each for each in first if each), "no name")
    rows = (
        f"row {sums[0] + 1}"
        if len(sums) == 1
        else f"{len(sums)} rows, the first row {sums[0] + 1},"
    )
    verb = "was" if len(sums) == 1 else "were"
    return frame.filter(pl.Series(kept)), (
        f"{rows} {verb} left out, as sums or means of other rows: {label!r}",
    )


class RunningTotals:
    """Sums over the parts of a stream, by which totals are told that sum up rows of many parts.

    A total at the head of a table, or a mean of some parts' rows alone, is not.
    """

    def __init__(self, formats: Mapping[str, NumberFormat]) -> None:
        self._formats = formats
        self._names: list[str] | None = None
        self._all = self._since = _Sums.of_none(0)

    def without(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
        """Leave out rows of the next part that sum up those since the last such row, or all."""
        told = _as_numbers(frame, self._formats)
        words = [name for name, dtype in told.schema.items() if dtype == pl.String][:3]
        if self._names is None:
            numeric = (name for name, dtype in told.schema.items() if dtype.is_numeric())
            self._names = list(numeric)[:MOST_COLUMNS]
            self._all = self._since = _Sums.of_none(len(self._names))
        if not words or not self._names:
            return frame, ()
        numbers = pl.col(self._names).cast(pl.Float64, strict=False)
        cells = told.select(numbers).to_numpy()
        kept, first = np.ones(len(cells), dtype=bool), 0
        for place in np.flatnonzero(_named(frame, words).to_numpy()).tolist():
            self._add(cells[first:place])
            if self._since.tells(cells[place]) or self._all.tells(cells[place]):
                kept[place], self._since = False, _Sums.of_none(len(self._names))
            else:
                self._add(cells[place : place + 1])
            first = place + 1
        self._add(cells[first:])
        n_left = int((~kept).sum())
        if n_left == 0:
            return frame, ()
        rows = "1 row was" if n_left == 1 else f"{n_left} rows were"
        return frame.filter(pl.Series(kept)), (f"{rows} left out, as sums or means of other rows",)

    def _add(self, cells: NDArray[np.float64]) -> None:
        """Count rows."""
        self._all, self._since = self._all.and_rows(cells), self._since.and_rows(cells)


@dataclass(frozen=True, eq=False)
class _Sums:
    """Sums of some rows by column, and how many cells they are of."""

    sums: NDArray[np.float64]
    counts: NDArray[np.int64]
    n_rows: int

    @classmethod
    def of_none(cls, n_columns: int) -> _Sums:
        """Return the sums of no rows."""
        return cls(np.zeros(n_columns), np.zeros(n_columns, dtype=np.int64), 0)

    def and_rows(self, cells: NDArray[np.float64]) -> _Sums:
        """Return the sums of these rows, too."""
        counts = self.counts + (~np.isnan(cells)).sum(axis=0)
        return _Sums(self.sums + np.nansum(cells, axis=0), counts, self.n_rows + len(cells))

    def tells(self, total: NDArray[np.float64]) -> bool:
        """Say whether most numbers of a row are the sums, or the means."""
        present = ~np.isnan(total) & (self.counts > 0)
        if self.n_rows < 2 or not present.any():
            return False
        found, sums = total[present], self.sums[present]
        means = sums / self.counts[present]
        near = np.isclose(found, sums, rtol=CLOSE) | np.isclose(found, means, rtol=CLOSE)
        return bool(near.mean() >= 0.5 and (np.abs(found[near]) > 0).any())


def _named(frame: pl.DataFrame, words: list[str]) -> pl.Series:
    """Say which rows are named as totals in one of these columns."""
    return frame.select(
        pl.any_horizontal(pl.col(name).str.contains(TOTAL).fill_null(False) for name in words)
    ).to_series()


def _as_numbers(frame: pl.DataFrame, formats: Mapping[str, NumberFormat]) -> pl.DataFrame:
    """Return the table with those columns read that can be, as ``formats`` says."""
    read = []
    for name, told in formats.items():
        if frame.schema.get(name) == pl.String:
            with suppress(ValueError):  # whoever needs the column says what is wrong with it
                read.append(read_as(frame[name], told))
    return frame.with_columns(read) if read else frame


def _said(frame: pl.DataFrame, words: list[str], place: int) -> str:
    """Return what names a row as a total."""
    cells = (frame[name][place] or "" for name in words)
    return next((cell for cell in cells if re.search(TOTAL, cell)), "")


def _sums_up(cells: NDArray[np.float64], place: int, named: NDArray[np.bool_], said: str) -> bool:
    """Say whether a row is the sum or mean of those since the last total, above it, or of all."""
    before = np.flatnonzero(named[:place])
    since = int(before[-1]) + 1 if len(before) else 0
    parts = (
        np.arange(since, place),
        np.flatnonzero(~named[:place]),
        np.flatnonzero(~named),
    )
    return any(len(rows) > 1 and _is_sum(cells[place], cells[rows], said) for rows in parts)


def _is_sum(total: NDArray[np.float64], rows: NDArray[np.float64], said: str) -> bool:
    """Say whether numbers of one row are sums or means of those of the others, or what is said."""
    present = ~np.isnan(total) & ~np.isnan(rows).all(axis=0)
    if not present.any():
        return False
    found, rows = total[present], rows[:, present]
    counts = (~np.isnan(rows)).sum(axis=0)
    sums = np.nansum(rows, axis=0)
    either = np.isclose(found, sums, rtol=CLOSE) | np.isclose(found, sums / counts, rtol=CLOSE)
    extreme = next((measure for word, measure in _EXTREMES if word.fullmatch(said)), None)
    if extreme is not None:
        return bool(np.isclose(found, extreme(rows), rtol=CLOSE).all())
    measures = (np.nanmedian, np.nanstd, _std)
    of_one = [np.isclose(found, measure(rows, axis=0), rtol=CLOSE) for measure in measures]
    near = max((either, *of_one), key=np.count_nonzero)
    return bool(near.mean() >= 0.5 and (np.abs(found[near]) > 0).any())


def _std(rows: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Return the standard deviations of samples; nan of one row."""
    counts = (~np.isnan(rows)).sum(axis=axis)
    found: NDArray[np.float64] = np.nanstd(rows, axis=axis) * np.sqrt(
        counts / np.where(counts > 1, counts - 1, np.nan)
    )
    return found

"""A table of numbers and categories as the engine takes it: a matrix, and a code a category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kwise.types import Floats

__all__ = ["Column", "MixedTable", "Vocabulary", "category_places", "is_mixed", "split_columns"]

Column: TypeAlias = NDArray[Any]
Codes: TypeAlias = NDArray[np.int32]

# Codes of a column before they are rows of the table of penalties.
_MISSING, _UNSEEN = -1, -2


def is_mixed(X: object) -> bool:
    """Tell whether X may hold anything but numbers: a frame, or cells of any kind."""
    if hasattr(X, "columns") and hasattr(X, "__getitem__"):
        return True
    if isinstance(X, np.ndarray):
        return X.dtype.kind in "OUS"
    rows: list[Any] = list(X) if isinstance(X, (list, tuple)) else []
    cells = (cell for row in rows if isinstance(row, (list, tuple)) for cell in row)
    return any(isinstance(cell, str) or cell is None for cell in cells)


def split_columns(X: Any) -> tuple[list[Column], list[str] | None]:
    """Return the columns of a frame or an array, and their names where there are any."""
    if hasattr(X, "columns"):
        names = [str(name) for name in X.columns]
        return [np.asarray(X[name]) for name in X.columns], names
    cells = X if isinstance(X, np.ndarray) else np.array(X, dtype=object)
    if cells.ndim != 2:
        raise ValueError(
            f"Expected 2D array, got {cells.ndim}D array instead. Reshape your data: one row a "
            "sample, one column a feature."
        )
    return list(cells.T), None


def is_category(column: Column) -> bool:
    """Tell whether a column holds words or truth values rather than numbers."""
    if column.dtype.kind != "O":
        return column.dtype.kind not in "iuf"
    return not all(
        cell is None or (isinstance(cell, (int, float, np.number)) and not isinstance(cell, bool))
        for cell in column
    )


def category_places(wanted: object, columns: Sequence[Column], names: list[str]) -> list[int]:
    """Return the places of the columns of categories: those named, or those that hold words."""
    if isinstance(wanted, str):
        return [j for j, column in enumerate(columns) if is_category(column)]
    found = []
    for each in wanted:  # type: ignore[attr-defined]
        if isinstance(each, (int, np.integer)) and -len(names) <= each < len(names):
            found.append(int(each) % len(names))
        elif isinstance(each, str) and each in names:
            found.append(names.index(each))
        else:
            raise ValueError(
                f"categorical names {each!r}, which is no column; there are {', '.join(names[:20])}"
            )
    return sorted(set(found))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The categories of one column, in the order of their text; None, the last, is missing."""

    levels: tuple[object, ...]

    @classmethod
    def of(cls, column: Column, *, missing: str, name: str) -> Vocabulary:
        """Learn the categories of a column; missing cells are one if so they should be."""
        absent = _is_missing(column)
        if absent.any() and missing == "error":
            raise ValueError(
                f"{name} has a missing cell in row {int(absent.argmax())}; missing='category' "
                "makes it a category, missing='ignore' leaves it out of the comparison."
            )
        levels = sorted(dict.fromkeys(column[~absent].tolist()), key=str)
        if absent.any() and missing == "category":
            levels.append(None)
        return cls(tuple(levels))

    def codes(self, column: Column) -> Codes:
        """Return the place of each cell among the categories; -1 is missing, -2 unseen."""
        places = {level: place for place, level in enumerate(self.levels)}
        absent = _is_missing(column)
        cells = column.astype(object)
        cells[absent] = None
        found = np.fromiter(map(places.get, cells.tolist(), repeat(_UNSEEN)), np.int32, len(cells))
        if None not in places:
            found[absent] = _MISSING
        return found


def _is_missing(column: Column) -> NDArray[np.bool_]:
    """Tell which cells are None, nan or a frame's own word for missing."""
    if column.dtype.kind == "f":
        return np.isnan(column)
    if column.dtype.kind != "O":
        return np.zeros(len(column), dtype=bool)
    kinds = {type(cell) for cell in column}
    if kinds <= {str, bool, int}:
        return np.zeros(len(column), dtype=bool)
    return np.array([_is_absent(cell) for cell in column], dtype=bool)


def _is_absent(cell: object) -> bool:
    """Tell whether a cell is None, nan, NaT or pandas' NA, which no comparison knows."""
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(cell, (float, np.floating)) and bool(cell != cell)  # noqa: PLR0124


@dataclass(frozen=True, slots=True)
class MixedTable:
    """Rows as the engine takes them.

    ``numbers`` (n_rows, n_numbers); ``codes`` (n_rows, n_categories) are rows of a table of
    penalties in which the levels of all columns follow each other, and -1 where a cell counts
    nothing. The last row of that table is for what was not seen in training.
    """

    numbers: Floats
    codes: Codes

    @classmethod
    def of(
        cls,
        columns: Sequence[Column],
        names: Sequence[str],
        vocabularies: dict[int, Vocabulary],
        *,
        ignore_missing: bool,
    ) -> MixedTable:
        """Read columns with known categories."""
        n_rows = len(columns[0])
        numbers = [
            _as_numbers(column, names[j])
            for j, column in enumerate(columns)
            if j not in vocabularies
        ]
        unseen = sum(len(each.levels) for each in vocabularies.values())
        codes, first = [], 0
        for j, vocabulary in vocabularies.items():
            found = vocabulary.codes(columns[j])
            absent = found == _MISSING
            moved = np.where(found >= 0, found + first, unseen)
            codes.append(np.where(absent & ignore_missing, -1, moved))
            first += len(vocabulary.levels)
        return cls(
            np.column_stack(numbers) if numbers else np.empty((n_rows, 0)),
            np.ascontiguousarray(np.column_stack(codes), dtype=np.int32)
            if codes
            else np.empty((n_rows, 0), np.int32),
        )


def _as_numbers(column: Column, name: str) -> Floats:
    """Return a column of numbers; say where it holds none."""
    try:
        found = np.asarray(column, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} holds what is no number; name it in categorical=, or leave it out."
        ) from None
    bad = ~np.isfinite(found)
    if bad.any():
        row = int(bad.argmax())
        what = "NaN (a missing number)" if np.isnan(found[row]) else "infinity"
        raise ValueError(
            f"Input X contains {what}: {name}, row {row}. Fill numbers or leave these rows out; "
            "missing categories alone may stay."
        )
    return found

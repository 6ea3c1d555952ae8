"""What a reader can ask of a row: its place, number, name, values and cluster, packed."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kwise.report.packing import MOST_CARRIED, packed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.report.data import ReportData
    from kwise.results import Floats

__all__ = ["MOST_ASKED", "PackedRows", "columns_told", "points_of", "rows_told", "told_of"]

# Rows that answer, all of a table up to this number, a stated sample of more; columns whose values
# they tell; rows up to which a value keeps six digits.
MOST_ASKED, _MOST_COLUMNS, _PRECISE = 20_000, 6, 5_000
_STEPS = 65_535


def rows_told(data: ReportData) -> NDArray[np.int64]:
    """Return the places of the rows that answer: all, or a random sample of many."""
    n = len(data.X)
    if n <= MOST_ASKED:
        return np.arange(n)
    return np.sort(np.random.default_rng(0).permutation(n)[:MOST_ASKED]).astype(np.int64)


def columns_told(data: ReportData) -> list[int]:
    """Return the columns whose values a row tells: the most telling ones."""
    return [int(j) for j in data.profile.columns[:_MOST_COLUMNS]]


@dataclass(frozen=True, slots=True)
class PackedRows:
    """Rows that answer: so many of how many, what is told of each, and all of it packed."""

    n: int
    total: int
    columns: tuple[str, ...]
    named: bool
    packed: str


def points_of(data: ReportData) -> PackedRows | None:
    """Pack the rows that answer; None where not even labels travel with the page."""
    if len(data.X) > MOST_CARRIED:
        return None
    told = told_of(data)
    words = json.dumps(told, ensure_ascii=False).encode()
    groups = ("columns", "categories")
    return PackedRows(
        n=told["n"],
        total=told["total"],
        columns=tuple(str(each["name"]) for group in groups for each in told[group]),
        named=told["names"] is not None,
        packed=packed(np.frombuffer(words, dtype=np.uint8)),
    )


def told_of(data: ReportData) -> dict[str, Any]:
    """Return what is told of the rows that answer, ready for JSON."""
    at = rows_told(data)
    columns = columns_told(data)
    low, high = data.plane.points.min(axis=0), data.plane.points.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    places = np.rint((data.plane.points[at] - low) / span * _STEPS).astype("<u2")
    return {
        "n": len(at),
        "total": len(data.X),
        "shown": data.selection.shown,
        "at": None if len(at) == len(data.X) else packed(at.astype("<u4")),
        "plane": {
            "low": low.tolist(),
            "span": span.tolist(),
            "x": packed(places[:, 0]),
            "y": packed(places[:, 1]),
        },
        "columns": [_column(data.columns[j], data.originals[at, j]) for j in columns],
        "categories": [
            _category(each.name, each.values[at])
            for each in data.outside[:3]
            if not each.is_numeric
        ],
        "names": _names(data, at),
        "colors": {k: data.colors(k) for k in data.labels},
    }


def _column(name: str, values: Floats) -> dict[str, object]:
    """Pack a column in its own units, to four digits of its spread in long tables."""
    present = values[~np.isnan(values)]
    reach = float(np.ptp(present)) if len(present) else 0.0
    digits = max(0, 4 - math.floor(math.log10(reach))) if reach > 0 else 6
    if len(values) <= _PRECISE or digits > 12:
        return _floats(name, values, reach)
    scaled = np.rint(np.asarray(values, dtype=np.float64) * 10.0**digits)
    largest = float(np.nanmax(np.abs(scaled), initial=0.0))
    if largest >= 2**31:
        return _floats(name, values, reach)
    kind = "i2" if largest < 2**15 else "i4"
    whole = np.where(np.isnan(scaled), np.iinfo(f"<{kind}").min, scaled).astype(f"<{kind}")
    return {"name": name, "kind": kind, "digits": digits, "data": packed(whole)}


def _floats(name: str, values: Floats, reach: float) -> dict[str, object]:
    """Pack a column in float32 where that holds it to a millionth of its spread, else float64."""
    with np.errstate(over="ignore", under="ignore"):
        single = values.astype("<f4")
        is_near = bool((np.abs(single - values) <= 1e-6 * reach)[~np.isnan(values)].all())
    kind = "f4" if is_near else "f8"
    return {"name": name, "kind": kind, "data": packed(values.astype(f"<{kind}"))}


def _category(name: str, values: np.ndarray) -> dict[str, object]:
    """Pack a column of words as the number of each word, 0 for a missing cell."""
    words = sorted({str(each) for each in values if each is not None})
    place = {word: i + 1 for i, word in enumerate(words)}
    codes = np.array([0 if each is None else place[str(each)] for each in values], dtype="<u2")
    return {"name": name, "words": words, "data": packed(codes)}


def _names(data: ReportData, at: NDArray[np.int64]) -> str | None:
    """Pack the names of the rows, where the table has some."""
    if data.row_names is None:
        return None
    words = json.dumps([str(data.row_names[i]) for i in at.tolist()], ensure_ascii=False)
    return packed(np.frombuffer(words.encode(), dtype=np.uint8))

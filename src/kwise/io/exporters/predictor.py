"""Predict the cluster of new rows; needs Python's standard library and nothing else.

As a command:  python THIS_FILE table.csv > labels.csv
As a module:   predict({"column": 1.5, ...}) returns the cluster, -1 if a cell is missing.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Mapping
from pathlib import Path

# --- model: the exporter replaces what stands between these marks
NUMBERS: list[str] = []  # columns of numbers
FILLINGS: list[float | None] = []  # what stands in for a missing number; None: nothing does
POWERS: list[float | None] = []  # Yeo-Johnson powers; None: the column stays as it is
MEANS: list[float] = []  # subtracted from each number ...
SPREADS: list[float] = []  # ... which is then divided by this
ORDERS: dict[str, list[str]] = {}  # column of numbers -> words that stand for 0, 1, 2 ...
SENTINELS: dict[str, list[float]] = {}  # column -> its numbers that stand for no value
CATEGORIES: list[
    tuple[str, list[str], str | None]
] = []  # (column, its categories, what stands in for a missing cell)
BY_ROW = False  # whether each row is divided by its length
COMPONENT_MEAN: list[float] = []
COMPONENTS: list[list[float]] = []  # principal components, one a row; none: rows stay as they are
CENTERS: list[list[float]] = []  # centers of the clusters, one a row
MISSING_IS_ERROR = False
# --- end of model

MISSING_WORDS = {""}  # cells of CSV files that hold no value


def predict(row: Mapping[str, object]) -> int:
    """Return the cluster of one row, a mapping from column names to cells."""
    values = prepare(row)
    if values is None:
        return -1
    best, nearest = 0, math.inf
    for label, center in enumerate(CENTERS):
        distance = squared_distance(values, center)
        if distance < nearest:
            best, nearest = label, distance
    return best


def squared_distance(values: list[float], center: list[float]) -> float:
    """Return the squared distance, added in kwise's order, so that even ties come out alike."""
    a = [0.0] * 8
    for j, (x, c) in enumerate(zip(values, center)):
        a[j % 8] += (x - c) * (x - c)
    return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]))


def prepare(row: Mapping[str, object]) -> list[float] | None:
    """Return the numbers that the clusters were found in; None if a cell is missing."""
    values: list[float] = []
    for name, filling, power, mean, spread in zip(NUMBERS, FILLINGS, POWERS, MEANS, SPREADS):
        x = number(row, name)
        x = filling if x is None else x
        if x is None:
            refuse_missing(name)
            return None
        values.append((evened(x, power) - mean) / spread)
    for name, levels, usual in CATEGORIES:
        word = category(row, name, levels) or usual
        if word is None:
            refuse_missing(name)
            return None
        values.extend(1.0 if word == level else 0.0 for level in levels)
    if BY_ROW:
        length = math.sqrt(sum(x * x for x in values)) or 1.0
        values = [x / length for x in values]
    if COMPONENTS:
        centered = [x - mean for x, mean in zip(values, COMPONENT_MEAN)]
        values = [sum(a * x for a, x in zip(axis, centered)) for axis in COMPONENTS]
    return values


def number(row: Mapping[str, object], name: str) -> float | None:
    """Return a cell as a float, None if it is missing."""
    cell = row[name]
    if is_missing(cell):
        return None
    if name in ORDERS:
        return step(str(cell), name)
    x = float(cell)  # type: ignore[arg-type]
    if x in SENTINELS.get(name, ()):
        return None
    if math.isinf(x):
        raise ValueError(f"column {name!r}: the cell is infinite")
    return x


def step(cell: str, name: str) -> float:
    """Return the number that a word stands for."""
    steps = [word.strip().lower() for word in ORDERS[name]]
    word = cell.strip().lower()
    if word not in steps:
        raise ValueError(f"column {name!r}: {cell!r} is none of {', '.join(ORDERS[name])}")
    return float(steps.index(word))


def category(row: Mapping[str, object], name: str, levels: list[str]) -> str | None:
    """Return a cell as text, None if it is missing."""
    cell = row[name]
    if is_missing(cell):
        return None
    if isinstance(cell, bool) or set(levels) <= {"true", "false"}:
        return str(cell).lower()
    whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if whole else cell)  # type: ignore[call-overload]


def is_missing(cell: object) -> bool:
    """Say whether a cell holds no value."""
    return cell is None or cell == "" or (isinstance(cell, float) and math.isnan(cell))


def refuse_missing(name: str) -> None:
    """Raise for a missing cell where the model says so."""
    if MISSING_IS_ERROR:
        raise ValueError(f"column {name!r}: the cell is missing")


def evened(x: float, power: float | None) -> float:
    """Even out a skewed number (Yeo-Johnson)."""
    if power is None:
        return x
    if x >= 0:
        if power == 0:
            return math.log1p(x)
        return math.expm1(power * math.log1p(x)) / power
    if power == 2:
        return -math.log1p(-x)
    return -math.expm1((2 - power) * math.log1p(-x)) / (2 - power)


def main(path: str) -> None:
    """Write the cluster of every row of a CSV file."""
    with Path(path).open(newline="", encoding="utf-8-sig") as file:
        sys.stdout.write("cluster\n")
        for cells in csv.DictReader(file):
            row = {name: None if cell in MISSING_WORDS else cell for name, cell in cells.items()}
            sys.stdout.write(f"{predict(row)}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: python {sys.argv[0]} table.csv")
    main(sys.argv[1])

"""Real tables whose number of groups nobody knows for sure, ready for k-means.

    python benchmarks/choice/real_tables.py docs/explanation/real-tables.md

writes what kwise says of each. No constant is fitted to them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn import datasets
from sklearn.preprocessing import StandardScaler

from kwise import select_k

Floats = NDArray[np.float64]
DATA = Path(os.environ.get("KWISE_DATA", "../shared/data"))


def columns(file: str, *names: str) -> Floats:
    """Return columns of a table, rows with gaps left out."""
    frame = pl.read_csv(DATA / file, null_values=["NA", ""])
    return frame.select(names).drop_nulls().to_numpy().astype(float)


def scaled(X: Floats) -> Floats:
    """Return columns of variance 1."""
    return StandardScaler().fit_transform(X)


def numbers(file: str) -> Floats:
    """Return all columns that hold numbers."""
    frame = pl.read_csv(DATA / file, null_values=["NA", ""])
    names = [name for name, kind in frame.schema.items() if kind.is_numeric()]
    return columns(file, *names)


def genes(n_columns: int) -> Floats:
    """Return the first principal components of the gene expressions."""
    return numbers("tcga_pancan/pca_16d.csv")[:, :n_columns]


def penguins() -> Floats:
    """Return the four measures of the penguins, scaled."""
    names = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")
    return scaled(columns("penguins.csv", *names))


# Name -> (rows, what is known about them).
TABLES: dict[str, tuple[Callable[[], Floats], str]] = {
    "California, places": (
        lambda: columns("california_housing/housing.csv", "latitude", "longitude"),
        "two large cities and much between",
    ),
    "Old Faithful, scaled": (lambda: scaled(columns("faithful.csv", "eruptions", "waiting")), "2"),
    "penguins, scaled": (penguins, "3 species, two of them alike; and two sexes"),
    "iris, scaled": (lambda: scaled(datasets.load_iris().data), "3 species, two of them alike"),
    "wine, scaled": (lambda: scaled(datasets.load_wine().data), "3 vineyards"),
    "breast cancer, scaled": (
        lambda: scaled(datasets.load_breast_cancer().data),
        "2 diagnoses, no gap between them",
    ),
    "digits": (lambda: datasets.load_digits().data, "10 digits"),
    "genes, 2 components": (lambda: genes(2), "5 cancers, three of them apart"),
    "genes, 16 components": (lambda: genes(16), "5 cancers"),
    "places of the world": (
        lambda: columns("cities.csv.gz", "lat", "lon"),
        "continents, roughly",
    ),
    "diamonds, scaled": (lambda: scaled(numbers("diamonds.csv.gz")), "skewed, rounded to carats"),
    "shuttle, scaled": (
        lambda: scaled(numbers("shuttle.csv.gz")[:, :9]),
        "7 classes, four fifths in one",
    ),
}

HEAD = """# What kwise says of well-known tables

<!-- Written by benchmarks/choice/real_tables.py: not to be edited. -->

These tables were looked at once, after everything was fitted on simulated ones. What people often
accept stands beside what kwise says; where the two differ, the second column often says why:
classes that were named by somebody need not be groups that lie apart. *Division* is the number of
parts that k-means cuts dependably, groups or not.

| table | rows | commonly accepted | kwise | division |
|---|---:|---|---|---:|
"""


def told(name: str) -> str:
    """Return one table's line."""
    make, known = TABLES[name]
    X = make()
    found = select_k(X, random_state=0)
    return f"| {name} | {len(X):,} | {known} | {found.verdict} | {found.division or 'none'} |"


def main(path: Path) -> None:
    """Write the page."""
    lines = []
    for name in TABLES:
        lines.append(told(name))
        print(lines[-1], flush=True)
    path.write_text(HEAD + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

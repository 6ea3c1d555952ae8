"""What kwise makes of tables as people write them, and of public ones: before, and now.

    python benchmarks/tables.py docs/explanation/messy-tables.md

writes the page. The ways to write one table are in ``tests/messy_files.py``; public tables lie in
the folder that KWISE_DATA names. ``--record FILE`` keeps what is found as JSON, as was done with
the kwise whose reader looked at the first cells only (``benchmarks/results/tables_before.json``).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from kwise.io import read_table
from kwise.preparation import Preparation
from messy_files import WAYS, shops

DATA = Path(os.environ.get("KWISE_DATA", "../shared/data"))
BEFORE = Path(__file__).parent / "results" / "tables_before.json"
PUBLIC = (
    "california_housing/housing.csv", "california_housing/housing.tgz", "tcga_pancan/pca_16d.csv",
    "tcga_pancan/labels.csv", "shapes/*.data.gz", "kddcup99/kddcup.data_10_percent.gz",
    "fashion_mnist_t10k/*images*", "nakayama_105x22283.npz", "cities.csv.gz", "shuttle.csv.gz",
    "diamonds.csv.gz", "penguins.csv", "faithful.csv",
)  # fmt: skip
ABOVE = """# Tables as people write them

<!-- Written by benchmarks/tables.py: not to be edited. -->

One table of 90 shops with four columns of numbers was written in {n} ways. *Right* means that the
same four columns are used, and that k-means sees the same numbers as in the tidy file, cell by
cell; a test asks for it. *Before* is the kwise whose reader looked at the first cells only.

| the file has | before | now |
|---|---|---|
"""
PUBLIC_ABOVE = """
Public tables, as they are published:

| table | before | now |
|---|---|---|
"""


def prepared(path: Path) -> tuple[Preparation, np.ndarray]:
    """Return a fitted preparation and the rows that k-means sees."""
    preparation = Preparation()
    X = preparation.fit_transform(read_table(str(path)))
    return preparation, X[~np.isnan(X).any(axis=1)]


def outcome(path: Path, columns: tuple[str, ...], tidy: np.ndarray) -> str:
    """Say what becomes of one file."""
    try:
        preparation, X = prepared(path)
    except (ValueError, OSError) as error:
        return f"refused: {' '.join(str(error).replace(str(path), path.name).split())[:70]} ..."
    used = tuple(preparation.summary_.used)
    if used == columns and X.shape == tidy.shape and np.allclose(X, tidy, atol=1e-9):
        return "right"
    if used != columns:
        few = ", ".join(used[:8]) + (", ..." if len(used) > 8 else "")
        return f"another table: {few}"
    return f"other numbers, in {len(X)} rows"


def account(path: Path) -> str:
    """Say how much of a public table is used."""
    try:
        preparation, X = prepared(path)
    except (ValueError, OSError) as error:
        return f"refused: {' '.join(str(error).replace(str(path), path.name).split())[:90]} ..."
    found = preparation.summary_
    used = len(found.used)
    return f"{len(X):,} of {found.n_rows:,} rows, {used:,} of {len(found.columns):,} columns"


def all_outcomes() -> dict[str, str]:
    """Look at every file."""
    frame, found = shops(), {}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        frame.write_csv(place / "tidy.csv")
        tidy = prepared(place / "tidy.csv")[1]
        for i, (name, (write, suffix, columns)) in enumerate(WAYS.items()):
            path = place / f"t{i}{suffix}"
            path.write_bytes(write(frame))
            found[name] = outcome(path, columns, tidy)
    for pattern in PUBLIC:
        for path in sorted(DATA.glob(pattern)):
            print(path, file=sys.stderr, flush=True)
            found[str(path.relative_to(DATA))] = account(path)
    return found


def page(found: dict[str, str], before: dict[str, str]) -> str:
    """Write both tables."""

    def rows(names: list[str]) -> str:
        return "".join(f"| {name} | {before.get(name, '')} | {found[name]} |\n" for name in names)

    public = [name for name in found if name not in WAYS]
    return ABOVE.format(n=len(WAYS)) + rows(list(WAYS)) + PUBLIC_ABOVE + rows(public)


def main() -> int:
    """Look at all tables, and write what is found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path, nargs="?", help="the page to write")
    parser.add_argument("--record", type=Path, help="where to keep what is found, as JSON")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    found = all_outcomes()
    if asked.record:
        asked.record.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    if asked.page:
        before = json.loads(BEFORE.read_text("utf-8"))
        asked.page.write_text(page(found, before), "utf-8")
    wrong = [name for name in WAYS if found[name] != "right"]
    print("\n".join(f"{name}: {found[name]}" for name in found))
    return len(wrong) > 0


if __name__ == "__main__":
    sys.exit(main())

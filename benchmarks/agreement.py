"""Do exported models agree with ``kwise predict``? Targets by tables, every row.

    KWISE_DATA=folder python benchmarks/agreement.py [--rows 20000] [--tables penguins,faithful]

Each table is clustered under several preparations; the model is exported to every target, which
labels all rows, and rows made hostile: each cell in turn missing, unseen, zero, huge, infinite.
A row differs if a target has another cluster than kwise, or one where kwise refuses the row.
"""

from __future__ import annotations

import argparse
import gzip
import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import kwise
from exported import PROGRAMS
from kwise import KMeans
from kwise.io import EXPORTERS, Model, as_model
from kwise.preparation import Preparation

DATA = Path(os.environ.get("KWISE_DATA", "../shared/data"))
PREPARATIONS = (
    {},
    {"missing": "median", "categories": "one-hot", "transform_skew": True},
    {"missing": "mean", "scale": "normalize-rows"},
    {"scale": "robust", "components": 2},
)
NUMBERS = (None, math.nan, 0.0, -1.0, 1e99, -1e99, 1e101, 1e308, math.inf, -math.inf)
WORDS = (None, "", "NA", "never seen", "'\"; --")


def tables() -> Iterator[tuple[str, pl.DataFrame]]:
    """Return the shared tables, by name."""
    for path in (
        "faithful.csv", "penguins.csv", "cities.csv.gz", "diamonds.csv.gz", "shuttle.csv.gz",
        "california_housing/housing.csv", "tcga_pancan/pca_16d.csv",
        "kddcup99/kddcup.data_10_percent.gz",
    ):  # fmt: skip
        yield Path(path).name.split(".")[0], kwise.read_table(DATA / path).frame
    for path in sorted((DATA / "shapes").glob("*.data.gz")):
        yield path.name.split(".")[0], kwise.read_table(path).frame
    pixels = gzip.decompress((DATA / "fashion_mnist_t10k/t10k-images-idx3-ubyte.gz").read_bytes())
    images = np.frombuffer(pixels, np.uint8, offset=16).reshape(-1, 784)
    yield "fashion", kwise.read_table(images).frame
    yield "nakayama", kwise.read_table(np.log2(np.load(DATA / "nakayama_105x22283.npz")["X"])).frame


def fitted(frame: pl.DataFrame, options: dict[str, object]) -> Model | None:
    """Cluster a table; None where the preparation has nothing to work on."""
    try:
        preparation = Preparation(**options)  # type: ignore[arg-type]
        X = preparation.fit_transform(frame)
    except ValueError:
        return None
    X = X[~np.isnan(X).any(axis=1)]
    k = min(5, len(np.unique(X, axis=0)))
    return as_model(KMeans(k, n_init=1, random_state=0).fit(X), preparation)


def hostile(frame: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Return a row of the table with each of its first used cells made hostile in turn."""
    state = model.preparation.state_
    used = [*state.numbers, *state.categories][:20]
    whole = model.preparation.complete_rows(frame)
    row = frame.filter(pl.Series(whole))[:1].select(*state.numbers, *state.categories)
    kinds = dict(row.schema)
    made = [row.cast({n: pl.Float64 for n, kind in kinds.items() if kind.is_numeric()})]
    for name in used:
        for cell in NUMBERS if kinds[name].is_numeric() else WORDS:
            made.append(made[0].with_columns(pl.lit(cell, made[0].schema[name]).alias(name)))
    return pl.concat(made)


def expected(frame: pl.DataFrame, model: Model, *, alone: bool) -> np.ndarray:
    """Return kwise's clusters from 1 on; 0 for none, and for rows that it refuses."""
    if not alone:
        return model.predict(frame) + 1
    found = np.zeros(len(frame), dtype=np.int64)
    for i in range(len(frame)):
        try:
            found[i] = model.predict(frame[i])[0] + 1
        except ValueError:
            found[i] = 0
    return found


def compare(
    name: str, frame: pl.DataFrame, count: Callable[[str, str, int, int, float, int], None]
) -> None:
    """Compare all targets on a table."""
    for options in PREPARATIONS:
        model = fitted(frame, options)
        if model is None:
            continue
        used = [*model.preparation.state_.numbers, *model.preparation.state_.categories]
        parts = [(frame.select(used), False), (hostile(frame, model), True)]
        told = [expected(part, model, alone=alone) for part, alone in parts]
        for program, (target, runs) in PROGRAMS.items():
            try:
                made = EXPORTERS[target](model)
            except ValueError as error:
                sys.stderr.write(f"{name}, {program}: {error}\n")
                continue
            for (part, alone), right in zip(parts, told):
                start = time.perf_counter()
                found = runs(made, part)
                seconds = time.perf_counter() - start
                wrong = int((found != right).sum())
                if wrong:
                    first = int(np.flatnonzero(found != right)[0])
                    sys.stderr.write(
                        f"{name} {options} {program}: {found[first]} for {right[first]} in "
                        f"{'hostile ' * alone}row {first}: {part.row(first)[:12]}\n"
                    )
                count(program, name, len(part), wrong, 0.0 if alone else seconds, len(made))


def main() -> None:
    """Print the table of agreement."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rows", type=int, default=0, help="rows of a table at most; 0: all")
    asked.add_argument("--tables", default="", help="names, with commas; all if left out")
    words = asked.parse_args()
    wanted = set(filter(None, words.tables.split(",")))
    rows: dict[str, dict[str, list[float]]] = {program: {} for program in PROGRAMS}

    def count(program: str, table: str, n: int, wrong: int, seconds: float, size: int) -> None:
        """Add up what was compared."""
        cell = rows[program].setdefault(table, [0, 0, 0.0, 0, 0])
        timed = n if seconds else 0
        rows[program][table] = [
            cell[0] + n, cell[1] + wrong, cell[2] + seconds, cell[3] + timed, max(cell[4], size)
        ]  # fmt: skip

    for name, frame in tables():
        if wanted and name not in wanted:
            continue
        compare(name, frame[: words.rows] if words.rows else frame, count)
        sys.stderr.write(f"{name}: {frame.height:,} rows\n")
    print("| target | tables | rows compared | rows differing | rows a second | largest file |")
    print("|---|---:|---:|---:|---:|---:|")
    for program, cells in rows.items():
        n, wrong, seconds, timed, _ = (sum(c[i] for c in cells.values()) for i in range(5))
        largest = max((c[4] for c in cells.values()), default=0)
        print(
            f"| {program} | {len(cells)} | {n:,.0f} | {wrong:,.0f} | "
            f"{timed / seconds if seconds else 0:,.0f} | {largest:,.0f} B |"
        )
    sys.exit(any(c[1] for cells in rows.values() for c in cells.values()))


if __name__ == "__main__":
    main()

"""Do exported models agree with ``kwise predict``? Targets by tables, every row.

    KWISE_DATA=folder python benchmarks/agreement.py --kept FILE [--tables penguins,faithful]

Each table is clustered under several preparations; the model is exported to every target, which
labels all rows, and rows made hostile: each cell in turn missing, unseen, zero, huge, infinite.
A row differs if a target has another cluster than kwise, or one where kwise refuses the row. Rows
that are written alike get the same label from any function of a row: each is computed once and
counts as often as it stands in the table.

FILE keeps what was found, one line a table and target, so that a run may stop and go on.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
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
# Columns from which on four cells are made hostile, not twenty, and none is evened out, which
# takes minutes for each fit.
WIDE = 1000
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
    used = [*state.numbers, *state.categories][: 20 if frame.width < WIDE else 4]
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


@dataclass
class Found:
    """What was compared of a table and a target, over all preparations."""

    table: str
    program: str
    rows: int = 0
    distinct: int = 0
    refused: int = 0
    differing: int = 0
    seconds: float = 0.0
    largest: int = 0
    note: str = ""

    def add(self, right: np.ndarray, found: np.ndarray, times: np.ndarray) -> None:
        """Count rows; ``times`` says how often each stands in the table."""
        self.rows += int(times.sum())
        self.distinct += len(times)
        self.refused += int(times[(right == 0) & (found == 0)].sum())
        self.differing += int(times[found != right].sum())


@dataclass(frozen=True, eq=False)
class Case:
    """A model of a table, its distinct rows and how often each stands there, and hostile rows."""

    model: Model
    rows: pl.DataFrame
    times: np.ndarray
    right: np.ndarray
    hostile: pl.DataFrame
    hostile_right: np.ndarray


def cases(frame: pl.DataFrame) -> Iterator[Case]:
    """Return the models of a table, with what kwise says of its rows."""
    for options in PREPARATIONS:
        if frame.width >= WIDE and "transform_skew" in options:
            continue
        model = fitted(frame, options)
        if model is None:
            continue
        used = [*model.preparation.state_.numbers, *model.preparation.state_.categories]
        # A table of thousands of columns has no two equal rows worth looking for.
        rows, times = frame.select(used), np.ones(frame.height, dtype=np.int64)
        if len(used) < WIDE:
            counted = rows.group_by(used, maintain_order=True).len("how often they stand there")
            rows, times = counted.select(used), counted[:, -1].to_numpy()
        bad = hostile(frame, model)
        yield Case(
            model, rows, times, expected(rows, model, alone=False), bad,
            expected(bad, model, alone=True),
        )  # fmt: skip


def compare(case: Case, name: str, program: str, found: Found) -> None:
    """Let a target label the rows of a case, and count."""
    target, runs = PROGRAMS[program]
    try:
        made = EXPORTERS[target](case.model)
    except ValueError as error:
        found.note = str(error)
        return
    start = time.perf_counter()
    labels = runs(made, case.rows)
    found.seconds += time.perf_counter() - start
    found.largest = max(found.largest, len(made))
    bad = runs(made, case.hostile)
    for right, told, rows, times in (
        (case.right, labels, case.rows, case.times),
        (case.hostile_right, bad, case.hostile, np.ones(len(bad), dtype=np.int64)),
    ):
        found.add(right, told, times)
        for i in np.flatnonzero(told != right)[:1]:
            sys.stderr.write(f"{name} {program}: {told[i]} for {right[i]} in {rows.row(i)[:12]}\n")


def markdown(kept: list[Found]) -> str:
    """Write the tables: by target, and target by table."""
    lines = [
        "| target | tables | rows compared | distinct rows | refused alike | rows differing | "
        "rows a second | largest file |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    programs = list(dict.fromkeys(each.program for each in kept))
    for program in programs:
        mine = [each for each in kept if each.program == program and each.rows]
        rows, distinct, refused, differing = (
            sum(getattr(each, name) for each in mine)
            for name in ("rows", "distinct", "refused", "differing")
        )
        speed = distinct / max(sum(each.seconds for each in mine), 1e-9)
        lines.append(
            f"| {program} | {len(mine)} | {rows:,} | {distinct:,} | {refused:,} | {differing:,} | "
            f"{speed:,.0f} | {max(each.largest for each in mine):,} B |"
        )
    lines += ["", f"| table | {' | '.join(programs)} |", "|---|" + "---:|" * len(programs)]
    cells = {(each.table, each.program): each for each in kept}
    for table in dict.fromkeys(each.table for each in kept):
        told = [cells.get((table, program)) for program in programs]
        lines.append(f"| {table} | {' | '.join(map(cell, told))} |")
    notes = dict.fromkeys(each.note for each in kept if each.note)
    lines += ["", *(f"Refused: {note}." for note in notes)]
    return "\n".join(lines)


def cell(found: Found | None) -> str:
    """Say how many rows differ, of how many."""
    if found is None:
        return "not run"
    return f"{found.differing:,} of {found.rows:,}" if found.rows else "refused"


def main() -> None:
    """Compare what is not kept yet, and print the tables."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--kept", type=Path, required=True, help="what was found, as JSON lines")
    asked.add_argument("--rows", type=int, default=0, help="rows of a table at most; 0: all")
    asked.add_argument("--tables", default="", help="names, with commas; all if left out")
    asked.add_argument("--programs", default="", help="names, with commas; all if left out")
    asked.add_argument("--only-print", action="store_true", help="print what is kept")
    words = asked.parse_args()
    kept = [Found(**json.loads(line)) for line in words.kept.open()] if words.kept.exists() else []
    done = {(each.table, each.program) for each in kept}
    programs = words.programs.split(",") if words.programs else list(PROGRAMS)
    for name, frame in () if words.only_print else tables():
        left = [program for program in programs if (name, program) not in done]
        if not left or (words.tables and name not in words.tables.split(",")):
            continue
        found = {program: Found(name, program) for program in left}
        for case in cases(frame[: words.rows] if words.rows else frame):
            for program in left:
                compare(case, name, program, found[program])
        kept += found.values()
        with words.kept.open("a") as file:
            file.writelines(json.dumps(asdict(each)) + "\n" for each in found.values())
        sys.stderr.write(f"{name}: {frame.height:,} rows\n")
    print(markdown(kept))
    sys.exit(any(each.differing for each in kept))


if __name__ == "__main__":
    main()

"""Measure simulated tables: every criterion, the suitability measures and the truth.

    python benchmarks/choice/measure.py SET CACHE [--part I/N] [--again CRITERION ...]

A SET is "tuning", "tuning-more" or "fresh". Measurements are kept in the folder CACHE, one line a
table; run again, it goes on where it stopped. Several parts may run at once. ``--again`` only
scores some criteria anew, on the tables that are in the cache.
"""

from __future__ import annotations

import argparse
import json
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from families import FAMILIES, Table

from kwise.results import Run, Score
from kwise.selection import CRITERIA, DEFAULT_CRITERIA, SweepContext
from kwise.selection.agreement import agreement
from kwise.selection.suitability import measure_shape, measure_suitability
from kwise.selection.sweep import score_candidates

# Seeds of the set that the constants are fitted on, and of the one that they are judged by.
# What is in "tuning-more" counts as tuning.
FIRST_SEED = {"tuning": 20_000, "tuning-more": 40_000, "fresh": 60_000}
# How many tables of a family are drawn, by what the family stands for.
N_TABLES = {
    "blobs": 34,
    "overlapping": 90,
    "crowds": 10,
    "other round": 40,
    "shaped": 40,
    "one group": 63,
}
MOST = 10  # candidates go to this, or beyond the true k where that is larger
MANY = 20  # above so many groups, candidates between the small ones and the true one are thinned

Line = dict[str, object]


def candidates(k: int) -> tuple[int, ...]:
    """Return the candidates for a table of k groups: a person would not know where to stop."""
    if k <= MANY:
        return tuple(range(1, max(MOST, k + 4) + 1))
    return tuple(sorted({*range(1, 8), 10, *range(15, k + 15, 8), *range(k - 3, k + 4)}))


def draw(family: str, seed: int) -> Table:
    """Return the table of this family and seed, always the same."""
    rng = np.random.default_rng([seed, zlib.crc32(family.encode())])
    return FAMILIES[family][0](rng)


def measure(table: Table, seed: int) -> Line:
    """Return everything that the verdict may look at, and the truth."""
    ks = candidates(table.k)
    context = SweepContext(np.ascontiguousarray(table.X), None, n_init=10, seed=seed)
    start = time.process_time()
    sweep = score_candidates(context, ks, [CRITERIA[name] for name in DEFAULT_CRITERIA], None)
    middle = time.process_time()
    line: Line = {
        "k": table.k,
        "ks": list(ks),
        "rows_columns": list(table.X.shape),
        "shaped": table.shaped,
        "fit": [fit(table, run) for run in sweep.runs],
        **noted(sweep.scores),
        "suitability": short(measure_suitability(context, ks).measures),
        "shape": {k: short(measure_shape(context, k)) for k in ks},
    }
    return line | {"seconds": [middle - start, time.process_time() - middle]}


def measure_again(line: Line, names: list[str]) -> Line:
    """Return the line with these criteria scored anew."""
    table = draw(line["family"], line["seed"])
    context = SweepContext(np.ascontiguousarray(table.X), None, n_init=10, seed=line["seed"])
    sweep = score_candidates(context, tuple(line["ks"]), [CRITERIA[name] for name in names], None)
    anew = noted(sweep.scores)
    return line | {part: line[part] | anew[part] for part in anew}


def fit(table: Table, run: Run) -> float:
    """Return how far a run agrees with the true groups, noise apart."""
    real = table.groups >= 0
    return round(agreement(table.groups[real], run.labels[real]), 4)


def noted(scores: dict[str, tuple[Score, ...]]) -> Line:
    """Return values and standard errors of all scores."""
    return {
        "scores": {name: [float(f"{s.value:.7g}") for s in row] for name, row in scores.items()},
        "errors": {
            name: [float(f"{s.standard_error:.4g}") for s in row] for name, row in scores.items()
        },
    }


def short(measures: dict[str, float]) -> dict[str, float]:
    """Round measures to what can be told apart."""
    return {name: float(f"{value:.5g}") for name, value in measures.items()}


def tables_of(which: str) -> list[tuple[str, int]]:
    """Return family and seed of every table of a set, families taking turns."""
    units = []
    for family, (_, kind) in FAMILIES.items():
        count = N_TABLES[kind]
        units += [((i + 0.5) / count, family, FIRST_SEED[which] + i) for i in range(count)]
    return [(family, seed) for _, family, seed in sorted(units)]


def read_cache(which: str, cache: Path) -> dict[tuple[str, int], Line]:
    """Return the measured tables of a set; a later line replaces an earlier one."""
    found = {}
    for path in sorted(
        cache.glob(f"{which}*.jsonl"), key=lambda path: ("again" in path.name, path.name)
    ):
        for text in path.read_text().splitlines():
            line = json.loads(text)
            found[line["family"], line["seed"]] = line
    return found


def new_lines(which: str, cache: Path, part: slice, again: list[str]) -> Iterator[Line]:
    """Measure what is not in the cache yet, or again what is."""
    done = read_cache(which, cache)
    for family, seed in tables_of(which)[part]:
        known = done.get((family, seed))
        if again and known:
            yield measure_again(known, again)
        elif not again and not known:
            head = {"family": family, "kind": FAMILIES[family][1], "seed": seed}
            yield head | measure(draw(family, seed), seed)


def main() -> None:
    """Measure one part of one set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", choices=FIRST_SEED)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--part", default="1/1", help="I/N: every N-th table, from the I-th")
    parser.add_argument("--again", nargs="+", default=[], choices=CRITERIA, metavar="CRITERION")
    given = parser.parse_args()
    first, step = map(int, given.part.split("/"))
    given.cache.mkdir(parents=True, exist_ok=True)
    name = f"{given.which}-{first}-of-{step}{'-again' if given.again else ''}.jsonl"
    with (given.cache / name).open("a") as out:
        for line in new_lines(given.which, given.cache, slice(first - 1, None, step), given.again):
            print(json.dumps(line), file=out, flush=True)


if __name__ == "__main__":
    main()

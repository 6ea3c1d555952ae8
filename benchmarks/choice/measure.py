"""Measure simulated tables: every criterion, all that the verdict may look at, and the truth.

    python benchmarks/choice/measure.py SET CACHE [--part I/N] [--rounds N] [--families FAMILY ...]
        [--again CRITERION ...]

A SET is "tuning", "calibration", "final" or "strangers": families that nothing is fitted on.
Measurements are kept in the folder CACHE, one line a table; run again, it goes on where it stopped.
Several parts may run at once. ``--again`` only scores some criteria anew, on the tables that are in
the cache.
"""

from __future__ import annotations

import argparse
import json
import math
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from families import FAMILIES, STRANGERS, Table
from families.base import scaled

from kwise.results import Score
from kwise.selection import CRITERIA, DEFAULT_CRITERIA, SweepContext
from kwise.selection.agreement import agreement
from kwise.selection.suitability import measure_shape, measure_suitability, sample_limit
from kwise.selection.sweep import fit_candidates, score_candidates

# What the models are fitted on, what the confidence is fitted on, what both are judged by, kinds of
# tables that neither knows, and what is looked at in several forms.
FIRST_SEED = {
    "tuning": 1_100_000,
    "calibration": 900_000,
    "final": 1_200_000,
    "strangers": 1_300_000,
    "invariance": 700_000,
}
# From this seed on every other table has columns of one variance, as ``Preparation`` makes them.
SCALED_FROM = 800_000
# How many rounds through all families a set takes; a family that comes less often sits some out.
ROUNDS = {"tuning": 40, "calibration": 20, "final": 25, "strangers": 20}
# Candidates end at one of these, the first of which the true number is in the lower part.
ENDS = (10, 20, 40, 80)
IN_LOWER_PART = 0.7
MANY = 20  # beyond, candidates between the small ones and the true one are thinned
SCORED = DEFAULT_CRITERIA
KNOWN = FAMILIES | STRANGERS

Line = dict[str, object]


def candidates(k: int, n_rows: int) -> tuple[int, ...]:
    """Return the candidates of a person who widens the range until the answer is well inside."""
    end = next((end for end in ENDS if k <= IN_LOWER_PART * end), ENDS[-1])
    if end <= MANY:
        return tuple(range(1, min(end, n_rows // 2) + 1))
    return tuple(sorted({*range(1, 8), 10, *range(15, end + 1, 8), *range(k - 3, k + 4)}))


def draw(family: str, seed: int) -> Table:
    """Return the table of this family and seed, always the same."""
    rng = np.random.default_rng([seed, zlib.crc32(family.encode())])
    table = KNOWN[family].draw(rng)
    if seed >= SCALED_FROM and seed % 2:
        return replace(table, X=scaled(table.X))
    return table


def measure(table: Table, seed: int) -> Line:
    """Return everything that the verdict may look at, and the truth."""
    ks = candidates(table.k, len(table.X))
    context = SweepContext(np.ascontiguousarray(table.X), None, n_init=10, seed=seed)
    start = time.process_time()
    fit_candidates(context, ks)
    sweep = score_candidates(context, ks, [CRITERIA[name] for name in SCORED], None, {})
    middle = time.process_time()
    others = measure_suitability(context, ks)
    real = table.groups[context.rows(sample_limit(ks))]
    line: Line = {
        "k": table.k,
        "also": list(table.also),
        "shaped": table.shaped,
        "ks": list(ks),
        "rows_columns": list(table.X.shape),
        "fit": [fit(table.groups, run.labels) for run in sweep.runs],
        "other_fit": {name: fit(real, each.labels) for name, each in others.partitions.items()},
        **noted(sweep.scores),
        "starts": [starts_of(each) for each in sweep.inertias],
        "suitability": short(others.measures),
        "shape": {k: short(measure_shape(context, k)) for k in ks},
    }
    return line | {"seconds": [round(middle - start, 3), round(time.process_time() - middle, 3)]}


def measure_again(line: Line, names: list[str]) -> Line:
    """Return the line with these criteria scored anew."""
    table = draw(line["family"], line["seed"])
    X = np.ascontiguousarray(table.X)
    context = SweepContext(X, None, n_init=10, seed=line["seed"])
    ks = tuple(line["ks"])
    fit_candidates(context, ks)
    sweep = score_candidates(context, ks, [CRITERIA[name] for name in names], None, {})
    anew = noted(sweep.scores)
    return line | {part: line[part] | anew[part] for part in anew}


def fit(groups: np.ndarray, labels: np.ndarray) -> float:
    """Return how far labels agree with the true groups, on rows that are not noise."""
    real = groups >= 0
    return round(agreement(groups[real], labels[real] + 1), 4)


def starts_of(inertias: tuple[float, ...]) -> list[float]:
    """Return the share of starts that came to the best run, and how much the next one lacks."""
    best = inertias[0]
    lost = [each / best - 1.0 if best > 0 else 0.0 for each in inertias]
    same = [each for each in lost if each < 1e-3]
    other = [each for each in lost if each >= 1e-3]
    return [round(len(same) / len(lost), 3), round(min(other, default=1.0), 4)]


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


def tables_of(which: str, rounds: int, families: Sequence[str] = ()) -> list[tuple[str, int]]:
    """Return family and seed of every table of a set, families taking turns."""
    units = []
    drawn = STRANGERS if which == "strangers" else FAMILIES
    for i, family in enumerate(families or drawn):
        often = KNOWN[family].often
        numbers = range(math.ceil(rounds * often))
        units += [((j + 0.5) / often, i, family, FIRST_SEED[which] + j) for j in numbers]
    return [(family, seed) for turn, _, family, seed in sorted(units) if turn <= rounds]


def read_cache(which: str, cache: Path) -> dict[tuple[str, int], Line]:
    """Return the measured tables of a set; a later line replaces an earlier one."""
    found = {}
    for path in sorted(
        cache.glob(f"{which}*.jsonl"), key=lambda path: ("again" in path.name, path.name)
    ):
        for line in read_lines(path):
            found[line["family"], line["seed"]] = line
    return found


def read_lines(path: Path) -> list[Line]:
    """Return the measured tables of one file; the last line may be half written."""
    texts = path.read_text().split("\n")[:-1] if path.exists() else []
    return [json.loads(text) for text in texts]


def new_lines(which: str, given: argparse.Namespace, part: slice) -> Iterator[Line]:
    """Measure what is not in the cache yet, or again what is."""
    done = read_cache(which, given.cache)
    rounds = given.rounds or ROUNDS[which]
    for family, seed in tables_of(which, rounds, given.families)[part]:
        known = done.get((family, seed))
        if given.again and known:
            yield measure_again(known, given.again)
        elif not given.again and not known:
            head = {"family": family, "kind": KNOWN[family].kind, "seed": seed}
            yield head | measure(draw(family, seed), seed)


def main() -> None:
    """Measure one part of one set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", choices=list(ROUNDS))
    parser.add_argument("cache", type=Path)
    parser.add_argument("--part", default="1/1", help="I/N: every N-th table, from the I-th")
    parser.add_argument("--rounds", type=int, default=0, help="through all families")
    parser.add_argument("--families", nargs="+", default=[], choices=FAMILIES, metavar="FAMILY")
    parser.add_argument("--again", nargs="+", default=[], choices=CRITERIA, metavar="CRITERION")
    given = parser.parse_args()
    first, step = map(int, given.part.split("/"))
    given.cache.mkdir(parents=True, exist_ok=True)
    name = f"{given.which}-{first}-of-{step}{'-again' if given.again else ''}.jsonl"
    with (given.cache / name).open("a") as out:
        for line in new_lines(given.which, given, slice(first - 1, None, step)):
            print(json.dumps(line), file=out, flush=True)


if __name__ == "__main__":
    main()

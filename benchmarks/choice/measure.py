"""Measure simulated tables: every criterion, the suitability measures and the truth.

    python benchmarks/choice/measure.py FIRST_SEED N_PER_FAMILY OUT.jsonl [FAMILY ...]

One line a table; a seed gives the same table and the same line again.
"""

from __future__ import annotations

import json
import sys
import time
import zlib
from pathlib import Path

import numpy as np
from families import FAMILIES, Table
from sklearn.metrics import adjusted_rand_score

from kwise.selection import CRITERIA, Study
from kwise.selection.suitability import measure_shape, measure_suitability
from kwise.selection.sweep import score_candidates

MOST = 10  # candidates go to this, or beyond the true k where that is larger


def measure(table: Table, seed: int) -> dict[str, object]:
    """Return everything that the verdict may look at, and the truth."""
    ks = tuple(range(1, max(MOST, table.k + 4) + 1))
    study = Study(np.ascontiguousarray(table.X), None, n_init=10, seed=seed)
    start = time.perf_counter()
    sweep = score_candidates(study, ks, list(CRITERIA.values()), None)
    middle = time.perf_counter()
    real = table.groups >= 0
    fit = [adjusted_rand_score(table.groups[real], run.labels[real]) for run in sweep.runs]
    line: dict[str, object] = {
        "k": table.k,
        "ks": list(ks),
        "rows_columns": list(table.X.shape),
        "shaped": table.shaped,
        "fit": fit,
        "scores": {name: [s.value for s in row] for name, row in sweep.scores.items()},
        "errors": {name: [s.standard_error for s in row] for name, row in sweep.scores.items()},
        "choices": {name: CRITERIA[name].choose(ks, row).k for name, row in sweep.scores.items()},
        "seconds": [middle - start],
    }
    line["suitability"] = dict(measure_suitability(study, ks).measures)
    line["shape"] = {k: measure_shape(study, k) for k in ks}
    line["seconds"].append(time.perf_counter() - middle)
    return line


def main(first: int, count: int, out: Path, families: list[str]) -> None:
    with out.open("a") as lines:
        for seed in range(first, first + count):
            for name in families:
                make, kind = FAMILIES[name]
                rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
                line = {"family": name, "kind": kind, "seed": seed} | measure(make(rng), seed)
                print(json.dumps(line), file=lines, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:] or list(FAMILIES))

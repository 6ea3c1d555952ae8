"""Measure tables again in forms that carry no information: reordered, rescaled, written twice.

    python benchmarks/choice/invariance.py CACHE [--rounds N]

Measurements are kept as ``invariance.jsonl`` in the folder CACHE, one line a form of a table;
``report.py`` counts how often the answer stays. Run again, it goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from families import FAMILIES, Table
from measure import draw, measure, read_lines, tables_of

ROUNDS = 2
# Larger tables would take the time of several.
MOST_ROWS = 500

Change = Callable[[Table, np.random.Generator], Table]


def _of_rows(rows: Callable[[int, np.random.Generator], np.ndarray]) -> Change:
    """Make a change that takes these rows."""

    def change(table: Table, rng: np.random.Generator) -> Table:
        some = rows(len(table.X), rng)
        return replace(table, X=table.X[some], groups=table.groups[some])

    return change


def _of_cells(cells: Callable[[np.ndarray], np.ndarray]) -> Change:
    """Make a change of the cells."""
    return lambda table, _rng: replace(table, X=cells(table.X))


CHANGES: dict[str, Change] = {
    "as it is": _of_cells(lambda X: X),
    "another order of the rows": _of_rows(lambda n, rng: rng.permutation(n)),
    "another unit": _of_cells(lambda X: X * 7.3),
    "another offset": _of_cells(lambda X: X + 100.0 * X.std()),
    "every row twice": _of_rows(lambda n, rng: rng.permutation(np.repeat(np.arange(n), 2))),
    "a constant column more": _of_cells(lambda X: np.column_stack([X, np.full(len(X), 3.0)])),
    "float32": _of_cells(lambda X: X.astype(np.float32)),
    "another seed": _of_cells(lambda X: X),
    "90 % of the rows": _of_rows(lambda n, rng: rng.permutation(n)[: int(0.9 * n)]),
}
OTHER_SEED = 1_000_003


def main() -> None:
    """Measure all forms of some tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="through all families")
    given = parser.parse_args()
    given.cache.mkdir(parents=True, exist_ok=True)
    path = given.cache / "invariance.jsonl"
    done = {(line["family"], line["seed"], line["form"]) for line in read_lines(path)}
    with path.open("a") as out:
        for family, seed in tables_of("invariance", given.rounds):
            table = draw(family, seed)
            for form, change in CHANGES.items() if len(table.X) <= MOST_ROWS else ():
                if (family, seed, form) in done:
                    continue
                changed = change(table, np.random.default_rng(seed))
                head = {"family": family, "kind": FAMILIES[family].kind, "seed": seed, "form": form}
                other = OTHER_SEED if form == "another seed" else 0
                print(json.dumps(head | measure(changed, seed + other)), file=out, flush=True)


if __name__ == "__main__":
    main()

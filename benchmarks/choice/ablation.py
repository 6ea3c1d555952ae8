"""What each criterion, and each other kind of sign, brings: models fitted without it.

    python benchmarks/choice/ablation.py CACHE benchmarks/choice/results/ablation.md

One half of the tuning set is judged by models fitted on the other half, with all signs and with
one kind of them left out: its curves, its vote, and all that is made of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from model import Measured, fit_better, fit_support, probabilities_of, read, without
from tune import better_of, hits, surprise, surprise_of_better

from kwise.selection.criteria import CRITERIA, DEFAULT_CRITERIA
from kwise.selection.fitted_weights import SHARPNESS
from kwise.selection.signs import Findings, signs_of
from kwise.selection.trees import trees_of

Change = Callable[[Findings], Findings]
# A criterion whose absence costs less than this, in log score or in hits, brings nothing.
NOTHING, NO_HITS = 0.001, 0.0


def without_criterion(name: str) -> Change:
    """Make a change that leaves out one criterion."""

    def change(findings: Findings) -> Findings:
        scores = {key: row for key, row in findings.scores.items() if key != name}
        choices = {key: choice for key, choice in findings.choices.items() if key != name}
        return replace(findings, scores=scores, choices=choices)

    return change


def without_measures(*words: str) -> Change:
    """Make a change that leaves out the measures whose names begin so."""

    def change(findings: Findings) -> Findings:
        measures = {
            name: np.nan if name.startswith(words) else value
            for name, value in findings.measures.items()
        }
        return replace(findings, measures=measures)

    return change


CHANGES: dict[str, Change] = {
    "nothing": lambda findings: findings,
    **{CRITERIA[name].label: without_criterion(name) for name in DEFAULT_CRITERIA},
    "peaks of the density": without_measures("mode"),
    "forms of the clusters": lambda findings: replace(findings, shapes={}),
}


def judged(tables: list[Measured]) -> tuple[float, float, float]:
    """Return the log score of k, the hits, and the log score of other methods, on held-out tables.

    Tables of even seeds are held out.
    """
    names = without(tables)
    held, seen = ([table for table in tables if table.seed % 2 == half] for half in (0, 1))
    trees = trees_of(fit_support(seen, names))
    supports = [probabilities_of(trees.log_odds(table.signs), SHARPNESS) for table in seen]
    others = trees_of(fit_better(seen, supports))
    log_odds = [trees.log_odds(table.signs) for table in held]
    better = [
        better_of(table, others, probabilities_of(z, SHARPNESS)) for table, z in zip(held, log_odds)
    ]
    return (
        surprise(held, log_odds, SHARPNESS),
        hits(held, log_odds),
        surprise_of_better(held, better),
    )


def rows(tables: list[Measured]) -> list[str]:
    """Return one row a kind of sign."""
    found, whole = [], (0.0, 0.0, 0.0)
    signs = [table.signs for table in tables]
    for label, change in CHANGES.items():
        changed = [signs_of(change(table.findings)) for table in tables]
        known = {n for each in changed for n, values in each.items() if not np.isnan(values).all()}
        for table, full, each in zip(tables, signs, changed):
            table.signs = {n: each[n] if n in known else 0.0 * table.hits for n in full}
        score = judged(tables)
        whole = score if label == "nothing" else whole
        costs = score[0] - whole[0] > NOTHING or score[1] < whole[1] - NO_HITS
        said = "" if label == "nothing" else "stays" if costs else "brings nothing by itself"
        found.append(
            f"| {label} | {score[0]:.4f} | {100 * score[1]:.2f} % | {score[2]:.4f} | {said} |"
        )
        print(found[-1], flush=True)
    return found


def main(cache: Path, out: Path) -> None:
    """Write the table."""
    tables = read("tuning", cache)
    out.write_text(PAGE.format(n_tables=f"{len(tables):,}", rows="\n".join(rows(tables))))


PAGE = """# What each criterion brings

<!-- Written by benchmarks/choice/ablation.py: not to be edited. -->

One half of {n_tables} tuning tables, judged by models fitted on the other half: with all signs, and
with one kind left out. Log scores are mean -log probabilities of what is right; lower is
better.

| left out | log score of k | right k | log score of the better method | |
|---|---|---|---|---|
{rows}
"""

if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""What each criterion, and each other kind of sign, brings: models of k fitted without it.

    python benchmarks/choice/ablation.py CACHE benchmarks/choice/results/ablation.md

One half of the newest tuning tables is judged by models fitted on the other half, with all signs
and with one kind of them left out: its curves, its vote, and all that is made of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from measure import FIRST_SEED
from model import Measured, fit_support, probabilities_of, read, without

from kwise.selection.criteria import CRITERIA, DEFAULT_CRITERIA
from kwise.selection.fitted_weights import SHARPNESS
from kwise.selection.signs import Findings, signs_of
from kwise.selection.trees import trees_of

Change = Callable[[Findings], Findings]


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
    **{CRITERIA[name].label: without_criterion(name) for name in DEFAULT_CRITERIA},
    "peaks of the density": without_measures("mode"),
    "forms of the clusters": lambda findings: replace(findings, shapes={}),
}


def judged(tables: list[Measured]) -> tuple[np.ndarray, np.ndarray]:
    """Return -log probability of what is right, and hits, of the tables of even seeds."""
    held, seen = ([table for table in tables if table.seed % 2 == half] for half in (0, 1))
    trees = trees_of(fit_support(seen, without(tables)))
    supports = [probabilities_of(trees.log_odds(table.signs), SHARPNESS) for table in held]
    right = [support[table.hits].sum() for table, support in zip(held, supports)]
    hits = [table.hits[support.argmax()] for table, support in zip(held, supports)]
    return -np.log(np.array(right) + 1e-3), np.array(hits, dtype=float)


def rows(tables: list[Measured], labels: list[str]) -> list[str]:
    """Return one row a kind of sign: what its absence costs, with the standard error."""
    signs = [table.signs for table in tables]
    scores, hits = judged(tables)
    found = [f"| nothing | {scores.mean():.4f} | {100 * hits.mean():.2f} % | | |"]
    for label in labels:
        changed = [signs_of(CHANGES[label](table.findings)) for table in tables]
        known = {n for each in changed for n, values in each.items() if not np.isnan(values).all()}
        for table, full, each in zip(tables, signs, changed):
            table.signs = {n: each[n] if n in known else 0.0 * table.hits for n in full}
        less, fewer = judged(tables)
        cost, error = (less - scores).mean(), (less - scores).std() / np.sqrt(len(less))
        found.append(
            f"| {label} | {less.mean():.4f} | {100 * fewer.mean():.2f} % | {cost:+.4f} | "
            f"{error:.4f} |"
        )
        print(found[-1], flush=True)
    return found


def main(cache: Path, out: Path) -> None:
    """Write the table."""
    newest = FIRST_SEED["tuning"]
    tables = [table for table in read("tuning", cache) if table.truth.ks and table.seed >= newest]
    text = PAGE.format(n_tables=f"{len(tables):,}", rows="\n".join(rows(tables, list(CHANGES))))
    out.write_text(text)


PAGE = """# What each criterion brings

<!-- Written by benchmarks/choice/ablation.py: not to be edited. -->

One half of the {n_tables} newest tuning tables, judged by models of the size in force, fitted on
the other half: with all signs, and with one kind left out. The log score is the mean -log
probability of what is right; lower is better. A cost of less than two standard errors may be
chance.

| left out | log score of k | right k | cost in log score | standard error |
|---|---|---|---|---|
{rows}
"""

if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

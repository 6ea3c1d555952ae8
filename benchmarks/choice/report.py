"""How often the verdict is right on measured tables, family by family, and how well it knows.

    python benchmarks/choice/report.py CACHE [OUT.md] [tuning|fresh]

Uses the weights of the installed kwise, on the fresh set unless told otherwise.
"""

from __future__ import annotations

import itertools
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from families import FAMILIES
from model import judged, read, right

from kwise.selection.criteria import CRITERIA
from kwise.selection.fitted_weights import SUPPORT_WEIGHTS, UNSUITABLE_WEIGHTS
from kwise.selection.verdict import TUNED, Judgement

Pairs = list[tuple[dict, Judgement]]
BINS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0001)


def family_rows(pairs: Pairs) -> list[str]:
    """Return one row a family and suitability."""
    groups: dict[tuple[str, bool], Pairs] = defaultdict(list)
    for line, found in pairs:
        groups[line["family"], line["suits"]].append((line, found))
    rows = [
        "| family | k-means | tables | exact k | right | called unsuitable | called unclear |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, suits in itertools.product(FAMILIES, (True, False)):
        some = groups.get((name, suits), [])
        if some:
            exact = np.mean([found.k == line["k"] for line, found in some])
            good = np.mean([right(*pair) for pair in some])
            kinds = [found.kind for _, found in some]
            rows.append(
                f"| {name} | {'suits' if suits else 'does not suit'} | {len(some)} | "
                f"{exact:.0%} | {good:.0%} | {kinds.count('unsuitable') / len(some):.0%} | "
                f"{kinds.count('unclear') / len(some):.0%} |"
            )
    return rows


def dimension_rows(pairs: Pairs) -> list[str]:
    """Return how often structureless tables are one group, by kind and number of columns."""
    rows = ["| kind | 2 columns | 5 columns | 20 columns |", "|---|---|---|---|"]
    for name, (_, kind) in FAMILIES.items():
        if kind == "one group":
            cells = []
            for d in (2, 5, 20):
                some = [b for a, b in pairs if a["family"] == name and a["rows_columns"][1] == d]
                ones = sum(found.kind == "one group" for found in some)
                cells.append(f"{ones} of {len(some)}")
            rows.append(f"| {name.removeprefix('one_')} | " + " | ".join(cells) + " |")
    return rows


def summary_rows(pairs: Pairs) -> list[str]:
    """Return the figures that matter most."""
    rows = ["| what | tables | share |", "|---|---|---|"]

    def row(words: str, hits: list[bool]) -> None:
        if hits:
            rows.append(f"| {words} | {len(hits)} | {np.mean(hits):.1%} |")

    for kind in ("blobs", "overlapping", "crowds", "other round", "one group", "shaped"):
        some = [(a, b) for a, b in pairs if a["kind"] == kind and a["suits"]]
        row(f"exact k, {kind} (k-means suits)", [b.k == a["k"] for a, b in some])
    ones = [b for a, b in pairs if a["kind"] == "one group"]
    row("structureless: k = 1", [b.k == 1 for b in ones])
    row('structureless: called "one group"', [b.kind == "one group" for b in ones])
    row("unsuitable tables named", [b.kind == "unsuitable" for a, b in pairs if not a["suits"]])
    row("false alarms", [b.kind == "unsuitable" for a, b in pairs if a["suits"]])
    row("right in all", [right(*pair) for pair in pairs])
    return rows


def criterion_rows(pairs: Pairs) -> list[str]:
    """Return how often each criterion alone is right where k-means suits."""
    kinds = ("blobs", "overlapping", "crowds", "other round", "one group")
    rows = ["| criterion | " + " | ".join(kinds) + " |", "|---|" + "---|" * len(kinds)]
    suited = [line for line, _ in pairs if line["suits"]]
    for name, criterion in CRITERIA.items():
        cells = []
        for kind in kinds:
            hits = [a["choices"].get(name) == a["k"] for a in suited if a["kind"] == kind]
            cells.append(f"{np.mean(hits):.0%}" if hits else "")
        rows.append(f"| {criterion.label} | " + " | ".join(cells) + " |")
    return rows


def calibration_rows(pairs: Pairs) -> list[str]:
    """Return how often the verdict is right among those with about the same confidence."""
    sure = np.array([found.confidence for _, found in pairs])
    hits = np.array([right(*pair) for pair in pairs])
    rows = ["| said | tables | mean said | right |", "|---|---|---|---|"]
    for low, high in itertools.pairwise(BINS):
        inside = (sure >= low) & (sure < high)
        if inside.any():
            rows.append(
                f"| {low:.0%} to {min(high, 1):.0%} | {inside.sum()} | {sure[inside].mean():.1%} "
                f"| {hits[inside].mean():.1%} |"
            )
    return rows


def confidence_rows(pairs: Pairs) -> list[str]:
    """Return the reliability of the confidence, in all and for each kind of verdict."""
    rows = calibration_rows(pairs)
    for kind in ("clear", "one group", "unclear", "unsuitable"):
        some = [pair for pair in pairs if pair[1].kind == kind]
        if some:
            rows += ["", f'Of them "{kind}":', "", *calibration_rows(some)]
    return rows


def main(cache: Path, out: Path | None, which: str) -> None:
    """Report on one measured set."""
    lines = [line for line in read(which, cache) if line["suits"] is not None]
    pairs = [(line, judged(line, SUPPORT_WEIGHTS, UNSUITABLE_WEIGHTS, TUNED)) for line in lines]
    seeds = sorted({line["seed"] for line in lines})
    families = len({line["family"] for line in lines})
    seconds = np.median([sum(line["seconds"]) for line in lines])
    parts = [
        [
            f"{len(lines)} tables of {families} families, seeds {seeds[0]} to {seeds[-1]}; a "
            f"table took {seconds:.1f} s in the median, on one thread.",
            "",
            "## Summary",
            "",
        ],
        summary_rows(pairs),
        ["", "## Structureless tables called one group", ""],
        dimension_rows(pairs),
        ["", "## Confidence", ""],
        confidence_rows(pairs),
        ["", "## Each criterion alone, exact k", ""],
        criterion_rows(pairs),
        ["", "## Families", ""],
        family_rows(pairs),
    ]
    text = "\n".join("\n".join(part) for part in parts) + "\n"
    print(text)
    if out is not None:
        out.write_text("# The verdict on simulated tables that took no part in tuning\n\n" + text)


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        Path(sys.argv[2]) if len(sys.argv) > 2 else None,
        sys.argv[3] if len(sys.argv) > 3 else "fresh",
    )

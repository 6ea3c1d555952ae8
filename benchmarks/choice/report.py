"""How often the verdict is right on measured tables, family by family, and how well it knows.

    python benchmarks/choice/report.py MEASURED.jsonl [OUT.md]

Uses the weights of the installed kwise. Give it tables whose seeds were not used in tuning.
"""

from __future__ import annotations

import itertools
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from families import FAMILIES
from tune import read, support, unsuitable

from kwise.selection.criteria import CRITERIA
from kwise.selection.suitability import best_alternative
from kwise.selection.tuned import SUPPORT_WEIGHTS, UNSUITABLE_WEIGHTS
from kwise.selection.verdict import conclude


def judged(line: dict) -> dict:
    """Return the verdict on a measured table, as ``select_k`` gives it."""
    p = support(line, SUPPORT_WEIGHTS)
    doubt = unsuitable(line, SUPPORT_WEIGHTS, UNSUITABLE_WEIGHTS)
    found = conclude(line["ks"], p, doubt, best_alternative(line["suitability"]))
    return {"k": found.k, "kind": found.kind, "sure": found.confidence}


def right(line: dict, found: dict) -> bool:
    """Tell whether the verdict is right: the kind, and k where k-means suits the table."""
    if not line["suits"]:
        return found["kind"] == "unsuitable"
    return found["kind"] != "unsuitable" and found["k"] == line["k"]


def family_rows(lines: list[dict], verdicts: list[dict]) -> list[str]:
    """Return one row a family and suitability."""
    groups = defaultdict(list)
    for line, found in zip(lines, verdicts):
        groups[line["family"], line["suits"]].append((line, found))
    rows = [
        "| family | k-means | tables | exact k | called unsuitable | called unclear |",
        "|---|---|---|---|---|---|",
    ]
    for name in FAMILIES:
        for suits in (True, False):
            pairs = groups.get((name, suits), [])
            if pairs:
                exact = np.mean([found["k"] == line["k"] for line, found in pairs])
                kinds = [found["kind"] for _, found in pairs]
                rows.append(
                    f"| {name} | {'suits' if suits else 'does not suit'} | {len(pairs)} | "
                    f"{exact:.1%} | {kinds.count('unsuitable') / len(pairs):.1%} | "
                    f"{kinds.count('unclear') / len(pairs):.1%} |"
                )
    return rows


def summary_rows(lines: list[dict], verdicts: list[dict]) -> list[str]:
    """Return the figures that matter most."""
    rows = ["| what | tables | share |", "|---|---|---|"]
    for kind in ("blobs", "overlapping", "other round", "one group", "shaped"):
        pairs = [(a, b) for a, b in zip(lines, verdicts) if a["kind"] == kind and a["suits"]]
        if pairs:
            exact = np.mean([b["k"] == a["k"] for a, b in pairs])
            rows.append(f"| exact k, {kind} (k-means suits) | {len(pairs)} | {exact:.1%} |")
    ones = [b for a, b in zip(lines, verdicts) if a["kind"] == "one group"]
    if ones:
        share = np.mean([b["kind"] == "one group" for b in ones])
        rows.append(f'| structureless called "one group" | {len(ones)} | {share:.1%} |')
    for suits, words in ((False, "unsuitable tables named"), (True, "false alarms")):
        found = [b for a, b in zip(lines, verdicts) if a["suits"] is suits]
        if found:
            share = np.mean([b["kind"] == "unsuitable" for b in found])
            rows.append(f"| {words} | {len(found)} | {share:.1%} |")
    return rows


def criterion_rows(lines: list[dict]) -> list[str]:
    """Return how often each criterion alone is right where k-means suits."""
    kinds = ("blobs", "overlapping", "other round", "one group")
    rows = ["| criterion | " + " | ".join(kinds) + " |", "|---|" + "---|" * len(kinds)]
    for name, criterion in CRITERIA.items():
        cells = []
        for kind in kinds:
            hits = [a["choices"][name] == a["k"] for a in lines if a["kind"] == kind and a["suits"]]
            cells.append(f"{np.mean(hits):.0%}" if hits else "")
        rows.append(f"| {criterion.label} | " + " | ".join(cells) + " |")
    return rows


def calibration_rows(lines: list[dict], verdicts: list[dict]) -> list[str]:
    """Return how often the verdict is right among those with about the same confidence."""
    sure = np.array([found["sure"] for found in verdicts])
    hits = np.array([right(line, found) for line, found in zip(lines, verdicts)])
    edges = [0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0001]
    rows = ["| said | tables | mean said | right |", "|---|---|---|---|"]
    for low, high in itertools.pairwise(edges):
        inside = (sure >= low) & (sure < high)
        if inside.any():
            rows.append(
                f"| {low:.0%} to {min(high, 1):.0%} | {inside.sum()} | {sure[inside].mean():.1%} "
                f"| {hits[inside].mean():.1%} |"
            )
    return rows


def main(measured: Path, out: Path | None) -> None:
    lines = [line for line in read(measured) if line["suits"] is not None]
    verdicts = [judged(line) for line in lines]
    seeds = sorted({line["seed"] for line in lines})
    parts = [
        [f"{len(lines)} tables, seeds {seeds[0]} to {seeds[-1]}.", "", "## Summary", ""],
        summary_rows(lines, verdicts),
        ["", "## Confidence", ""],
        calibration_rows(lines, verdicts),
        ["", "## Each criterion alone, exact k", ""],
        criterion_rows(lines),
        ["", "## Families", ""],
        family_rows(lines, verdicts),
    ]
    text = "\n".join("\n".join(part) for part in parts) + "\n"
    print(text)
    if out is not None:
        out.write_text("# The verdict on simulated tables that took no part in tuning\n\n" + text)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)

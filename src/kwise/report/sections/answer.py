"""The answer, in words, before everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise._formatting import count, listed, percent, short
from kwise.report.sections.base import Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kwise.report.summary import Summary

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
# Kind of the answer -> what its confidence is about.
_SURE_OF = {
    "clear": "in this number of groups",
    "one group": "that there are no groups",
    "unclear": "in this number of groups",
    "unsuitable": "that k-means does not suit",
}

# Kind of the answer -> how it is said from each of these confidences, and below them.
_LEAST = (0.9, 0.7)
_HEADLINES = {
    "clear": (
        "{groups}, clearly.",
        "Probably {low}.",
        "The best-supported number of groups is {word}.",
    ),
    "one group": (
        "One group: no clusters here.",
        "Probably one group: no clusters here.",
        "One group has most support: no clusters show.",
    ),
    "unsuitable": (  # the hyphen of k-means never ends a line
        "Not groups of the kind that k\u2011means finds.",
        "Probably not groups of the kind that k\u2011means finds.",
        "Perhaps not groups of the kind that k\u2011means finds.",
    ),
}


def context(material: Material) -> Mapping[str, object]:
    """Write the headline and the few numbers beside it."""
    summary = material.summary
    return {"headline": headline(summary), "numbers": _numbers(summary)}


def headline(summary: Summary) -> str:
    """Say the answer in one short sentence."""
    answer = summary.answer
    word = _WORDS[answer.k] if answer.k < len(_WORDS) else count(answer.k)
    groups = f"{word.capitalize()} group{'s' if answer.k > 1 else ''}"
    if len(answer.ks) == 1:
        return f"{groups}, as asked."
    if answer.kind == "unclear":
        others = [str(k) for k in answer.candidates if k != answer.k]
        end = f"; {listed(others, last='or')} would do as well." if others else "."
        return f"No clear number of groups. {groups} at best{end}"
    how_sure = sum(answer.confidence < least for least in _LEAST)
    return _HEADLINES[answer.kind][how_sure].format(groups=groups, low=groups.lower(), word=word)


def _numbers(summary: Summary) -> list[tuple[str, str, str]]:
    """List label, number and small print of the facts that a reader wants first."""
    answer, table, chosen = summary.answer, summary.table, summary.chosen
    left_out = table.n_rows - table.n_used
    several = table.n_clustered > 1
    found = [
        ("rows", count(table.n_used), f"{count(left_out)} left out" if left_out else "all of them"),
        (
            "columns" if several else "column",
            count(table.n_clustered),
            f"of {count(table.n_columns)} in the table",
        ),
    ]
    if chosen.silhouette is not None:
        found.append(("silhouette", short(chosen.silhouette), "from −1 to 1, higher is better"))
    if len(answer.ks) > 1:
        found.append(("confidence", percent(answer.confidence), _SURE_OF[answer.kind]))
    if chosen.agreement is not None:
        found.append(("agreement", short(chosen.agreement.ari), "with the labels (ARI, at most 1)"))
    return found


ANSWER = Section("answer", "The answer", context=context)

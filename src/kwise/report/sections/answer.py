"""The answer, in words, before everything else."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kwise._formatting import coefficient, count, listed, percent, sureness
from kwise.report.sections.base import (
    GROUPS,
    ONE_GROUP,
    OTHER_METHOD,
    Material,
    Section,
    situation,
)
from kwise.selection.reasons import CLEARLY, LIKELY, PROBABLY
from kwise.selection.verdict import FEWEST_ROWS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kwise.report.summary import Summary

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
# Kind of the answer -> what its confidence is about.
_SURE_OF = {
    "clear": "that there are {k} groups",
    "one group": "that there are no groups",
    "unclear": "that this is the number: {k}",
    "unsuitable": "that k-means does not suit",
}

# Kind of the answer -> how it is said from CLEARLY, from PROBABLY, and below.
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
# The same after what was asked for.
_AFTER = {
    "clear": ("the data support {word}", "the data probably support {word}"),
    "one group": ("the data show one", "the data probably show one"),
    "unsuitable": (
        "the data hold groups of another kind",
        "the data probably hold groups of another kind",
    ),
    "unclear": ("how many the data support is unclear",) * 2,
}


def context(material: Material) -> Mapping[str, object]:
    """Write the headline and the few numbers beside it."""
    summary = material.summary
    return {
        "headline": headline(summary),
        "numbers": _numbers(summary),
        "by_k": _by_k(summary),
        "one_group": situation(material.data) == ONE_GROUP,  # its warnings stand by the picture
    }


def headline(summary: Summary) -> str:
    """Say the answer in one short sentence, after what was asked for if it is something else."""
    answer = summary.answer
    if summary.table.n_used < FEWEST_ROWS:
        return "Too few rows to tell groups."
    how_sure = sum(answer.confidence < least for least in (CLEARLY, PROBABLY))
    if answer.shown != answer.k or len(answer.asked) == 1:
        after = _AFTER[answer.kind][min(how_sure, 1)].format(word=_word(answer.k))
        joined = ", and" if answer.kind == "clear" and answer.shown == answer.k else ";"
        among = "as asked" if len(answer.asked) == 1 else "of those asked for"
        return f"{_groups(answer.shown)}, {among}{joined} {after}."
    groups = _groups(answer.k)
    if answer.kind == "unclear":
        others = [str(k) for k in answer.candidates if k != answer.k]
        if others and answer.confidence >= LIKELY:
            likely = f"More likely than not {groups[0].lower()}{groups[1:]}"
            return f"{likely}; or {listed(others, last='or')}."
        if answer.division is not None:
            parts = f"A division into {_word(answer.division)} parts holds"
            return f"{parts}; how many separate groups there are is unclear."
        end = f"; {listed(others, last='or')} would do as well." if others else "."
        return f"No clear number of groups. {groups} at best{end}"
    return _HEADLINES[answer.kind][how_sure].format(
        groups=groups, low=groups[0].lower() + groups[1:], word=_word(answer.k)
    )


def _word(k: int) -> str:
    """Write a number of groups, in letters where it is small."""
    return _WORDS[k] if k < len(_WORDS) else count(k)


def _groups(k: int) -> str:
    """Write so many groups, to begin a sentence with."""
    return f"{_word(k).capitalize()} group{'s' if k > 1 else ''}"


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
        found.append(("silhouette", coefficient(chosen.silhouette), _silhouette_print(summary)))
    if answer.ks:
        found.append(
            ("confidence", sureness(answer.confidence), _SURE_OF[answer.kind].format(k=answer.k))
        )
    if answer.kind in ("unclear", "unsuitable") and answer.division is not None:
        found.append(_division(summary))
    if chosen.agreement is not None:
        found.append(
            ("agreement", coefficient(chosen.agreement.ari), "with the labels (ARI, at most 1)")
        )
    return found


def _silhouette_print(summary: Summary) -> str:
    """Say which rows the silhouette is of, where it is not of all."""
    notes = [
        note for row in summary.answer.criteria if row.name == "silhouette" for note in row.notes
    ]
    sampled = [note for note in notes if "sampled rows" in note]
    return sampled[0] if sampled else "from −1 to 1, higher is better"


def _by_k(summary: Summary) -> dict[str, dict[int, str]]:
    """Return the numbers that are others for another k, by label and k."""
    told = summary.clusterings
    found = {"silhouette": {each.k: coefficient(each.silhouette) for each in told}}
    if summary.chosen.agreement is not None:
        known = {each.k: each.agreement for each in told}
        found["agreement"] = {
            k: coefficient(each.ari) for k, each in known.items() if each is not None
        }
    return found


def _division(summary: Summary) -> tuple[str, str, str]:
    """Tell what the division that holds best is worth."""
    best = next(each for each in summary.answer.usefulness if each.k == summary.answer.division)
    explained = f"{percent(best.variance_explained)} of the variance, "
    known = "" if math.isnan(best.variance_explained) else explained
    return ("division", f"{best.k} parts", f"{known}stability {coefficient(best.stability)}")


ANSWER = Section("answer", "The answer", context=context, leads=(ONE_GROUP, OTHER_METHOD, GROUPS))

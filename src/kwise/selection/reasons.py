"""The verdict in plain words: one sentence, and the reasons for and against it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from kwise.comparison import METHODS
from kwise.results import Alternative, Choice, Sweep
from kwise.selection.suitability import Suitability
from kwise.selection.valleys import CRITICAL
from kwise.selection.verdict import Judgement

__all__ = ["explain", "sentence", "who_finds_what"]


def sentence(found: Judgement) -> str:
    """Say the verdict in one sentence."""
    sure = _sure(found.confidence)
    if found.kind == "unsuitable":
        better = METHODS[found.alternative].label if found.alternative else "another method"
        return f"k-means does not suit these data ({sure}); {better} fits better."
    if found.kind == "one group":
        return f"One group: these data hold no separate clusters ({sure})."
    if found.kind == "unclear":
        if len(found.candidates) == 1:
            groups = "one group" if found.k == 1 else f"{found.k} clusters"
            return f"Unclear: {groups} at best, but k-means may not suit these data ({sure})."
        named = " or ".join(str(k) for k in sorted(found.candidates))
        return f"No clear number of clusters: {named}; {found.k} has most support ({sure})."
    return f"{found.k} clusters ({sure})."


def _sure(confidence: float) -> str:
    """Say a confidence; nothing here is ever 100 % sure."""
    return "over 99 % sure" if confidence > 0.99 else f"{100 * confidence:.0f} % sure"


def explain(
    found: Judgement,
    sweep: Sweep,
    choices: Mapping[str, Choice],
    labels: Mapping[str, str],
) -> list[str]:
    """Return the reasons, the weightiest first."""
    reasons = [_agreement(found, choices, labels), *_at_k(found, sweep)]
    if found.kind == "unclear":
        reasons.append(_what_would_decide(found))
    if found.k == max(sweep.ks) > 1 and len(sweep.ks) > 1:
        reasons.append(f"{found.k} is the largest candidate: larger ones may do better still.")
    return [reason for reason in reasons if reason]


def who_finds_what(other: Alternative, suitability: Suitability) -> str:
    """Say what kind of structure the better method sees, and by what it is better."""
    agree = suitability.measures[f"{other.method}_agree_same_k"]
    n = len(other.labels)
    words = (
        f"{other.label} finds {METHODS[other.method].finds}: {other.n_clusters} groups "
        f"({other.settings}). Near neighbors' groups tell {other.information:.2f} bits of each "
        f"other, those of as many clusters of k-means {other.information_kmeans:.2f}"
    )
    if other.n_judged < n:
        words += (
            f" (from {other.n_judged:,} rows against all; the standard error of the difference "
            f"is {other.error:.2g})"
        )
    words += f"; the two partitions agree to an adjusted Rand index of {agree:.2f}"
    if other.n_seen < n:
        words += (
            f" on the {other.n_seen:,} rows that {other.label} saw; every other row joins the "
            "group of the nearest of these"
        )
    return f"{words}."


def _agreement(found: Judgement, choices: Mapping[str, Choice], labels: Mapping[str, str]) -> str:
    """Count the criteria that choose this k, and name what the others choose."""
    answers = {name: choice.k for name, choice in choices.items() if choice.k is not None}
    if not answers:
        return "No criterion could choose."
    agree = sum(k == found.k for k in answers.values())
    others = [f"{labels[name]} {k}" for name, k in answers.items() if k != found.k]
    tail = f"; the others: {', '.join(others)}" if others else ""
    return f"{agree} of {len(answers)} criteria choose {found.k}{tail}."


def _at_k(found: Judgement, sweep: Sweep) -> list[str]:
    """Say what speaks for and against the chosen k itself."""
    i = sweep.ks.index(found.k)
    value = {name: row[i].value for name, row in sweep.scores.items()}
    return [
        _valleys(found.k, value.get("separation", math.nan)),
        _inside(found.k, value.get("one_group", math.nan)),
        _stability(found.k, value.get("stability", math.nan)),
    ]


def _valleys(k: int, depth: float) -> str:
    """Speak of valleys between neighbors."""
    if k == 1 or not math.isfinite(depth):
        return ""
    if depth >= CRITICAL:
        return "The density has a valley between every cluster and its neighbor."
    return "Some neighboring clusters have no clear valley of density between them: they overlap."


def _inside(k: int, depth: float) -> str:
    """Speak of valleys inside the clusters."""
    if not math.isfinite(depth):
        return ""
    where = "the data" if k == 1 else "any cluster"
    if depth < CRITICAL:
        return f"No valley of density inside {where}: nothing asks to be divided further."
    whole = "The data have" if k == 1 else "At least one cluster has"
    return f"{whole} a valley of density inside: there may be more groups."


def _stability(k: int, likeness: float) -> str:
    """Speak of how well the clusters come back."""
    if k == 1 or not math.isfinite(likeness):
        return ""
    kind = "stable" if likeness >= 0.75 else "not stable"
    return (
        f"The clusters are {kind}: in bootstrap samples the weakest comes back with a Jaccard "
        f"likeness of {likeness:.2f} (1 is perfect)."
    )


def _what_would_decide(found: Judgement) -> str:
    """Say what would tell the candidates apart."""
    if len(found.candidates) == 1:
        return "Another method may see other groups: compare some, or look at the map of the rows."
    low, high = min(found.candidates), max(found.candidates)
    return (
        f"Between {low} and {high} these data do not decide. More rows would, or what the groups "
        f"are for: {high} if the finer ones mean something to you, else {low}."
    )

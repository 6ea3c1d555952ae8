"""The verdict in plain words: one sentence, and the reasons for and against it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kwise._formatting import coefficient, score, sureness
from kwise.comparison import METHODS
from kwise.results import Alternative, Choice, ColumnEffect, Sweep
from kwise.selection.criteria.border_density import THRESHOLD as SPARSER
from kwise.selection.suitability import Suitability
from kwise.selection.verdict import Judgement

__all__ = ["column_in_words", "explain", "sentence", "who_finds_what"]

# From these confidences on an answer is said clearly, as probable, and as more likely than not.
CLEARLY, PROBABLY, LIKELY = 0.97, 0.7, 0.5


def sentence(found: Judgement, asked: tuple[int, ...] = (), shown: int | None = None) -> str:
    """Say the verdict in one sentence; what was asked for first, where something was."""
    if found.too_few:
        rows = "1 row says" if found.too_few == 1 else f"{found.too_few} rows say"
        return f"Too few rows to tell groups: {rows} nothing for sure ({_sure(found)})."
    if not asked or (len(asked) > 1 and found.k in asked):
        return _sentence(found)
    also = ", and" if found.kind == "clear" and shown == found.k else ";"
    return f"You asked for {_numbers(asked)}{also} {_what_the_data_say(found)}"


def _sentence(found: Judgement) -> str:
    """Say what the data support."""
    if found.kind == "unsuitable":
        return _unsuitable(found)
    if found.kind == "unclear":
        said = _unclear(found)
        return said[0].upper() + said[1:]
    probably = found.confidence < CLEARLY
    if found.kind == "one group":
        groups = "Probably one group" if probably else "One group"
        return f"{groups}: these data hold no separate clusters ({_sure(found)})."
    return f"{'Probably ' if probably else ''}{found.k} clusters ({_sure(found)})."


def _what_the_data_say(found: Judgement) -> str:
    """Say what the data support, after what was asked for."""
    if found.kind == "unsuitable":
        return _unsuitable(found)
    if found.kind == "unclear":
        return f"what the data support is {_unclear(found)}"
    probably = "probably " if found.confidence < CLEARLY else ""
    if found.kind == "one group":
        return f"the data {probably}show one group ({_sure(found)})."
    return f"the data {probably}support {found.k} ({_sure(found)})."


def _unsuitable(found: Judgement) -> str:
    """Say that k-means does not suit, and what does."""
    better = METHODS[found.alternative].label if found.alternative else "another method"
    if found.confidence >= CLEARLY:
        return f"k-means does not suit these data ({_sure(found)}); {better} fits better."
    if found.confidence >= PROBABLY:
        return f"k-means probably does not suit these data ({_sure(found)}); {better} fits better."
    return f"k-means may not suit these data ({_sure(found)}); {better} may fit better."


def _unclear(found: Judgement) -> str:
    """Name the candidates, or the doubt that remains."""
    groups = "one group" if found.k == 1 else f"{found.k} clusters"
    if len(found.candidates) == 1:
        return f"unclear: {groups} at best, but k-means may not suit these data ({_sure(found)})."
    others = _alternatives(sorted(k for k in found.candidates if k != found.k))
    if found.confidence >= LIKELY:
        return f"unclear: more likely than not {groups}, else {others} ({_sure(found)})."
    named = _alternatives(sorted(found.candidates))
    return f"unclear: {named}; {found.k} has most support ({_sure(found)})."


def _alternatives(ks: Sequence[int]) -> str:
    """Write 2, 3 or 5."""
    *first, last = map(str, ks)
    return f"{', '.join(first)} or {last}" if first else last


def _numbers(ks: tuple[int, ...]) -> str:
    """Write candidates as a range, where they are one."""
    if len(ks) > 2 and ks == tuple(range(ks[0], ks[-1] + 1)):
        return f"{ks[0]} to {ks[-1]}"
    return _alternatives(ks)


def _sure(found: Judgement) -> str:
    """Say a confidence."""
    return f"{sureness(found.confidence)} sure"


def explain(
    found: Judgement,
    sweep: Sweep,
    choices: Mapping[str, Choice],
    labels: Mapping[str, str],
    judged: tuple[int, ...],
) -> list[str]:
    """Return the reasons for what the data support, the weightiest first."""
    reasons = [_agreement(found, choices, labels), *_at_k(found, sweep)]
    if found.kind == "unclear":
        reasons.append(_what_would_decide(found))
    if found.k == judged[-1] > 1 and len(judged) > 1:
        reasons.append(f"{found.k} is the largest candidate: larger ones may do better still.")
    return [reason for reason in reasons if reason]


def column_in_words(effect: ColumnEffect, found: Judgement) -> str:
    """Say what the answer is with and without one column."""
    sure = replace(found, confidence=effect.confidence)
    return (
        f"Column {effect.column} alone changes the answer: with it, "
        f"{_short(found.k, found.kind)}; without it, {_short(effect.k, effect.kind)} "
        f"({_sure(sure)})."
    )


def _short(k: int, kind: str) -> str:
    """Name an answer in a few words."""
    if kind == "unsuitable":
        return "k-means does not suit"
    return "one group" if k == 1 else f"{k} clusters"


def who_finds_what(other: Alternative, suitability: Suitability) -> str:
    """Say what kind of structure the better method sees, and by what it is better."""
    agree = suitability.measures[f"{other.method}_agree_same_k"]
    n = len(other.labels)
    words = (
        f"{other.label} finds {METHODS[other.method].finds}: {other.n_clusters} groups "
        f"({other.settings}). Near neighbors' groups tell {score(other.information)} bits of each "
        f"other, of the {score(other.entropy)} that groups of these sizes could tell; those of as "
        f"many clusters of k-means {score(other.information_kmeans)} of "
        f"{score(other.entropy_kmeans)}"
    )
    if other.n_judged < n:
        words += (
            f" (from {other.n_judged:,} rows against all; the standard error of the difference "
            f"of these shares is {other.error:.2g})"
        )
    words += f"; the two partitions agree to an adjusted Rand index of {coefficient(agree)}"
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
    # Where another method's groups are spoken of too, these are the clusters of k-means.
    clusters = "clusters of k-means" if found.kind == "unsuitable" else "clusters"
    borders = [score.value for score in sweep.scores.get("border_density", ())]
    if found.k == 1:
        return [_no_border(borders)]
    stability = sweep.scores.get("stability")
    return [
        _borders(borders[i] if borders else math.nan, clusters),
        "" if stability is None else _stability(f"{found.k} {clusters}", stability[i].value),
    ]


def _borders(log_ratio: float, clusters: str) -> str:
    """Speak of the rows between neighboring clusters."""
    if not math.isfinite(log_ratio):
        return ""
    if log_ratio > SPARSER:
        return (
            f"Some neighboring {clusters} meet where rows lie about as densely as at their "
            "centers: they overlap, or are parts of one."
        )
    return (
        "Rows lie sparser between every cluster and its nearest neighbor than at their centers: "
        f"{100.0 * math.exp(log_ratio):.0f} % as densely at most."
    )


def _no_border(log_ratios: list[float]) -> str:
    """Speak of divisions that would run through sparse regions."""
    known = [each for each in log_ratios if math.isfinite(each)]
    if not known:
        return ""
    if min(known) > SPARSER:
        return "No number of clusters puts all borders where rows lie sparser than at the centers."
    return "Some division runs through sparser rows: there may be more groups."


def _stability(clusters: str, likeness: float) -> str:
    """Speak of how well the clusters come back."""
    if not math.isfinite(likeness):
        return ""
    kind = "stable" if likeness >= 0.75 else "not stable"
    return (
        f"The {clusters} are {kind}: in bootstrap samples the weakest comes back with a Jaccard "
        f"likeness of {coefficient(likeness)} (1 is perfect)."
    )


def _what_would_decide(found: Judgement) -> str:
    """Say what would tell the candidates apart."""
    if found.too_few:
        return "More rows would decide."
    if len(found.candidates) == 1:
        return "Another method may see other groups: compare some, or look at the map of the rows."
    low, high = min(found.candidates), max(found.candidates)
    return (
        f"Between {low} and {high} these data do not decide. More rows would, or what the groups "
        f"are for: {high} if the finer ones mean something to you, else {low}."
    )

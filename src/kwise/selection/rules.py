"""From the scores of a criterion to its choice of k; each rule carries its direction.

Scores that could not be computed (nan) are passed over.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from kwise._formatting import score as said
from kwise._optional import require_part
from kwise.exceptions import MissingDependencyError
from kwise.results import Choice, Score

__all__ = [
    "Rule",
    "above",
    "below",
    "down_to",
    "first_se_max",
    "first_within_one_standard_error",
    "highest",
    "knee",
    "lowest",
]

Rule = Callable[[Sequence[int], Sequence[Score]], Choice]


def highest(ks: Sequence[int], scores: Sequence[Score]) -> Choice:
    """Choose the highest score; the smaller k on a tie."""
    points = _computed(ks, scores)
    if not points:
        return _nothing(scores)
    k, score = max(points, key=lambda point: (point[1].value, -point[0]))
    return Choice(k, f"highest of {len(points)}, at {said(score.value)}")


def lowest(ks: Sequence[int], scores: Sequence[Score]) -> Choice:
    """Choose the lowest score; the smaller k on a tie."""
    points = _computed(ks, scores)
    if not points:
        return _nothing(scores)
    k, score = min(points, key=lambda point: (point[1].value, point[0]))
    return Choice(k, f"lowest of {len(points)}, at {said(score.value)}")


def knee(ks: Sequence[int], scores: Sequence[Score]) -> Choice:
    """Choose the knee of a falling convex curve, by kneed; such a knee is found in noise too."""
    points = _computed(ks, scores)
    if len(points) < 3:
        return Choice(None, "a knee needs at least three candidates")
    try:
        kneed = require_part("kneed", "knee_locator", without="matplotlib", extra="report")
    except MissingDependencyError as error:
        return Choice(None, str(error))
    xs = [k for k, _ in points]
    ys = [score.value for _, score in points]
    if max(ys) <= min(ys):
        return Choice(None, "the curve is flat")
    found = kneed.KneeLocator(xs, ys, curve="convex", direction="decreasing").knee
    if found is None:
        return Choice(None, "no knee in the curve")
    return Choice(int(found), "the knee of the curve (one is found in structureless data too)")


def first_within_one_standard_error(ks: Sequence[int], scores: Sequence[Score]) -> Choice:
    """Choose the smallest k whose score is within one s.e. of the next (Tibshirani)."""
    points = _computed(ks, scores)
    if not points:
        return _nothing(scores)
    for (k, score), (after, following) in pairwise(points):
        if score.value >= following.value - following.standard_error:
            return Choice(k, f"first k not bettered by the next ({after}) by over one s.e.")
    k, _ = points[-1]
    return Choice(k, "still rising at the last candidate")


def first_se_max(ks: Sequence[int], scores: Sequence[Score]) -> Choice:
    """Choose the smallest k within one s.e. of the first local maximum (R's firstSEmax)."""
    points = _computed(ks, scores)
    if not points:
        return _nothing(scores)
    values = [score.value for _, score in points]
    top = next((i for i in range(len(values) - 1) if values[i] >= values[i + 1]), len(values) - 1)
    floor = values[top] - points[top][1].standard_error
    k = next(k for k, score in points if score.value >= floor)
    return Choice(k, f"first k within one s.e. of the first peak, at {points[top][0]}")


def above(threshold: float, *, n_errors: float = 0.0) -> Rule:
    """Make the rule that chooses the largest k whose score, plus some s.e., is high enough."""

    def largest_above(ks: Sequence[int], scores: Sequence[Score]) -> Choice:
        points = _computed(ks, scores)
        if not points:
            return _nothing(scores)
        good = [k for k, score in points if score.value + n_errors * _error(score) >= threshold]
        if not good:
            return Choice(None, f"no k reaches {threshold:g}")
        return Choice(max(good), f"largest k that reaches {threshold:g}")

    return largest_above


def below(threshold: float) -> Rule:
    """Make the rule that chooses the smallest k whose score is at most a threshold."""
    return _at_most(threshold, min, "smallest")


def down_to(threshold: float) -> Rule:
    """Make the rule that chooses the largest k whose score is at most a threshold."""
    return _at_most(threshold, max, "largest")


def _at_most(threshold: float, pick: Callable[[list[int]], int], which: str) -> Rule:
    """Make the rule that picks one of the k whose score is at most a threshold."""

    def rule(ks: Sequence[int], scores: Sequence[Score]) -> Choice:
        points = _computed(ks, scores)
        if not points:
            return _nothing(scores)
        good = [k for k, score in points if score.value <= threshold]
        if not good:
            return Choice(None, f"no k comes down to {threshold:g}")
        return Choice(pick(good), f"{which} k that comes down to {threshold:g}")

    return rule


def _computed(ks: Sequence[int], scores: Sequence[Score]) -> list[tuple[int, Score]]:
    """Pair every k with its score, ascending, without those that could not be computed."""
    pairs = sorted(zip(ks, scores), key=lambda pair: pair[0])
    return [(k, score) for k, score in pairs if math.isfinite(score.value)]


def _error(score: Score) -> float:
    """Return the standard error, zero where the score has none."""
    return score.standard_error if math.isfinite(score.standard_error) else 0.0


def _nothing(scores: Sequence[Score]) -> Choice:
    """Say why there is no choice: the first note, if any."""
    note = next((score.note for score in scores if score.note), "")
    return Choice(None, note or "no score could be computed")

"""How useful k-means' own division into k parts is, whether or not the data hold separate groups.

Whether groups are there and whether a division is of use are different questions [1]_. A division
is of use where it leaves little of the variance inside its parts, comes back when the rows are
drawn again (stability, [2]_), foretells where new rows belong (prediction strength, [3]_) and
leaves no part empty-handed (balance).

References
----------
.. [1] C. Hennig, "What are the true clusters?", Pattern Recognition Letters 64, 2015.
   https://doi.org/10.1016/j.patrec.2015.04.009
.. [2] C. Hennig, "Cluster-wise assessment of cluster stability", Computational Statistics & Data
   Analysis 52, 2007. https://doi.org/10.1016/j.csda.2006.11.025
.. [3] R. Tibshirani, G. Walther, "Cluster validation by prediction strength", Journal of
   Computational and Graphical Statistics 14, 2005. https://doi.org/10.1198/106186005X59243
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from kwise._formatting import coefficient, listed, percent
from kwise.results import Usefulness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kwise.results import Dependability, Sweep

__all__ = ["best_division", "division_in_words", "usefulness_in_words", "usefulness_of"]

# Least stability of the weakest part, and least prediction strength: Hennig calls a cluster of
# 0.75 valid and of 0.85 highly stable; Tibshirani and Walther ask for 0.8 to 0.9.
LEAST: tuple[tuple[Dependability, float, float], ...] = (("high", 0.85, 0.9), ("fair", 0.75, 0.8))


def usefulness_of(sweep: Sweep) -> tuple[Usefulness, ...]:
    """Tell of every candidate division into two parts or more what it is worth.

    What the sweep has not scored is nan, and the dependability then "unknown".
    """
    whole = _inertia_of_one(sweep)
    found = []
    for i, (k, run) in enumerate(zip(sweep.ks, sweep.runs)):
        if k == 1:
            continue
        stability = _score(sweep, "stability", i)
        strength = _score(sweep, "prediction_strength", i)
        found.append(
            Usefulness(
                k=k,
                variance_explained=1.0 - run.inertia / whole if whole > 0.0 else math.nan,
                stability=stability,
                prediction_strength=strength,
                smallest_share=float(np.bincount(run.labels, minlength=k).min()) / len(run.labels),
                dependability=_dependability(stability, strength),
            )
        )
    return tuple(found)


def usefulness_in_words(found: Sequence[Usefulness]) -> str:
    """Say in a sentence or two which divisions can be depended on; empty where none was scored."""
    if all(each.dependability == "unknown" for each in found):
        return ""
    best = best_division(found)
    if best is None:
        return (
            "As a mere division of the rows, no number of parts comes back when rows are drawn "
            "again."
        )
    words = f"As a mere division of the rows, {best.k} parts hold best: {_told(best)}."
    others = [each for each in found if _is_useful(each) and each is not best]
    if others:
        more = "; ".join(f"{each.k} parts {_told(each, short=True)}" for each in others)
        words += f" Of use too: {more}."
    return words


def best_division(found: Sequence[Usefulness]) -> Usefulness | None:
    """Return the division with most parts of the highest level; None where none is of use.

    So Tibshirani and Walther choose a number of clusters by prediction strength.
    """
    useful = [each for each in found if _is_useful(each)]
    return max(useful, key=lambda each: (each.dependability == "high", each.k), default=None)


def _is_useful(each: Usefulness) -> bool:
    """Whether a division is known to come back."""
    return each.dependability in ("high", "fair")


def division_in_words(each: Usefulness) -> str:
    """Say what one division is worth."""
    balance = percent(each.smallest_share) if each.smallest_share >= 0.01 else "under 1 %"
    words = f"As a mere division of the rows, {each.k} parts: {_told(each)}"
    return f"{words}; the smallest part holds {balance} of the rows."


def _told(each: Usefulness, *, short: bool = False) -> str:
    """Tell the numbers of one division."""
    numbers = [
        f"stability {coefficient(each.stability)}",
        f"prediction strength {coefficient(each.prediction_strength)}",
    ]
    if not math.isnan(each.variance_explained):
        explained = f"{percent(each.variance_explained)} of the variance"
        numbers.insert(0, explained if short else f"they explain {explained}")
    return f"({listed(numbers)})" if short else listed(numbers)


def _dependability(stability: float, strength: float) -> Dependability:
    """Name the level that both measures reach."""
    if math.isnan(stability) or math.isnan(strength):
        return "unknown"
    for name, least_stability, least_strength in LEAST:
        if stability >= least_stability and strength >= least_strength:
            return name
    return "low"


def _score(sweep: Sweep, name: str, i: int) -> float:
    """Return a criterion's value at one candidate; nan where it was not computed."""
    scores = sweep.scores.get(name)
    return float(scores[i].value) if scores is not None else math.nan


def _inertia_of_one(sweep: Sweep) -> float:
    """Return the inertia around the mean of all rows; nan where k = 1 was no candidate."""
    return float(sweep.run(1).inertia) if 1 in sweep.ks else math.nan

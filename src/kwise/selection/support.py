"""From evidence to probabilities: which number of clusters, and which other method is better.

Boosted trees (Friedman 2001) weigh the signs of every candidate; their log odds become
probabilities that add up to one, as in a conditional logit model (McFadden 1974). Other trees look
at every other method beside the best supported candidate: are its groups much nearer to those that
are there? Both were fitted on simulated tables by ``benchmarks/choice/tune.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kwise.selection.fitted_weights import SHARPNESS
from kwise.selection.signs import Findings, signs_of
from kwise.selection.suitability import PARTS, RIVALS
from kwise.selection.trees import fitted_trees
from kwise.types import Floats

__all__ = ["at_best", "probabilities", "probabilities_of", "signs_of_methods"]


def probabilities(findings: Findings) -> tuple[Floats, dict[str, float]]:
    """Return each candidate's probability, and of each other method that it is much better."""
    trees = fitted_trees()
    signs = signs_of(findings)
    support = probabilities_of(trees["support"].log_odds(signs), SHARPNESS)
    if not findings.measures:
        return support, {}
    log_odds = trees["better"].log_odds(signs_of_methods(at_best(signs, support)))
    better = 1.0 / (1.0 + np.exp(-log_odds))
    return support, dict(zip(RIVALS, better.tolist()))


def probabilities_of(log_odds: Floats, sharpness: float) -> Floats:
    """Turn the log odds of candidates into probabilities that add up to one."""
    odds = np.exp(sharpness * (log_odds - log_odds.max()))
    found: Floats = odds / odds.sum()
    return found


def at_best(signs: Mapping[str, Floats], support: Floats) -> dict[str, Floats]:
    """Return the signs of the best supported candidate, and how the support is spread."""
    best = int(np.argmax(support))
    found = {name: values[best : best + 1] for name, values in signs.items()}
    one = float(support[signs["log_k"] == 0.0].sum())
    shares = support[support > 0.0]
    spread = float(-(shares * np.log(shares)).sum())
    return found | {
        "support_best": support[best : best + 1],
        "support_one": np.array([one]),
        "support_spread": np.array([spread]),
    }


def signs_of_methods(row: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return the signs of one candidate beside each other method: one row a method.

    What was measured of the method bears the same name in every row; what was measured of others
    is left out.
    """
    theirs = {f"{rival}_{part}" for rival in RIVALS for part in PARTS}
    found = {
        name: np.repeat(value, len(RIVALS)) for name, value in row.items() if name not in theirs
    }
    for part in PARTS:
        found[f"rival_{part}"] = np.concatenate([row[f"{rival}_{part}"] for rival in RIVALS])
    return found | {f"is_{rival}": (np.array(RIVALS) == rival).astype(float) for rival in RIVALS}

"""From evidence to probabilities: which number of clusters, and whether k-means suits at all.

Boosted trees (Friedman 2001) weigh the signs of every candidate; their log odds become
probabilities that add up to one, as in a conditional logit model (McFadden 1974). Other trees look
at the best supported candidate alone. Both were fitted on simulated tables by
``benchmarks/choice/tune.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kwise.selection.fitted_weights import SHARPNESS
from kwise.selection.signs import Findings, signs_of
from kwise.selection.trees import fitted_trees
from kwise.types import Floats

__all__ = ["at_best", "probabilities", "probabilities_of"]


def probabilities(findings: Findings) -> tuple[Floats, float]:
    """Return each candidate's probability, and the probability that k-means does not suit."""
    trees = fitted_trees()
    signs = signs_of(findings)
    support = probabilities_of(trees["support"].log_odds(signs), SHARPNESS)
    if not findings.measures:
        return support, 0.0
    log_odds = float(trees["doubt"].log_odds(at_best(signs, support))[0])
    return support, 1.0 / (1.0 + float(np.exp(-log_odds)))


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

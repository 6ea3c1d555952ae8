"""Support for each candidate k: the criteria's scores, weighed, as probabilities.

Each candidate gets a sum of weighted signs (a criterion chose it, its groups have valleys between
them, none inside, they come back in new samples, ...), and the sums become probabilities as in a
conditional logit model (McFadden 1974). The weights were fitted on simulated tables by
``benchmarks/choice/tune.py``; see ``tuned.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kwise.results import Choice, Score
from kwise.selection.fitted_weights import SUPPORT_WEIGHTS
from kwise.types import Floats

__all__ = ["VOTERS", "probabilities", "signs"]

Scores = Mapping[str, Sequence[Score]]

# Criteria whose own choice counts.
VOTERS = (
    "inertia",
    "silhouette",
    "calinski_harabasz",
    "davies_bouldin",
    "bic",
    "mixture",
    "gap",
    "jump",
    "prediction_strength",
    "stability",
    "separation",
    "one_group",
)


def signs(ks: Sequence[int], scores: Scores, choices: Mapping[str, Choice]) -> dict[str, Floats]:
    """Return every sign for every candidate; 0 where its criterion was not computed."""
    candidates = np.asarray(ks, dtype=np.float64)
    several = candidates > 1
    found: dict[str, Floats] = {"one": (~several).astype(float), "log_k": np.log(candidates)}
    for name in VOTERS:
        choice = choices.get(name)
        chosen = choice.k if choice is not None else None
        found[f"chosen_by_{name}"] = np.array([float(k == chosen) for k in ks])
    valley = _curve(scores, "separation", len(ks), nan=0.33)
    found["valleys_between"] = np.where(several, np.clip(valley, 0.2, 1.2) - 0.5, 0.0)
    found["valley_missing"] = np.where(several, np.clip(0.36 - valley, 0.0, 0.2) * 5.0, 0.0)
    inside = _curve(scores, "one_group", len(ks), nan=0.35)
    found["valley_inside"] = np.clip(inside - 0.4, 0.0, 0.8)
    # No valley at any candidate, between or inside: the signature of a single group.
    deepest = max(float(valley[several].max(initial=0.0)), float(inside[~several].max(initial=0.0)))
    nowhere = min(max(0.45 - deepest, 0.0), 0.2) * 5.0
    found["valley_nowhere"] = np.where(several, 0.0, nowhere)
    found["prediction_strength"] = _curve(scores, "prediction_strength", len(ks), nan=0.5)
    found["stability"] = _curve(scores, "stability", len(ks), nan=0.5)
    silhouette = _curve(scores, "silhouette", len(ks), nan=0.0)
    best = silhouette[several].max(initial=0.0)
    found["silhouette"] = np.where(several, silhouette, 0.0)
    found["silhouette_behind"] = np.where(several, best - silhouette, 0.0)
    for name in ("bic", "mixture"):
        curve = _curve(scores, name, len(ks), nan=np.nan)
        behind = curve - np.nanmin(curve) if np.isfinite(curve).any() else curve
        found[f"{name}_behind"] = np.nan_to_num(np.clip(np.log1p(behind), 0, 8) / 8)
    gap = _curve(scores, "gap", len(ks), nan=np.nan)
    lost = np.nanmax(gap) - gap if np.isfinite(gap).any() else gap
    found["gap_behind"] = np.nan_to_num(np.clip(lost, 0.0, 0.5))
    found["gap_highest"] = np.nan_to_num((lost == 0.0).astype(float))
    # No k gains on the reference over one group: the data are as even as the reference.
    flat = np.nan_to_num(np.clip(1.0 - lost / 0.15, 0.0, 1.0))
    found["gap_flat"] = np.where(several, 0.0, flat)
    return found


def probabilities(
    ks: Sequence[int], scores: Scores, choices: Mapping[str, Choice]
) -> tuple[Floats, dict[str, Floats]]:
    """Return each candidate's probability, and what each sign added to its support."""
    found = signs(ks, scores, choices)
    parts = {name: SUPPORT_WEIGHTS[name] * sign for name, sign in found.items()}
    total = np.sum(list(parts.values()), axis=0)
    odds = np.exp(total - total.max())
    return odds / odds.sum(), parts


def _curve(scores: Scores, name: str, length: int, *, nan: float) -> Floats:
    """Return a criterion's values, with a stand-in for those that were not computed."""
    row = scores.get(name)
    values = np.full(length, np.nan) if row is None else np.array([each.value for each in row])
    return np.where(np.isfinite(values), values, nan)

"""The two models of the verdict on measured tables: fitted here, and read as ``select_k`` does.

Families weigh alike, whatever the number of their tables, structureless ones more. Tables that
k-means cannot fit at the true k teach nothing about k, only about suitability; overlapping round
groups that it cannot fit teach nothing at all.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
from measure import read_cache
from scipy.optimize import minimize
from scipy.special import expit, logsumexp

from kwise.results import Score
from kwise.selection import CRITERIA
from kwise.selection.suitability import best_alternative, suitability_signs
from kwise.selection.support import signs
from kwise.selection.verdict import Judgement, Rules, conclude

FIT = 0.8  # k-means suits a table if it reaches this adjusted Rand index at the true k

# Signs whose weight may only speak for (+) or against (-) a candidate, and for (+) doubt, however
# the tables happen to fall: what a weight means must stay what its name says.
FOR = (
    "chosen_by_",
    "valleys_between",
    "one_and_whole",
    "valley_nowhere",
    "prediction_strength",
    "stability",
    "gap_highest",
    "gap_flat",
)
AGAINST = ("valley_missing", "valley_inside", "silhouette_behind", "bic_", "mixture_", "gap_behind")
# Groups where there are none are the error that a reader can see least.
STRUCTURELESS = {"support": 4.0, "doubt": 10.0}
FREE_OF_DOUBT = ("base", "size_ratio", "noise", "one")


def bounds_of(names: list[str]) -> list[tuple[float | None, float | None]]:
    """Return the bounds of the support's weights."""
    return [
        (0.0, None) if n.startswith(FOR) else (None, 0.0) if n.startswith(AGAINST) else (None, None)
        for n in names
    ]


def read(which: str, cache: Path) -> list[dict]:
    """Read measured tables, and add whether k-means suits each (None: no telling)."""
    lines = list(read_cache(which, cache).values())
    for line in lines:
        fit = line["fit"][line["ks"].index(line["k"])]
        line["suits"] = None if fit < FIT and not line["shaped"] else fit >= FIT
        scores, choices = evidence(line)
        line["choices"] = {name: choice.k for name, choice in choices.items()}
        line["signs"] = signs(line["ks"], scores, choices)
    return lines


def evidence(line: dict) -> tuple[dict, dict]:
    """Return scores and choices as the verdict sees them."""
    scores = {
        name: [Score(v, error) for v, error in zip(row, line["errors"][name])]
        for name, row in line["scores"].items()
    }
    choices = {name: CRITERIA[name].choose(line["ks"], row) for name, row in scores.items()}
    other_rule = CRITERIA["gap_first_peak"]
    return scores, choices | {other_rule.name: other_rule.choose(line["ks"], scores["gap"])}


def fit_support(lines: list[dict], ridge: float) -> dict[str, float]:
    """Fit the conditional logit by ridge-penalized maximum likelihood."""
    rows = [line["signs"] for line in lines]
    names = list(rows[0])
    longest = max(len(line["ks"]) for line in lines)
    X = np.zeros((len(lines), longest, len(names)))
    absent = np.zeros((len(lines), longest))
    for i, row in enumerate(rows):
        length = len(row["one"])
        X[i, :length] = np.array([row[name] for name in names]).T
        absent[i, length:] = -np.inf
    truth = np.array([line["ks"].index(line["k"]) for line in lines])
    weight = alike([line["family"] for line in lines])
    weight = more_if_structureless(weight, lines, STRUCTURELESS["support"])
    scale = X.std(axis=(0, 1)) + 1e-9
    at = np.arange(len(lines))

    def loss(w):
        z = X @ (w / scale) + absent
        p = np.exp(z - logsumexp(z, axis=1, keepdims=True))
        value = -(weight * np.log(p[at, truth] + 1e-300)).sum() + ridge / len(w) * 0.5 * (w @ w)
        p[at, truth] -= 1.0
        return value, np.einsum("n,nk,nkj->j", weight, p, X) / scale + ridge / len(w) * w

    found = minimize(
        loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", bounds=bounds_of(names)
    )
    return dict(zip(names, np.round(found.x / scale, 3).tolist()))


def support(line: dict, weights: dict[str, float]) -> np.ndarray:
    """Return the probability of each candidate."""
    row = line["signs"]
    z = np.sum([weights[name] * row[name] for name in weights], axis=0)
    return np.exp(z - logsumexp(z))


def signs_against(line: dict, p: np.ndarray) -> dict[str, float]:
    """Return the signs against k-means at the best supported k."""
    best = int(p.argmax())
    at_k = {name: row[best] for name, row in line["scores"].items()}
    shape = line["shape"][str(line["ks"][best])]
    k = line["ks"][best]
    return suitability_signs(k, line["suitability"], shape, at_k)


def fit_suitability(lines: list[dict], weights: dict[str, float], ridge: float) -> dict[str, float]:
    """Fit the logistic model of "k-means does not suit these data"."""
    rows = [signs_against(line, support(line, weights)) for line in lines]
    names = list(rows[0])
    X = np.array([list(row.values()) for row in rows])
    y = np.array([not line["suits"] for line in lines], dtype=float)
    weight = alike([(line["family"], line["suits"]) for line in lines], most=0.5)
    weight = more_if_structureless(weight, lines, STRUCTURELESS["doubt"])
    middle, scale = X.mean(axis=0), X.std(axis=0) + 1e-6
    Z = (X - middle) / scale

    def loss(w):
        z = w[0] + Z @ w[1:]
        value = (weight * (np.logaddexp(0, z) - y * z)).sum()
        rest = weight * (expit(z) - y)
        grad = np.r_[rest.sum(), rest @ Z + ridge / len(w) * w[1:]]
        return value + ridge / len(w) * 0.5 * (w[1:] @ w[1:]), grad

    bounds = [(None if n in FREE_OF_DOUBT else 0.0, None) for n in ["base", *names]]
    start = np.zeros(len(names) + 1)
    w = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    slope = w[1:] / scale
    found = {"base": w[0] - slope @ middle} | dict(zip(names, slope))
    return {name: round(float(value), 3) for name, value in found.items()}


def unsuitable(line: dict, weights: dict[str, float], against: dict[str, float]) -> float:
    """Return the probability that k-means does not suit the table."""
    found = signs_against(line, support(line, weights))
    return float(expit(against["base"] + sum(against[n] * v for n, v in found.items())))


def more_if_structureless(weight: np.ndarray, lines: list[dict], times: float) -> np.ndarray:
    """Return weights that sum to 1, those of structureless tables so many times larger."""
    more = weight * np.where([line["kind"] == "one group" for line in lines], times, 1.0)
    return more / more.sum()


def alike(groups: list, most: float = 1.0) -> np.ndarray:
    """Return weights that sum to 1 and give groups the same mass; small ones less, if most < 1."""
    count = Counter(groups)
    typical = float(np.median(list(count.values())))
    mass = {
        group: min(1.0, n / (most * typical)) if most < 1 else 1.0 for group, n in count.items()
    }
    weight = np.array([mass[group] / count[group] for group in groups])
    return weight / weight.sum()


def judged(
    line: dict, weights: dict[str, float], against: dict[str, float], rules: Rules
) -> Judgement:
    """Return the verdict on a measured table, as ``select_k`` gives it."""
    p = support(line, weights)
    k = line["ks"][int(p.argmax())]
    doubt = unsuitable(line, weights, against)
    return conclude(line["ks"], p, doubt, best_alternative(line["suitability"], k), rules)


def right(line: dict, found: Judgement) -> bool:
    """Tell whether the verdict is right: the kind, and k where k-means suits the table."""
    if not line["suits"]:
        return found.kind == "unsuitable"
    return found.kind != "unsuitable" and found.k == line["k"]

"""Fit the verdict's weights on measured tables, and write them as ``tuned.py``.

    python benchmarks/choice/tune.py CACHE OUT.py

Families weigh alike, whatever the number of their tables. Tables that k-means cannot fit at the
true k teach nothing about k, only about suitability; overlapping round groups that it cannot
fit teach nothing at all.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from measure import read_cache
from scipy.optimize import minimize
from scipy.special import expit, logsumexp

from kwise.results import Score
from kwise.selection import CRITERIA
from kwise.selection.suitability import suitability_signs
from kwise.selection.support import signs

FIT = 0.8  # k-means suits a table if it reaches this adjusted Rand index at the true k
RIDGES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)  # the one that foretells held-out seeds best is taken
N_FOLDS = 4
CLEAR_FROM = 0.6
FALSE_ALARMS = 0.02  # of suitable tables, at most, in tuning


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
)
AGAINST = ("valley_missing", "valley_inside", "silhouette_behind", "bic_", "mixture_", "gap_behind")
FREE_OF_DOUBT = ("base", "size_ratio", "noise")


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
        line["signs"] = signs(line["ks"], *evidence(line))
    return lines


def evidence(line: dict) -> tuple[dict, dict]:
    """Return scores and choices as the verdict sees them."""
    scores = {
        name: [Score(v, error) for v, error in zip(row, line["errors"][name])]
        for name, row in line["scores"].items()
    }
    return scores, {name: CRITERIA[name].choose(line["ks"], row) for name, row in scores.items()}


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


def alike(groups: list, most: float = 1.0) -> np.ndarray:
    """Return weights that sum to 1 and give groups the same mass; small ones less, if most < 1."""
    count = Counter(groups)
    typical = float(np.median(list(count.values())))
    mass = {
        group: min(1.0, n / (most * typical)) if most < 1 else 1.0 for group, n in count.items()
    }
    weight = np.array([mass[group] / count[group] for group in groups])
    return weight / weight.sum()


def folds(lines: list[dict]) -> list[tuple[list[dict], list[dict]]]:
    """Split by seed: what is fitted, and what it must foretell."""
    return [
        (
            [line for line in lines if line["seed"] % N_FOLDS != fold],
            [line for line in lines if line["seed"] % N_FOLDS == fold],
        )
        for fold in range(N_FOLDS)
    ]


def surprise_of_support(lines: list[dict], ridge: float) -> float:
    """Return the mean -log probability of the true k on held-out tables."""
    losses = []
    for fitted, held in folds(lines):
        weights = fit_support(fitted, ridge)
        right = [support(line, weights)[line["ks"].index(line["k"])] for line in held]
        losses += [-math.log(share + 1e-12) for share in right]
    return float(np.mean(losses))


def surprise_of_doubt(lines: list[dict], weights: dict[str, float], ridge: float) -> float:
    """Return the mean -log probability of the truth about suitability on held-out tables."""
    losses = []
    for fitted, held in folds(lines):
        against = fit_suitability(fitted, weights, ridge)
        for line in held:
            doubt = unsuitable(line, weights, against)
            losses.append(-math.log((1.0 - doubt if line["suits"] else doubt) + 1e-12))
    return float(np.mean(losses))


def main(cache: Path, out: Path) -> None:
    """Fit both models and write the module of constants."""
    lines = [line for line in read("tuning", cache) if line["suits"] is not None]
    suited = [line for line in lines if line["suits"]]
    surprises = {ridge: surprise_of_support(suited, ridge) for ridge in RIDGES}
    print("support, held-out -log p by ridge:", surprises)
    weights = fit_support(suited, min(surprises, key=surprises.__getitem__))
    surprises = {ridge: surprise_of_doubt(lines, weights, ridge) for ridge in RIDGES}
    print("doubt, held-out -log p by ridge:", surprises)
    against = fit_suitability(lines, weights, min(surprises, key=surprises.__getitem__))
    doubts = np.array([unsuitable(line, weights, against) for line in suited])
    threshold = round(max(0.5, float(np.quantile(doubts, 1.0 - FALSE_ALARMS))), 2)
    seeds = sorted({line["seed"] for line in lines})
    origin = (
        f"{len(lines)} simulated tables of {len({line['family'] for line in lines})} families, "
        f"seeds {seeds[0]} to {seeds[-1]}"
    )
    text = TEMPLATE.format(
        origin=origin,
        support=listed(weights),
        against=listed(against),
        clear=CLEAR_FROM,
        threshold=threshold,
    )
    out.write_text(text)


def listed(weights: dict[str, float]) -> str:
    return "\n".join(f'    "{name}": {value},' for name, value in weights.items())


TEMPLATE = '''"""Weights of the verdict, written by ``benchmarks/choice/tune.py``: not to be edited.

Fitted on {origin}.
"""

from collections.abc import Mapping
from types import MappingProxyType

# What each sign adds to the support of a candidate (log odds); see support.py.
SUPPORT_WEIGHTS: Mapping[str, float] = MappingProxyType({{
{support}
}})

# What each sign adds to the doubt that k-means suits the data (log odds); see suitability.py.
UNSUITABLE_WEIGHTS: Mapping[str, float] = MappingProxyType({{
{against}
}})

# A k with less support than this is not called clear.
CLEAR_FROM = {clear}

# Doubt from which k-means is called unsuitable: at most {{FALSE_ALARMS}} of the suitable tables
# of the tuning reach it, and it is at least one half.
UNSUITABLE_FROM = {threshold}
'''.replace("{{FALSE_ALARMS}}", f"{FALSE_ALARMS:.0%}")

if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

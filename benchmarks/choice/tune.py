"""Fit the verdict's weights on measured tables, and write them as ``tuned.py``.

    python benchmarks/choice/tune.py CACHE OUT.py

Penalties are judged on tables that took no part in the fit: once whole families are held out, once
seeds. The confidence is fitted on held-out seeds; what it would be on families never seen is shown.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from families import FAMILIES
from model import fit_suitability, fit_support, judged, read, right, support, unsuitable
from scipy.optimize import minimize
from scipy.special import expit, logit

from kwise.selection.verdict import LEAST_EVIDENCE, MOST_EVIDENCE, Rules

RIDGES = (0.1, 0.3, 1.0)  # the one that foretells held-out tables best
N_FOLDS = 6
CLEAR_FROM = 0.7
FALSE_ALARMS = 0.02  # of suitable tables, at most, in tuning
BY_FAMILY, BY_SEED = slice(0, N_FOLDS), slice(N_FOLDS, None)
AS_SAID = {"one group": (0.0, 1.0), "several": (0.0, 1.0), "unsuitable": (0.0, 1.0)}


def folds(lines: list[dict]) -> Iterator[tuple[list[dict], list[dict]]]:
    """Split by family, and a second time by seed: what is fitted, and what it must foretell."""
    number = {name: i % N_FOLDS for i, name in enumerate(FAMILIES)}
    for of in (lambda line: number[line["family"]], lambda line: line["seed"] % N_FOLDS):
        for fold in range(N_FOLDS):
            yield (
                [line for line in lines if of(line) != fold],
                [line for line in lines if of(line) == fold],
            )


def surprise_of_support(lines: list[dict], ridge: float) -> float:
    """Return the mean -log probability of the true k on held-out tables."""
    losses = []
    for fitted, held in folds(lines):
        weights = fit_support(fitted, ridge)
        shares = [support(line, weights)[line["ks"].index(line["k"])] for line in held]
        losses += [-math.log(share + 1e-3) for share in shares]
    return float(np.mean(losses))


def surprise_of_doubt(lines: list[dict], weights: dict[str, float], ridge: float) -> float:
    """Return the mean -log probability of the truth about suitability on held-out tables."""
    losses = []
    for fitted, held in folds(lines):
        against = fit_suitability(fitted, weights, ridge)
        for line in held:
            doubt = unsuitable(line, weights, against)
            losses.append(-math.log((1.0 - doubt if line["suits"] else doubt) + 1e-3))
    return float(np.mean(losses))


def held_out(lines: list[dict], ridges: tuple[float, float], by: slice) -> list[tuple[dict, tuple]]:
    """Return every table with weights fitted without it or its like."""
    found = []
    for fitted, held in list(folds(lines))[by]:
        suited = [line for line in fitted if line["suits"]]
        weights = fit_support(suited, ridges[0])
        against = fit_suitability(fitted, weights, ridges[1])
        found += [(line, (weights, against)) for line in held]
    return found


def fit_confidence(said: np.ndarray, hits: np.ndarray) -> tuple[float, float]:
    """Fit how often verdicts of this confidence are right: log odds, a shift and a slope."""
    z = logit(np.clip(said, LEAST_EVIDENCE, MOST_EVIDENCE))

    def loss(w):
        p = w[0] + w[1] * z
        prior = 0.5 * (w[0] ** 2 + 4.0 * (w[1] - 1.0) ** 2)
        return (np.logaddexp(0, p) - hits * p).sum() + prior, np.array(
            [(expit(p) - hits).sum() + w[0], ((expit(p) - hits) * z).sum() + 4.0 * (w[1] - 1.0)]
        )

    found = minimize(loss, [0.0, 1.0], jac=True, bounds=[(None, None), (0.1, None)])
    return round(float(found.x[0]), 3), round(float(found.x[1]), 3)


def calibrate(tried: list[tuple[dict, tuple]], threshold: float) -> dict[str, tuple[float, float]]:
    """Return shift and slope of the confidence for each claim that a verdict makes."""
    rules = Rules(threshold, CLEAR_FROM, AS_SAID)
    verdicts = [(line, judged(line, *models, rules)) for line, models in tried]
    found = {}
    for claim in AS_SAID:
        pairs = [(a, b) for a, b in verdicts if b.claim == claim]
        said = np.array([b.evidence for _, b in pairs])
        hits = np.array([right(a, b) for a, b in pairs], dtype=float)
        print(f"{claim}: {len(pairs)} verdicts, said {said.mean():.3f}, right {hits.mean():.3f}")
        found[claim] = fit_confidence(said, hits)
    return found


def best_of(surprises: dict[float, float], what: str) -> float:
    """Return the penalty with the least surprise, and show them all."""
    print(what, {ridge: round(value, 4) for ridge, value in surprises.items()})
    return min(surprises, key=surprises.__getitem__)


def main(cache: Path, out: Path) -> None:
    """Fit both models and the confidence, and write the module of constants."""
    lines = [line for line in read("tuning", cache) if line["suits"] is not None]
    suited = [line for line in lines if line["suits"]]
    first = best_of({ridge: surprise_of_support(suited, ridge) for ridge in RIDGES}, "support")
    weights = fit_support(suited, first)
    second = best_of({r: surprise_of_doubt(lines, weights, r) for r in RIDGES}, "doubt")
    against = fit_suitability(lines, weights, second)
    tried = held_out(lines, (first, second), BY_SEED)
    doubts = np.array([unsuitable(line, *models) for line, models in tried if line["suits"]])
    threshold = round(max(0.5, float(np.quantile(doubts, 1.0 - FALSE_ALARMS))), 2)
    seeds = sorted({line["seed"] for line in lines})
    text = TEMPLATE.format(
        origin=f"{len(lines)} simulated tables of {len({line['family'] for line in lines})} "
        f"families, seeds {seeds[0]} to {seeds[-1]}",
        support=listed(weights),
        against=listed(against),
        clear=CLEAR_FROM,
        threshold=threshold,
        calibration=listed(calibrate(tried, threshold)),
    )
    out.write_text(text)
    print("on families held out:")
    calibrate(held_out(lines, (first, second), BY_FAMILY), threshold)


def listed(weights: dict[str, object]) -> str:
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

# A k with less confidence than this is not called clear.
CLEAR_FROM = {clear}

# Doubt from which k-means is called unsuitable: about {{FALSE_ALARMS}} of the suitable tables
# of the tuning reach it when held out, and it is at least one half.
UNSUITABLE_FROM = {threshold}

# Shift and slope from the models' log odds to those of being right, by kind of answer; fitted on
# seeds that the models had not seen.
CONFIDENCE: Mapping[str, tuple[float, float]] = MappingProxyType({{
{calibration}
}})
'''.replace("{{FALSE_ALARMS}}", f"{FALSE_ALARMS:.0%}")

if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""Fit the verdict's models on measured tables, and write them as data of the package.

    python benchmarks/choice/tune.py CACHE src/kwise/selection [--without WORD ...]

Which k and whether k-means suits are fitted on the tuning set; how sharp the support is, on tables
of it that were held out; the confidence on the calibration set. ``--without`` leaves out all signs
whose name holds a word and only shows what that costs on held-out tables: an ablation.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from model import Measured, fit_better, fit_support, is_better, read, without
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, logit

from kwise.selection.suitability import RIVALS
from kwise.selection.support import at_best, probabilities_of, signs_of_methods
from kwise.selection.trees import Trees, trees_of
from kwise.selection.verdict import (
    LEAST_EVIDENCE,
    MOST_EVIDENCE,
    Judgement,
    Rules,
    best_alternative,
    conclude,
)

N_FOLDS = 5
# k-means is called unsuitable only where another method is more likely than not much nearer.
FALSE_ALARMS, LEAST_DOUBT = 0.02, 0.5
CLAIMS = ("one group", "several", "unsuitable")
AS_SAID = dict.fromkeys(CLAIMS, (0.0, 1.0))


def folds(tables: list[Measured]):
    """Split by seed: what is fitted, and the places of what is held out."""
    for fold in range(N_FOLDS):
        held = [i for i, table in enumerate(tables) if table.seed % N_FOLDS == fold]
        yield [table for table in tables if table.seed % N_FOLDS != fold], held


def held_out_log_odds(tables: list[Measured], names: list[str]) -> list[np.ndarray]:
    """Return for every table the candidates' log odds by trees that have not seen it."""
    found: list[np.ndarray] = [np.zeros(0)] * len(tables)
    for fitted, held in folds(tables):
        trees = trees_of(fit_support(fitted, names))
        for i in held:
            found[i] = trees.log_odds(tables[i].signs)
    return found


def surprise(tables: list[Measured], log_odds: list[np.ndarray], sharpness: float) -> float:
    """Return the mean -log probability of what is right, where something is."""
    shares = [
        probabilities_of(z, sharpness)[table.hits].sum()
        for table, z in zip(tables, log_odds)
        if table.truth.ks
    ]
    return float(-np.log(np.array(shares) + 1e-3).mean())


def hits(tables: list[Measured], log_odds: list[np.ndarray]) -> float:
    """Return how often the best supported candidate is right, where one is."""
    found = [t.hits[int(np.argmax(z))] for t, z in zip(tables, log_odds) if t.truth.ks]
    return float(np.mean(found))


def held_out_better(
    tables: list[Measured], supports: list[np.ndarray], without: Sequence[str] = ()
) -> list[dict[str, float]]:
    """Return for every table how likely each method is better, by trees that have not seen it."""
    found: list[dict[str, float]] = [{}] * len(tables)
    for _, held in folds(tables):
        seen = sorted(set(range(len(tables))) - set(held))
        fitted = fit_better([tables[i] for i in seen], [supports[i] for i in seen], without=without)
        for i in held:
            found[i] = better_of(tables[i], trees_of(fitted), supports[i])
    return found


def better_of(table: Measured, trees: Trees, support: np.ndarray) -> dict[str, float]:
    """Return how likely each other method is much better than k-means."""
    log_odds = trees.log_odds(signs_of_methods(at_best(table.signs, support)))
    return dict(zip(RIVALS, expit(log_odds).tolist()))


def surprise_of_better(tables: list[Measured], better: list[dict[str, float]]) -> float:
    """Return the mean -log probability of the truth about each other method."""
    said = [
        each[rival] if is_better(table, rival) else 1.0 - each[rival]
        for table, each in zip(tables, better)
        if table.truth.structure != "unclear which"
        for rival in RIVALS
    ]
    return float(-np.log(np.array(said) + 1e-3).mean())


def verdict_of(
    table: Measured, support: np.ndarray, better: dict[str, float], rules: Rules
) -> Judgement:
    """Return the verdict, as ``select_k`` gives it."""
    return conclude(table.ks, support, *best_alternative(better, table.findings.measures), rules)


def fit_confidence(said: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Fit how often verdicts of this evidence are right: log odds, a shift and a slope."""
    z = logit(np.clip(said, LEAST_EVIDENCE, MOST_EVIDENCE))

    def loss(w):
        p = w[0] + w[1] * z
        prior = 0.5 * (w[0] ** 2 + 4.0 * (w[1] - 1.0) ** 2)
        return (np.logaddexp(0, p) - right * p).sum() + prior, np.array(
            [(expit(p) - right).sum() + w[0], ((expit(p) - right) * z).sum() + 4.0 * (w[1] - 1.0)]
        )

    found = minimize(loss, [0.0, 1.0], jac=True, bounds=[(None, None), (0.1, None)])
    return round(float(found.x[0]), 3), round(float(found.x[1]), 3)


def calibrate(pairs: list[tuple[Measured, Judgement]]) -> dict[str, tuple[float, float]]:
    """Return shift and slope of the confidence for each claim that a verdict makes."""
    found = {}
    for claim in CLAIMS:
        some = [(table, verdict) for table, verdict in pairs if verdict.claim == claim]
        said = np.array([verdict.evidence for _, verdict in some])
        right = np.array([t.truth.right(v.k, v.kind) for t, v in some], dtype=float)
        print(f"{claim}: {len(some)} verdicts, said {said.mean():.3f}, right {right.mean():.3f}")
        found[claim] = fit_confidence(said, right)
    return found


def main() -> None:
    """Fit, or show what some signs are worth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--without", nargs="+", default=[], metavar="WORD")
    given = parser.parse_args()
    tables = read("tuning", given.cache)
    names = without(tables, *given.without)
    log_odds = held_out_log_odds(tables, names)
    best = minimize_scalar(
        lambda s: surprise(tables, log_odds, s), bounds=(0.2, 1.5), method="bounded"
    )
    sharpness = round(float(best.x), 2)
    supports = [probabilities_of(z, sharpness) for z in log_odds]
    better = held_out_better(tables, supports, given.without)
    print(
        f"{len(tables)} tables, {len(names)} signs: support {best.fun:.4f} (sharpness "
        f"{sharpness}), hits {hits(tables, log_odds):.4f}, "
        f"other methods {surprise_of_better(tables, better):.4f}"
    )
    if given.without:
        return
    shipped = {
        "support": fit_support(tables, names, shipped=True),
        "better": fit_better(tables, supports, shipped=True),
    }
    write(given, tables, shipped, sharpness, better)


def write(given, tables, shipped: dict, sharpness: float, better: list[dict]) -> None:
    """Calibrate what is shipped, and write trees and constants."""
    suits = [max(each.values()) for table, each in zip(tables, better) if not table.truth.other]
    threshold = round(max(LEAST_DOUBT, float(np.quantile(suits, 1.0 - FALSE_ALARMS))), 2)
    trees = {name: trees_of(data) for name, data in shipped.items()}
    others = read("calibration", given.cache)
    pairs = []
    for table in others:
        support = probabilities_of(trees["support"].log_odds(table.signs), sharpness)
        better = better_of(table, trees["better"], support)
        pairs.append((table, verdict_of(table, support, better, Rules(threshold, 0.5, AS_SAID))))
    families = {table.family for table in tables}
    text = TEMPLATE.format(
        origin=f"{len(tables)} simulated tables of {len(families)} families",
        calibrated=len(others),
        sharpness=sharpness,
        threshold=threshold,
        calibration="\n".join(f'        "{n}": {v},' for n, v in calibrate(pairs).items()),
    )
    (given.out / "fitted_weights.py").write_text(text)
    (given.out / "fitted_trees.json").write_text(json.dumps(shipped, separators=(",", ":")) + "\n")


TEMPLATE = '''"""Constants of the verdict, written by ``benchmarks/choice/tune.py``.

With ``fitted_trees.json`` fitted on {origin};
the confidence on {calibrated} others.
"""

from collections.abc import Mapping
from types import MappingProxyType

# The log odds of candidates times this make probabilities that held-out tables bear out.
SHARPNESS = {sharpness}

# A k with less confidence than this is not called clear.
CLEAR_FROM = 0.7

# Doubt from which k-means may be called unsuitable: more than that of all but 2% of the tables
# that k-means suits, when held out.
UNSUITABLE_FROM = {threshold}

# Shift and slope from the models' log odds to those of being right, by kind of answer.
CONFIDENCE: Mapping[str, tuple[float, float]] = MappingProxyType(
    {{
{calibration}
    }}
)
'''

if __name__ == "__main__":
    main()

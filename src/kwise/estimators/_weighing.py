"""What a category weighs beside a number, and which columns decide the clusters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kwise.estimators._mixed_table import MixedTable
from kwise.estimators._prototypes import MixedProblem, PrototypeRun
from kwise.types import Floats

__all__ = ["ColumnShare", "GammaEffect", "chosen_gamma", "column_shares", "gamma_words"]


@dataclass(frozen=True, slots=True)
class ColumnShare:
    """How much one column has to do with the clusters.

    ``share`` is its part of what the clusters explain (the cost of one prototype for all rows
    less the cost of the clusters'); shares add up to 1, and one may be below 0 where clusters
    by the other columns have no clearer mode than all rows. ``explained`` is the part of the
    column's own cost that is gone.
    """

    name: str
    is_category: bool
    share: float
    explained: float


@dataclass(frozen=True, slots=True)
class GammaEffect:
    """Clusters with another gamma: what categories explain of them, and how alike they are."""

    gamma: float
    categories_share: float
    agreement: float


def chosen_gamma(
    gamma: float | str, metric: str, table: MixedTable, weights: Floats | None
) -> float:
    """Return what a category that differs costs: as it is given, or by a rule from the rows."""
    if not isinstance(gamma, str):
        return float(gamma)
    if gamma == "huang":
        spread = table.numbers.std(axis=0)
        return 0.5 * float(spread.mean()) if len(spread) else 1.0
    return 1.0 if metric == "gower" else balanced_gamma(table, weights)


def balanced_gamma(table: MixedTable, weights: Floats | None) -> float:
    """Return the mean variance of the numbers over the mean heterogeneity of the categories.

    The heterogeneity of a column is the chance that two rows differ in it. G. Szepannek,
    "clustMixType", The R Journal 10 (2018).
    """
    numbers, codes = table.numbers, table.codes
    if not codes.shape[1] or not numbers.shape[1]:
        return 1.0
    variance = float(np.average(numbers**2, axis=0, weights=weights).mean())
    differ = []
    for column in codes.T:
        known = column >= 0
        if known.any():
            some = None if weights is None else weights[known]
            shares = np.bincount(column[known], weights=some)
            differ.append(1.0 - float(((shares / shares.sum()) ** 2).sum()))
    mismatch = float(np.mean(differ)) if differ else 0.0
    return variance / mismatch if mismatch > 0 and variance > 0 else 1.0


def column_shares(
    problem: MixedProblem, run: PrototypeRun, numeric: Sequence[str], categories: Sequence[str]
) -> tuple[ColumnShare, ...]:
    """Split what the clusters explain by column, the largest share first."""
    table, labels = problem.table, run.labels
    weights = np.ones(len(labels)) if problem.weights is None else problem.weights
    # Numbers are less their mean: what one prototype leaves is their square.
    before = [float(weights @ column**2) for column in table.numbers.T]
    after = [
        float(weights @ (column - run.means[labels, j]) ** 2)
        for j, column in enumerate(table.numbers.T)
    ]
    for j in range(table.codes.shape[1]):
        counts = run.counts[problem.firsts[j] : problem.firsts[j + 1]]
        whole, within = counts.sum(), counts.max(axis=0).sum() if len(counts) else 0.0
        most = counts.sum(axis=1).max() if len(counts) else 0.0
        before.append(problem.gamma * float(whole - most))
        after.append(problem.gamma * float(whole - within))
    gone = np.array(before) - np.array(after)
    total = gone.sum()
    kinds = [*((name, False) for name in numeric), *((name, True) for name in categories)]
    shares = gone / total if total > 1e-12 * sum(before) else np.zeros_like(gone)
    found = [
        ColumnShare(name, kind, float(share), float(less / whole) if whole > 0 else 0.0)
        for (name, kind), share, less, whole in zip(kinds, shares, gone, before)
    ]
    return tuple(sorted(found, key=lambda each: -each.share))


def gamma_words(gamma: float, spreads: Mapping[str, float], shares: Sequence[ColumnShare]) -> str:
    """Say what gamma is in units of the columns, and what decides the clusters."""
    if not any(each.is_category for each in shares):
        return "There are no categories to weigh."
    if not spreads:
        return "There are no numbers to weigh categories against."
    weight = math.sqrt(gamma)
    units = [
        f"{weight:.3g} of {name}" + (f" ({weight / spread:.2g} sd)" if spread > 0 else "")
        for name, spread in list(spreads.items())[:5]
    ]
    part = sum(each.share for each in shares if each.is_category)
    listed = ", ".join(f"{each.name} {each.share:.0%}" for each in shares[:5])
    return (
        f"A category that differs weighs gamma = {gamma:.4g}, as much as a difference of "
        f"{' or '.join(units)}. Categories hold {part:.0%} of what the clusters explain: {listed}."
    )

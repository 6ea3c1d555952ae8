"""An outside variable by cluster: quantiles or shares, the size of the difference, a test."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from kwise._formatting import percent, short
from kwise.explain.kruskal_wallis import kruskal_p_value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.results import Labels

__all__ = ["OutsideTable", "Variable", "outside_table"]

_QUANTILES = (5, 25, 50, 75, 95)
_MOST_CATEGORIES = 8


@dataclass(frozen=True)
class Variable:
    """A column beside the clustering: numbers (NaN where missing) or categories (None)."""

    name: str
    values: NDArray[np.float64] | NDArray[np.object_]

    @property
    def is_numeric(self) -> bool:
        """Whether the values are numbers."""
        return self.values.dtype.kind == "f"

    @cached_property
    def present(self) -> NDArray[np.bool_]:
        """Which rows have a category."""
        return np.array([value is not None for value in self.values], dtype=bool)

    @cached_property
    def categories(self) -> tuple[NDArray[np.str_], NDArray[np.intp]]:
        """The categories in order, and which of them each row that has one is of."""
        place: dict[str, int] = {}
        codes = [place.setdefault(str(each), len(place)) for each in self.values[self.present]]
        names, order = np.unique(np.array(list(place), dtype=str), return_inverse=True)
        return names, order[np.array(codes, dtype=np.intp)]


@dataclass(frozen=True, slots=True)
class OutsideTable:
    """An outside variable by cluster: quantiles of numbers, or shares of categories.

    ``rows`` has all rows first, then each cluster; its cells belong to ``heads``.
    ``explained`` in [0, 1] is the share of variance (numbers: eta squared) or association
    (categories: Cramer's V) with the clusters; ``p_value`` that of Kruskal and Wallis' or
    the chi-square test, honest because the variable made none of the clusters.
    """

    column: str
    is_numeric: bool
    heads: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]
    missing: int
    explained: float | None
    p_value: float | None
    also_clustered: bool
    finding: str


def outside_table(
    variable: Variable, labels: Labels, k: int, *, also_clustered: bool
) -> OutsideTable:
    """Set one variable beside the clusters; a test is made only if it made none of them."""
    if variable.is_numeric:
        return _numbers(variable, labels, k, also_clustered)
    return _categories(variable, labels, k, also_clustered)


def _numbers(variable: Variable, labels: Labels, k: int, also_clustered: bool) -> OutsideTable:
    """Compare quantiles of a numeric variable."""
    values = np.asarray(variable.values, dtype=np.float64)
    present = np.isfinite(values)
    known, groups = values[present], labels[present]
    parts = [known[groups == c] for c in range(k)]
    rows = [_quantile_row(each) for each in [known, *parts]]
    filled = [each for each in parts if len(each)]
    explained = p_value = None
    if len(filled) > 1 and len(known) and known.max() > known.min():
        total = float(((known - known.mean()) ** 2).sum())
        between = sum(len(each) * (each.mean() - known.mean()) ** 2 for each in filled)
        explained = float(between / total)
        if not also_clustered:
            p_value = kruskal_p_value(known, groups)
    medians = [row[3] for row in rows[1:]]
    return OutsideTable(
        column=variable.name,
        is_numeric=True,
        heads=("rows", *(f"{q} %" if q != 50 else "median" for q in _QUANTILES), "mean"),
        rows=tuple(rows),
        missing=int((~present).sum()),
        explained=explained,
        p_value=p_value,
        also_clustered=also_clustered,
        finding=_number_finding(variable.name, medians, explained, k),
    )


def _quantile_row(values: NDArray[np.float64]) -> tuple[float, ...]:
    """Return the number of values, their quantiles and their mean."""
    if not len(values):
        return (0.0, *(float("nan"),) * (len(_QUANTILES) + 1))
    quantiles = np.percentile(values, _QUANTILES)
    return (float(len(values)), *(float(q) for q in quantiles), float(values.mean()))


def _number_finding(name: str, medians: list[float], explained: float | None, k: int) -> str:
    """Say where the variable is highest and lowest, and how much the clusters tell of it."""
    if k < 2 or explained is None or not np.isfinite(medians).any():
        return f"{name} in all rows."
    high, low = int(np.nanargmax(medians)), int(np.nanargmin(medians))
    return (
        f"The median of {name} is highest in cluster {high + 1} ({short(medians[high])}) and "
        f"lowest in cluster {low + 1} ({short(medians[low])}); the clusters account for "
        f"{percent(explained)} of its variance."
    )


def _categories(variable: Variable, labels: Labels, k: int, also_clustered: bool) -> OutsideTable:
    """Compare shares of the categories of a text variable."""
    present = variable.present
    names, codes = variable.categories
    n_names = max(len(names), 1)
    cells = labels[present].astype(np.intp) * n_names + codes
    counts = np.bincount(cells, minlength=k * n_names).reshape(k, n_names)
    explained, p_value = _association(counts, also_clustered)
    order = np.argsort(-counts.sum(axis=0), kind="stable")
    shown = order[:_MOST_CATEGORIES]
    heads = [str(names[j]) for j in shown] if len(names) else ["(empty)"]
    table = np.vstack([counts.sum(axis=0), counts])
    kept = table[:, shown].astype(np.float64)
    if len(order) > len(shown):
        heads.append(f"{len(order) - len(shown):,} others")
        kept = np.column_stack([kept, table[:, order[_MOST_CATEGORIES:]].sum(axis=1)])
    sizes = table.sum(axis=1, keepdims=True)
    cells = np.column_stack([sizes, kept / np.maximum(sizes, 1)])
    return OutsideTable(
        column=variable.name,
        is_numeric=False,
        heads=("rows", *heads),
        rows=tuple(tuple(float(cell) for cell in row) for row in cells),
        missing=int((~present).sum()),
        explained=explained,
        p_value=p_value,
        also_clustered=also_clustered,
        finding=_category_finding(variable.name, names, counts, explained),
    )


def _category_finding(
    name: str, categories: NDArray[np.str_], counts: NDArray[np.int64], explained: float | None
) -> str:
    """Say which category a cluster has most beyond that category's share of all rows."""
    if explained is None:
        return f"{name} in all rows."
    overall = counts.sum(axis=0) / counts.sum()
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    c, j = np.unravel_index(int(np.argmax(shares - overall)), shares.shape)
    return (
        f"By {name}, clusters differ most in {categories[j]}: {percent(shares[c, j])} of cluster "
        f"{c + 1}, against {percent(overall[j])} of all rows (Cramér's V {short(explained, 2)}; "
        "1 is complete)."
    )


def _association(
    counts: NDArray[np.int64], also_clustered: bool
) -> tuple[float | None, float | None]:
    """Return Cramer's V and the chi-square test's p-value of a table of counts."""
    table = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(table.shape) < 2:
        return None, None
    from scipy.special import chdtrc  # scipy.stats would take a third of a second to load

    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    strength = float(np.sqrt(statistic / (table.sum() * (min(table.shape) - 1))))
    freedom = (table.shape[0] - 1) * (table.shape[1] - 1)
    return strength, None if also_clustered else float(chdtrc(freedom, statistic))

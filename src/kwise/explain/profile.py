"""Means of columns by cluster, and the columns that tell the clusters apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from kwise.results import Floats, Labels

__all__ = ["MOST_COLUMNS", "Profile", "profile"]

# Columns that a page compares; of more, the most telling are shown, and it says so.
MOST_COLUMNS = 30


@dataclass(frozen=True, slots=True)
class Profile:
    """Columns worth comparing, most telling first, with means in their own units.

    ``columns`` are indices into the data's columns; ``overall`` and ``spread`` (standard
    deviation, 1 where a column is constant) have shape (n_shown,); ``means[k]`` and
    ``effects[k]`` (differences from ``overall`` in ``spread``) have shape (n_shown, k).
    """

    columns: NDArray[np.intp]
    overall: NDArray[np.float64]
    spread: NDArray[np.float64]
    means: Mapping[int, NDArray[np.float64]]
    effects: Mapping[int, NDArray[np.float64]]


def profile(values: Floats, labels: Mapping[int, Labels], chosen: int) -> Profile:
    """Compare the clusters of every candidate by their means; cells that miss are left out.

    ``values`` (n_samples, n_columns) are in their own units, NaN where a cell is missing;
    ``labels`` belong to the candidates. Columns are ranked by the share of their variance that
    lies between the ``chosen`` clusters.
    """
    present = ~np.isnan(values)
    complete = bool(present.all())
    filled = values if complete else np.where(present, values, 0.0)
    known: Floats | None = None if complete else present.astype(np.float64)
    n_known = np.full(values.shape[1], len(values)) if known is None else known.sum(axis=0)
    n_known = np.maximum(n_known, 1.0)
    overall = filled.sum(axis=0, dtype=np.float64) / n_known
    apart = filled - overall if complete else np.where(present, filled - overall, 0.0)
    spread = np.sqrt(np.einsum("ij,ij->j", apart, apart, dtype=np.float64) / n_known)
    spread = np.where(spread > 1e-12 * np.maximum(np.abs(overall), 1e-300), spread, np.inf)
    shifts = {k: _cluster_means(apart, known, each, k) for k, each in labels.items()}
    order = _ranked(shifts, labels, chosen, spread)[:MOST_COLUMNS]
    finite = np.where(np.isfinite(spread), spread, 1.0)[order]
    effects = {k: (shift / spread[:, None])[order] for k, shift in shifts.items()}
    # What rounding leaves of nothing is nothing: ranks must not depend on it.
    effects = {k: np.where(np.abs(each) < 1e-9, 0.0, each) for k, each in effects.items()}
    means = {k: (shift + overall[:, None])[order] for k, shift in shifts.items()}
    return Profile(order, overall[order], finite, means, effects)


def _cluster_means(
    apart: Floats, known: Floats | None, labels: Labels, k: int
) -> NDArray[np.float64]:
    """Return the mean of each column in each cluster, shape (n_columns, k)."""
    n = len(labels)
    member = csr_array((np.ones(n), (labels, np.arange(n))), shape=(k, n))
    sums = np.asarray(member @ apart, dtype=np.float64)
    if known is None:
        sizes = np.bincount(labels, minlength=k)[:, None].astype(np.float64)
    else:
        sizes = np.asarray(member @ known, dtype=np.float64)
    return (sums / np.maximum(sizes, 1.0)).T


def _ranked(
    shifts: Mapping[int, NDArray[np.float64]],
    labels: Mapping[int, Labels],
    chosen: int,
    spread: NDArray[np.float64],
) -> NDArray[np.intp]:
    """Order the columns by the share of their variance between clusters, highest first."""
    several = [k for k in shifts if k > 1]
    if not several:
        return np.arange(len(spread))
    k = chosen if chosen in several else min(several)
    shares = np.bincount(labels[k], minlength=k) / len(labels[k])
    between = (shifts[k] / spread[:, None]) ** 2 @ shares
    return np.argsort(-between, kind="stable")

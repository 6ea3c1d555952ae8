"""Which columns make the clusters: shares of the between-cluster sum of squares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kwise._core.units import in_unit, unit_exponent
from kwise._inputs import check_labels, check_rows


@dataclass(frozen=True, slots=True)
class ColumnInfluence:
    """How much one column has to do with the clusters.

    ``share`` is its part of the between-cluster sum of squares of all columns; shares add up
    to 1. ``explained`` is the part of the column's own variance that lies between clusters:
    1 where every cluster has one value of its own, 0 where all clusters have the same mean.
    """

    name: str
    share: float
    explained: float


def column_influence(
    X: ArrayLike, labels: ArrayLike, names: Sequence[str] | None = None
) -> tuple[ColumnInfluence, ...]:
    """Split the between-cluster sum of squares by column.

    k-means makes this sum as large as it can; a column that holds nearly all of it decides
    the clusters alone.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Prepared rows, as they were clustered. Rows with nan take no part.
    labels : array-like of shape (n_samples,)
        Cluster of each row; rows with negative labels take no part.
    names : sequence of str, optional
        Names of the columns; "column 1", "column 2" and so on by default.

    Returns
    -------
    tuple of ColumnInfluence
        The largest share first. All shares are 0 if there is one cluster.

    Raises
    ------
    ValueError
        If X, labels and names do not fit each other.

    Examples
    --------
    >>> from kwise.preparation import column_influence
    >>> rows = [[0.0, 1.0], [0.0, 2.0], [9.0, 1.0], [9.0, 2.0]]
    >>> [(each.name, each.share) for each in column_influence(rows, [0, 0, 1, 1], ["a", "b"])]
    [('a', 1.0), ('b', 0.0)]
    """
    matrix = check_rows(X, dtype=np.float64, finite="allow-nan")
    groups: NDArray[Any] = check_labels(labels)
    if matrix.ndim != 2 or groups.shape != matrix.shape[:1]:
        raise ValueError(
            f"X has shape {matrix.shape} and labels {groups.shape}; pass one label per row"
        )
    titles = [f"column {j + 1}" for j in range(matrix.shape[1])] if names is None else list(names)
    if len(titles) != matrix.shape[1]:
        raise ValueError(f"{len(titles)} names were passed for {matrix.shape[1]} columns")
    if groups.dtype.kind not in "biuf":
        groups = np.unique(groups, return_inverse=True)[1]
    kept = (groups >= 0) & ~np.isnan(matrix).any(axis=1)
    matrix, groups = matrix[kept], groups[kept]
    if len(matrix):
        matrix = in_unit(matrix, unit_exponent(matrix))  # so that no square overflows
    between = np.zeros(matrix.shape[1])
    centered = matrix - matrix.mean(axis=0) if len(matrix) else matrix
    for label in np.unique(groups):
        members = centered[groups == label]
        between += len(members) * members.mean(axis=0) ** 2
    total = np.einsum("ij,ij->j", centered, centered)
    # What rounding leaves of one cluster is nothing.
    apart = between.sum() > 1e-12 * total.sum()
    share = between / between.sum() if apart else np.zeros_like(between)
    explained = np.divide(between, total, out=np.zeros_like(between), where=total > 0)
    order = np.argsort(-share, kind="stable")
    return tuple(
        ColumnInfluence(titles[j], float(share[j]), min(1.0, float(explained[j]))) for j in order
    )

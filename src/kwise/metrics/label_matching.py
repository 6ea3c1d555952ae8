"""Which cluster is which class: the one-to-one matching that agrees on most rows."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment

from kwise._inputs import check_labels, check_lengths
from kwise._numbering import coded

__all__ = ["LabelMatch", "match_labels"]


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """Two labelings side by side; made by ``match_labels``.

    ``table`` (n_true, n_found) counts rows; its columns are ordered so that matched clusters
    lie on the diagonal, unmatched ones last. ``true_names`` and ``found_names`` name its rows
    and columns. ``mapping`` takes a found label to its true label (unmatched ones are absent).
    ``labels`` (n_samples,) are the found labels renumbered: position of the cluster's column.
    ``accuracy`` in [0, 1] is the share of rows in matched cells; higher is better.
    """

    table: NDArray[np.int64]
    true_names: tuple[Hashable, ...]
    found_names: tuple[Hashable, ...]
    mapping: dict[Hashable, Hashable]
    labels: NDArray[np.int32]
    accuracy: float


def match_labels(labels_true: ArrayLike, labels_found: ArrayLike) -> LabelMatch:
    """Match found clusters to known classes, one to one, so that most rows agree.

    Cluster numbers carry no meaning; this gives them the order of the known classes.

    Parameters
    ----------
    labels_true : array-like of shape (n_samples,)
        Known classes, or last month's clusters: numbers or text.
    labels_found : array-like of shape (n_samples,)
        Clusters to be matched.

    Returns
    -------
    LabelMatch
        Confusion table, matching and share of rows that agree.

    Raises
    ------
    ValueError
        If the two differ in length or are empty.

    See Also
    --------
    adjusted_rand_score : Agreement that needs no matching, corrected for chance.

    Notes
    -----
    The matching is optimal (Hungarian method), O(k**3) for k labels.

    References
    ----------
    .. [1] H. W. Kuhn, "The Hungarian method for the assignment problem", Naval Research
       Logistics Quarterly, 1955.

    Examples
    --------
    >>> from kwise.metrics import match_labels
    >>> match = match_labels(["a", "a", "b", "b"], [1, 1, 0, 1])
    >>> match.mapping, match.accuracy
    ({1: 'a', 0: 'b'}, 0.75)
    """
    true_labels = check_labels(labels_true, name="labels_true")
    found_labels = check_labels(labels_found, name="labels_found")
    check_lengths(true_labels, found_labels, name="labels_found", beside="labels_true")
    n_samples = len(true_labels)
    if n_samples == 0:
        raise ValueError("no labels were given; pass at least one row.")
    true_names, true_codes = coded(true_labels)
    found_names, found_codes = coded(found_labels)
    shape = (len(true_names), len(found_names))
    cells = true_codes * shape[1] + found_codes
    counts = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
    rows, columns = linear_sum_assignment(counts, maximize=True)
    agree = int(counts[rows, columns].sum())
    order = _column_order(counts, rows, columns)
    position = np.empty(len(order), dtype=np.int32)
    position[order] = np.arange(len(order), dtype=np.int32)
    true, found = true_names.tolist(), found_names.tolist()
    return LabelMatch(
        table=counts[:, order],
        true_names=tuple(true),
        found_names=tuple(found[c] for c in order),
        mapping={found[c]: true[r] for r, c in zip(rows, columns)},
        labels=position[found_codes],
        accuracy=agree / n_samples,
    )


def _column_order(
    counts: NDArray[np.int64], rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> list[int]:
    """Order the columns: matched ones by their row, then the rest, largest first."""
    matched = [int(c) for _, c in sorted(zip(rows.tolist(), columns.tolist()))]
    rest = sorted(set(range(counts.shape[1])) - set(matched), key=lambda c: -counts[:, c].sum())
    return matched + rest

"""Per-cluster sums that several indices share: one pass over the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csc_array

from kwise._core.units import in_unit, unit_exponent
from kwise._inputs import check_labels, check_lengths, check_rows, check_weights
from kwise._numbering import coded
from kwise.types import Floats

__all__ = ["ClusterSums", "check_labeled", "cluster_sums"]


# Numbers in one chunk of rows (512 kB).
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class ClusterSums:
    """Sums by cluster, of the data shifted by ``origin``.

    ``codes`` (n_rows,) numbers the clusters 0..k-1, ``names`` are the labels they had,
    ``weights`` (k,) their mass, ``centers`` (k, n_features) their means,
    ``origin`` (n_features,) the overall mean.
    """

    names: NDArray[np.generic]
    codes: NDArray[np.intp]
    weights: Floats
    centers: Floats
    origin: Floats

    @property
    def n_clusters(self) -> int:
        """How many clusters there are."""
        return len(self.names)


def check_labeled(
    X: ArrayLike,
    labels: ArrayLike,
    *,
    least: int = 2,
    limited: bool = True,
    accept_sparse: bool = False,
) -> tuple[NDArray[np.floating], NDArray[np.generic], NDArray[np.intp]]:
    """Return X, the distinct labels and each row's code, after checking that an index exists.

    X is in a unit that is a power of two, in which no square overflows: indices have no unit.
    There may be as many labels as rows where they are not ``limited``.
    """
    data = check_rows(X, least=least, accept_sparse="csr" if accept_sparse else False)
    data = in_unit(data, unit_exponent(data))
    given = check_labels(labels)
    check_lengths(data, given)
    names, codes = coded(given)
    if not least <= len(names) < data.shape[0] + (not limited):
        raise ValueError(
            f"Number of labels is {len(names)}. Valid values are {least} to n_samples - 1 "
            f"(inclusive); n_samples is {data.shape[0]}."
        )
    return data, names, codes.astype(np.intp, copy=False)


def cluster_sums(
    X: ArrayLike, labels: ArrayLike, *, sample_weight: ArrayLike | None = None
) -> tuple[ClusterSums, Floats, Floats]:
    """Return sums by cluster, each row's squared distance to its center, and its weight.

    Rows without weight are left out. Where no weight reaches 1 they are no counts, and only their
    ratios matter: they are made to add up to the number of rows.
    """
    data, names, codes, weight = _weighted(X, labels, sample_weight)
    k = len(names)
    mass = np.bincount(codes, weights=weight, minlength=k).astype(np.float64)
    # A first rough mean, so that sums of data far from zero keep their digits.
    origin = data.mean(axis=0, dtype=np.float64)
    centers = np.zeros((k, data.shape[1]))
    for rows in _chunks(data):
        members = (weight[rows], codes[rows], np.arange(rows.stop - rows.start + 1))
        centers += csc_array(members, shape=(k, rows.stop - rows.start)) @ (data[rows] - origin)
    centers /= mass[:, None]
    squared = np.empty(len(data))
    for rows in _chunks(data):
        away = data[rows] - origin - centers[codes[rows]]
        squared[rows] = np.einsum("ij,ij->i", away, away)
    mean = (mass @ centers) / mass.sum()
    sums = ClusterSums(names, codes, mass, centers + origin, mean + origin)
    return sums, squared, weight


def _weighted(
    X: ArrayLike, labels: ArrayLike, sample_weight: ArrayLike | None
) -> tuple[NDArray[np.floating], NDArray[np.generic], NDArray[np.intp], Floats]:
    """Return the rows that weigh something, the distinct labels, each row's code and weight."""
    if sample_weight is None:
        data, names, codes = check_labeled(X, labels)
        return data, names, codes, np.ones(len(data))
    data = check_rows(X)
    weight = check_weights(sample_weight, data, dtype=np.float64)
    assert weight is not None
    given = check_labels(labels)
    check_lengths(data, given)
    counting = weight > 0
    # Whole weights are repeated rows, so that as many labels as rows may be few enough.
    repeated = bool((weight > 1).any())
    data, names, codes = check_labeled(data[counting], given[counting], limited=not repeated)
    weight = weight[counting]
    return data, names, codes, weight if repeated else _as_counts(weight)


def _as_counts(weight: Floats) -> Floats:
    """Return weights that add up to the number of rows, unless one of them counts a whole row."""
    if (largest := weight.max()) >= 1.0:
        return weight
    shares: Floats = weight / largest
    shares *= len(shares) / shares.sum()
    return shares


def _chunks(data: NDArray[np.floating]) -> Iterator[slice]:
    """Cut the rows so that what is made of a chunk stays in the cache."""
    stride = max(1, _CHUNK // data.shape[1])
    for first in range(0, len(data), stride):
        yield slice(first, min(first + stride, len(data)))

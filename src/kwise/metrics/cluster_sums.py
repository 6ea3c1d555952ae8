"""Per-cluster sums that several indices share: one pass over the data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kwise._core import cluster_spread
from kwise._core.threads import effective_n_threads
from kwise._core.units import in_unit, unit_exponent
from kwise._inputs import check_labels, check_lengths, check_rows, check_weights
from kwise._numbering import coded
from kwise.types import Floats

__all__ = ["ClusterSums", "check_labeled", "cluster_sums", "rough_mean", "sums_of"]


@dataclass(frozen=True, slots=True)
class ClusterSums:
    """Sums by cluster, of the data shifted by ``origin``.

    ``codes`` (n_rows,) numbers the clusters 0..k-1, ``names`` are the labels they had,
    ``weights`` (k,) their mass, ``centers`` (k, n_features) their means,
    ``origin`` (n_features,) the overall mean.
    """

    names: NDArray[np.generic]
    codes: NDArray[np.integer]
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
    return sums_of(data, names, codes, weight, rough_mean(data))


def rough_mean(data: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return a first mean of the rows, from which sums of data far from zero keep their digits."""
    mean: NDArray[np.float64] = data.mean(axis=0, dtype=np.float64)
    return mean


def sums_of(
    data: NDArray[np.floating],
    names: NDArray[np.generic],
    codes: NDArray[np.integer],
    weight: NDArray[np.floating],
    origin: NDArray[np.float64],
) -> tuple[ClusterSums, Floats, Floats]:
    """Return what ``cluster_sums`` does, of rows that are checked and in a unit of their own."""
    k, heavy = len(names), np.ascontiguousarray(weight, dtype=np.float64)
    mass = np.bincount(codes, weights=heavy, minlength=k).astype(np.float64)
    numbers = codes.astype(np.int32, copy=False)
    centers, squared = cluster_spread(data, heavy, numbers, k, origin, effective_n_threads())
    mean = (mass @ centers) / mass.sum()
    sums = ClusterSums(names, codes, mass, centers + origin, mean + origin)
    return sums, squared, heavy


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

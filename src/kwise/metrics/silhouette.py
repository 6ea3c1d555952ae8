"""Silhouette coefficient: how much nearer each row is to its own cluster than to the next."""

from __future__ import annotations

import math
import warnings
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn import metrics as sklearn_metrics
from sklearn.utils import check_random_state

from kwise._formatting import fixed
from kwise._inputs import check_labels, check_lengths, check_rows, check_weights
from kwise._progress import AnyProgress, Progress, silent, with_bar
from kwise._registry import unknown_name
from kwise.metrics.cluster_sums import check_labeled
from kwise.metrics.silhouette_blocks import is_in_blocks, sample_silhouette_of_blocks
from kwise.metrics.silhouette_directions import DIRECTIONAL, directional_silhouettes
from kwise.metrics.silhouette_sampling import (
    SilhouetteEstimate,
    sample_silhouette,
    whole_sample_size,
)
from kwise.metrics.silhouette_values import SILHOUETTE_METHODS
from kwise.types import RandomState

__all__ = [
    "EXACT_PAIRS",
    "SilhouetteEstimate",
    "silhouette_estimate",
    "silhouette_samples",
    "silhouette_score",
]

RowMethod = Literal["exact", "squared", "simplified"]
Method = Literal["exact", "sampled", "squared", "simplified", "auto"]

EXACT_PAIRS = 4e11  # of rows, times columns: "auto" is exact so far (ten seconds on two cores)
# Sparse rows are made dense up to so many entries (400 MB), unless a lower share is stored.
DENSE_ENTRIES, SPARSE_SHARE = 50_000_000, 0.05
# Rows that "auto" and "sampled" score where nothing else is said.
SAMPLE_ROWS = 2_000


@with_bar
def silhouette_samples(
    X: ArrayLike,
    labels: ArrayLike,
    *,
    metric: str = "euclidean",
    method: RowMethod = "exact",
    sample_weight: ArrayLike | None = None,
    progress: AnyProgress = silent,
    **kwds: object,
) -> NDArray[np.floating]:
    """Return each row's silhouette coefficient; higher is better.

    Parameters
    ----------
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Data; distances of shape (n_samples, n_samples) if ``metric="precomputed"``. Sparse ones
        are never made dense where less than a twentieth is stored, nor above 5e7 entries.
    labels : array-like of shape (n_samples,)
        Cluster of each row; 2 to n_samples - 1 different ones.
    metric : str, default="euclidean"
        Any metric of scikit-learn's ``pairwise_distances``. "cosine" and "correlation" take time
        linear in n_samples, and sparse rows as they are; others are handed to scikit-learn.
    method : {"exact", "squared", "simplified"}, default="exact"
        "exact" uses the distances between all rows; "squared" their squares, in time linear in
        n_samples; "simplified" distances to the cluster means. The three give different numbers:
        compare only values of one method.
    sample_weight : array-like of shape (n_samples,), optional
        How often each row counts in mean distances: whole weights are repeated rows. A row leaves
        one of itself out of the mean distance to its mates, or all of itself if it weighs less
        than one. Only for Euclidean distances.
    progress : bool, "bar" or callable, default=False
        Called as ``progress(task, done, total)``.
    **kwds : object
        Passed to the metric; only for metrics other than Euclidean.

    Returns
    -------
    ndarray of shape (n_samples,)
        Values in [-1, 1]; 0 for the only row of a cluster.

    Raises
    ------
    ValueError
        If there are fewer than 2 or more than n_samples - 1 clusters.

    See Also
    --------
    silhouette_score : Mean over all rows.

    Notes
    -----
    "exact" takes O(n_samples**2 * n_features) time at most, and memory for a copy of the data and
    min(k, 32) numbers a row.
    Clusters whose mean and spread show that they cannot be the nearest to a row are spared.

    References
    ----------
    .. [1] P. J. Rousseeuw, "Silhouettes", Journal of Computational and Applied Mathematics
       20, 1987.

    Examples
    --------
    >>> from kwise.metrics import silhouette_samples
    >>> silhouette_samples([[0.0], [1.0], [10.0], [12.0]], [0, 0, 1, 1]).round(3)
    array([0.909, 0.9  , 0.789, 0.826])
    """
    assert callable(progress)  # as with_bar has it
    labels = check_labels(labels)
    if metric in DIRECTIONAL and method == "exact" and not kwds:
        return _directional(X, labels, metric, sample_weight, progress)
    X = _readable(X, metric, method)
    if metric != "euclidean" or kwds or (sparse.issparse(X) and method != "exact"):
        _only_plain(method, metric, sample_weight)
        values: NDArray[np.floating] = sklearn_metrics.silhouette_samples(
            X, labels, metric=metric, **kwds
        )
        return values
    if method not in SILHOUETTE_METHODS:
        known = list(SILHOUETTE_METHODS)
        raise ValueError(unknown_name(str(method), known, what="method for single rows"))
    data, codes, weights = _checked(X, labels, sample_weight)
    found = SILHOUETTE_METHODS[method](data, codes, weights, progress)
    return found.astype(data.dtype, copy=False)


@with_bar
def silhouette_score(
    X: ArrayLike,
    labels: ArrayLike,
    *,
    metric: str = "euclidean",
    sample_size: int | None = None,
    random_state: RandomState = None,
    method: Method = "exact",
    sample_weight: ArrayLike | None = None,
    progress: AnyProgress = silent,
    **kwds: object,
) -> float:
    """Return the mean silhouette coefficient of all rows; higher is better.

    Parameters
    ----------
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Data; distances of shape (n_samples, n_samples) if ``metric="precomputed"``. Sparse ones
        are never made dense where less than a twentieth is stored, nor above 5e7 entries.
    labels : array-like of shape (n_samples,)
        Cluster of each row; 2 to n_samples - 1 different ones.
    metric : str, default="euclidean"
        As in ``silhouette_samples``.
    sample_size : int, optional
        With ``method="sampled"`` or "auto": rows to score against all rows, 2000 by default.
        With ``method="exact"``, as in scikit-learn: throw all but so many rows away first, which
        is biased and may lose clusters; "sampled" is the better sample.
    random_state : int, RandomState or None, default=None
        Draws the sample.
    method : {"exact", "sampled", "squared", "simplified", "auto"}, default="exact"
        As in ``silhouette_samples``. "sampled" scores a stratified sample of rows, each against
        all rows: unbiased, no cluster lost. "auto" is exact up to n_samples**2 * n_features =
        4e11 and "sampled" with a warning beyond it.
    sample_weight : array-like of shape (n_samples,), optional
        How often each row counts, in the mean too: whole weights are repeated rows. As in
        ``silhouette_samples``.
    progress : bool, "bar" or callable, default=False
        Called as ``progress(task, done, total)``.
    **kwds : object
        Passed to the metric; only for metrics other than Euclidean.

    Returns
    -------
    float
        In [-1, 1].

    Raises
    ------
    ValueError
        If there are fewer than 2 or more than n_samples - 1 clusters.

    See Also
    --------
    silhouette_estimate : The same with its confidence interval and the method used.

    Notes
    -----
    Silhouettes in different feature spaces are not comparable.

    References
    ----------
    .. [1] P. J. Rousseeuw, "Silhouettes", Journal of Computational and Applied Mathematics
       20, 1987.

    Examples
    --------
    >>> from kwise.metrics import silhouette_score
    >>> round(silhouette_score([[0.0], [1.0], [10.0], [12.0]], [0, 0, 1, 1]), 3)
    0.856
    """
    assert callable(progress)  # as with_bar has it
    labels = check_labels(labels)
    sample_size = whole_sample_size(sample_size)
    if metric in DIRECTIONAL and method in ("exact", "auto") and not kwds:
        if sample_size is not None and method == "exact":
            X, labels, sample_weight = _thinned(X, labels, sample_weight, sample_size, random_state)
        values = _directional(X, labels, metric, sample_weight, progress)
        given = None if sample_weight is None else np.asarray(sample_weight)
        return float(np.average(values, weights=given))
    X = _readable(X, metric, method)
    if metric != "euclidean" or kwds or (sparse.issparse(X) and method != "exact"):
        _only_plain(method, metric, sample_weight)
        score = sklearn_metrics.silhouette_score(
            X, labels, metric=metric, sample_size=sample_size, random_state=random_state, **kwds
        )
        return float(score)
    if sample_size is not None and method == "exact":
        X, labels, sample_weight = _thinned(X, labels, sample_weight, sample_size, random_state)
    estimate = silhouette_estimate(
        X,
        labels,
        method=method,
        sample_size=sample_size,
        random_state=random_state,
        sample_weight=sample_weight,
        progress=progress,
    )
    if method == "auto" and estimate.method == "sampled":
        low, high = estimate.interval
        warnings.warn(
            f"silhouette of {estimate.n_sampled} sampled rows, 95 % interval {fixed(low, 4)} to "
            f'{fixed(high, 4)}; pass method="exact" or method="sampled" to choose.',
            stacklevel=2,
        )
    return estimate.value


@with_bar
def silhouette_estimate(
    X: ArrayLike,
    labels: ArrayLike,
    *,
    method: Method = "auto",
    sample_size: int | None = None,
    random_state: RandomState = None,
    sample_weight: ArrayLike | None = None,
    progress: AnyProgress = silent,
) -> SilhouetteEstimate:
    """Return the mean silhouette with the method used and the error that sampling brings.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features), or kwise.rows
        Data, finite. Rows that lie elsewhere are read three times, and sampled.
    labels : array-like of shape (n_samples,)
        Cluster of each row; 2 to n_samples - 1 different ones.
    method : {"exact", "sampled", "squared", "simplified", "auto"}, default="auto"
        As in ``silhouette_score``; the method that "auto" took is in the answer.
    sample_size : int, optional
        Rows to score when sampling, 2000 by default; at least two of every cluster are.
    random_state : int, RandomState or None, default=None
        Draws the sample.
    sample_weight : array-like of shape (n_samples,), optional
        As in ``silhouette_score``.
    progress : bool, "bar" or callable, default=False
        Called as ``progress(task, done, total)``.

    Returns
    -------
    SilhouetteEstimate
        Value, standard error, 95 % interval, method, rows scored.

    Raises
    ------
    ValueError
        If there are fewer than 2 or more than n_samples - 1 clusters, or no such method.

    See Also
    --------
    silhouette_score : The value alone.

    Notes
    -----
    Sampling m rows costs O(m * n_samples * n_features). All rows get a prediction from the means
    and spreads of the clusters; the sample corrects its mean, which keeps the estimate unbiased and
    makes its error several times smaller than that of the sampled values' own mean.

    References
    ----------
    .. [1] C.-E. Särndal, B. Swensson, J. Wretman, "Model Assisted Survey Sampling", 1992.

    Examples
    --------
    >>> from kwise.metrics import silhouette_estimate
    >>> silhouette_estimate([[0.0], [1.0], [10.0], [12.0]], [0, 0, 1, 1]).method
    'exact'
    """
    assert callable(progress)  # as with_bar has it
    if is_in_blocks(X) and method in ("auto", "sampled") and sample_weight is None:
        drawn, size = check_random_state(random_state), whole_sample_size(sample_size)
        return sample_silhouette_of_blocks(X, labels, size or SAMPLE_ROWS, drawn, progress)
    X = _readable(X, "euclidean", method)
    if sparse.issparse(X) and method != "exact":
        _only_plain(method, "euclidean", sample_weight)
    data, codes, weights = _checked(X, labels, sample_weight)
    if method == "auto":
        exact = float(len(data)) ** 2 * data.shape[1] <= EXACT_PAIRS
        method = "exact" if exact else "sampled"
    if method == "sampled":
        rng = check_random_state(random_state)
        size = whole_sample_size(sample_size) or SAMPLE_ROWS
        return sample_silhouette(data, codes, size, rng, progress, weights)
    if method not in SILHOUETTE_METHODS:
        allowed = [*SILHOUETTE_METHODS, "sampled", "auto"]
        raise ValueError(unknown_name(str(method), allowed, what="silhouette method"))
    values = SILHOUETTE_METHODS[method](data, codes, weights, progress)
    value = float(np.average(values, weights=weights))
    return SilhouetteEstimate(value, 0.0, (value, value), method, len(codes))


def _directional(
    X: ArrayLike,
    labels: ArrayLike,
    metric: str,
    sample_weight: ArrayLike | None,
    progress: Progress,
) -> NDArray[np.floating]:
    """Return silhouettes by the directions of the rows, in X's float type."""
    data, codes, weights = _checked(X, labels, sample_weight)
    found = directional_silhouettes(data, codes, weights, metric, progress)
    return found.astype(data.dtype, copy=False)


def _readable(X: ArrayLike, metric: str, method: str) -> ArrayLike:
    """Return sparse rows as dense ones where these are faster or asked for, and small enough."""
    if not sparse.issparse(X):
        return X
    rows = check_rows(X, accept_sparse="csr")
    if metric != "euclidean" or math.prod(rows.shape) > DENSE_ENTRIES:
        return rows
    if method == "exact" and rows.nnz < SPARSE_SHARE * math.prod(rows.shape):
        return rows
    dense: ArrayLike = rows.toarray()
    return dense


def _only_plain(method: str, metric: str, sample_weight: ArrayLike | None) -> None:
    """Refuse what exists for plain Euclidean distances alone."""
    if method != "exact" or sample_weight is not None:
        what = f"method={method!r}" if method != "exact" else "sample_weight"
        raise ValueError(
            f"{what} is for dense X and Euclidean distances without metric arguments; "
            f'pass method="exact" and no weights (found metric={metric!r}), or X.toarray() if X '
            "is sparse."
        )


def _checked(
    X: ArrayLike, labels: ArrayLike, sample_weight: ArrayLike | None
) -> tuple[NDArray[np.floating], NDArray[np.intp], NDArray[np.float64] | None]:
    """Return X, each row's code and the weights; refuse labels that have no silhouette."""
    if sample_weight is None:
        data, _, codes = check_labeled(X, labels, accept_sparse=True)
        return data, codes, None
    data, _, codes = check_labeled(X, labels, limited=False, accept_sparse=True)
    weights = check_weights(sample_weight, data, dtype=np.float64)
    assert weights is not None
    counting = weights > 0
    n_labels = len(np.unique(codes[counting]))
    # A row that weighs more than one has itself for a mate.
    n_rows = int(counting.sum()) + int((weights > 1).any())
    if not 2 <= n_labels < n_rows:
        raise ValueError(
            f"Number of labels with weight is {n_labels}, on {int(counting.sum())} rows that "
            "weigh at most 1. Pass at least 2 labels, and at least one cluster of several rows or "
            "of weight above 1."
        )
    return data, codes, weights


def _thinned(
    X: ArrayLike,
    labels: ArrayLike,
    sample_weight: ArrayLike | None,
    size: int,
    random_state: RandomState,
) -> tuple[ArrayLike, ArrayLike, ArrayLike | None]:
    """Keep ``size`` random rows: those that scikit-learn keeps."""
    data, given = check_rows(X, accept_sparse="csr"), check_labels(labels)
    check_lengths(data, given)
    kept = check_random_state(random_state).permutation(len(given))[:size]
    weights = check_weights(sample_weight, data, dtype=np.float64)
    return data[kept], given[kept], None if weights is None else weights[kept]

"""k-medoids: like k-means, with rows for centers and any distance."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    TransformerMixin,
    _fit_context,
)
from sklearn.utils import Tags
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import _is_arraylike_not_scalar, check_is_fitted, validate_data

from kwise._callbacks import CallbackSupportMixin, Told, telling
from kwise._core.columns import Matrix
from kwise._documentation import Documented
from kwise._inputs import check_weights, readable
from kwise._random_state import random_stream
from kwise._sparse import summed
from kwise.estimators._base import Data, all_or_nothing
from kwise.estimators._centers import centers_for
from kwise.estimators._medoid_distances import between, compared
from kwise.estimators._medoid_search import MedoidRun, MedoidSearch, nearest_of, pairs_of
from kwise.estimators._onnx import OnnxMedoids
from kwise.types import Floats, RandomState

__all__ = ["KMedoids"]

# Up to so many rows all pairs are held: 1.6 GB.
EXACT_ROWS = 20_000


class KMedoids(
    OnnxMedoids,
    Documented,
    CallbackSupportMixin,  # type: ignore[misc]
    ClassNamePrefixFeaturesOutMixin,  # type: ignore[misc] # scikit-learn has no types
    TransformerMixin,  # type: ignore[misc]
    ClusterMixin,  # type: ignore[misc]
    BaseEstimator,  # type: ignore[misc]
):
    """k-medoids: k rows to which the sum of distances of all rows is least, by any metric.

    A center is a row itself, and distances count instead of their squares, so that one outlier
    moves no center. Medoids are found by FasterPAM [1]_: any row takes the place of any medoid as
    soon as that lowers the sum, until none does.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters, in [1, n_samples].
    metric : str or callable, default="euclidean"
        Any metric of scikit-learn's ``pairwise_distances`` ("correlation" is 1 - Pearson's r,
        "cosine", "manhattan", "hamming" ...), a function of two rows, or "precomputed": X is then
        the matrix of all distances.
    method : {"auto", "fasterpam", "clara"}, default="auto"
        "fasterpam" holds the distances of all pairs; "clara" does so for five samples of rows and
        keeps the medoids that serve all rows best, which is approximate. "auto" takes the first up
        to 20,000 rows.
    init : {"k-medoids++", "random"} or array-like of int, default="k-medoids++"
        Rows to begin with: drawn far from each other, any, or these.
    n_init : int, default=3
        Number of starts; the medoids with the lowest sum are kept.
    max_iter : int, default=100
        Largest number of passes over the rows.
    random_state : int, RandomState instance or None, default=None
        Determines starts and samples; an int gives the same answer every time.

    Attributes
    ----------
    medoid_indices_ : ndarray of shape (n_clusters,)
        Rows of the training data that are the centers.
    cluster_centers_ : ndarray of shape (n_clusters, n_features)
        Those rows; not with ``metric="precomputed"``.
    labels_ : ndarray of shape (n_samples,), int32
        Index of the nearest medoid of each row.
    inertia_ : float
        Weighted sum of the distances (not squared) to the nearest medoids; lower is better.
    n_iter_ : int
        Passes over the rows of the best start.
    n_swaps_ : int
        Swaps that it made.
    method_ : str
        "fasterpam" or "clara": what was done.
    n_features_in_ : int
        Number of features seen in ``fit``.
    feature_names_in_ : ndarray of shape (n_features,)
        Their names, where X has any.

    See Also
    --------
    KMeans : Means for centers, and squared distances: many times faster.

    Notes
    -----
    A pass costs O(n_samples**2) beside the distances themselves, which take 8 bytes a pair up to
    10,000 rows and 4 above. Swaps run on one thread. No optimum is proven: other starts may end
    lower.

    References
    ----------
    .. [1] E. Schubert and P. J. Rousseeuw, "Fast and eager k-medoids clustering: O(k) runtime
       improvement of the PAM, CLARA, and CLARANS algorithms", Information Systems 101 (2021).
       https://arxiv.org/abs/2008.05171
    .. [2] L. Kaufman and P. J. Rousseeuw, "Finding Groups in Data", 1990 (CLARA).

    Examples
    --------
    >>> from kwise import KMedoids
    >>> X = [[0.0], [1.0], [2.0], [10.0], [11.0], [50.0]]
    >>> model = KMedoids(n_clusters=2, random_state=0).fit(X)
    >>> sorted(model.medoid_indices_.tolist()), model.inertia_
    ([2, 5], 20.0)
    """

    _parameter_constraints: ClassVar[dict[str, list[object]]] = {
        "n_clusters": [Interval(Integral, 1, None, closed="left")],
        "metric": [str, callable],
        "method": [StrOptions({"auto", "fasterpam", "clara"})],
        "init": [StrOptions({"k-medoids++", "random"}), "array-like"],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    medoid_indices_: NDArray[np.int64]
    cluster_centers_: NDArray[np.floating]
    labels_: NDArray[np.int32]
    inertia_: float

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        metric: str | Callable[..., float] = "euclidean",
        method: Literal["auto", "fasterpam", "clara"] = "auto",
        init: str | ArrayLike = "k-medoids++",
        n_init: int = 3,
        max_iter: int = 100,
        random_state: RandomState = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.metric = metric
        self.method = method
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.random_state = random_state

    @telling(lambda _: None)
    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def fit(
        self,
        X: Data,
        y: object = None,  # noqa: ARG002 - scikit-learn's convention
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Find the medoids of X.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Training data; all distances, (n_samples, n_samples), if ``metric="precomputed"``.
        y : Ignored
            Present for scikit-learn's conventions.
        sample_weight : array-like of shape (n_samples,), default=None
            How much each row's distance counts; a row of weight 0 becomes no medoid.

        Returns
        -------
        self : KMedoids
            The fitted estimator.
        """
        with all_or_nothing(self):
            rows = self._checked(X, reset=True)
            weights = check_weights(sample_weight, rows, dtype=np.float64)
            # A row without weight is none, but for its label.
            kept = np.arange(rows.shape[0]) if weights is None else np.flatnonzero(weights)
            if len(kept) < self.n_clusters:
                raise ValueError(
                    f"n_samples={len(kept)} should be >= n_clusters={self.n_clusters}."
                )
            self._keep(rows, kept, self._search(rows, kept, weights))
        return self

    def predict(self, X: Data) -> NDArray[np.int32]:
        """Return the nearest medoid of every row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            New data; their distances to the training rows if ``metric="precomputed"``.

        Returns
        -------
        labels : ndarray of shape (n_samples,), int32
            Index of the nearest medoid, the lowest of equally near ones.
        """
        nearest: NDArray[np.int32] = self.transform(X).argmin(axis=1).astype(np.int32)
        return nearest

    def transform(self, X: Data) -> NDArray[np.floating]:
        """Return the distance from every row to every medoid.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            New data; their distances to the training rows if ``metric="precomputed"``.

        Returns
        -------
        X_new : ndarray of shape (n_samples, n_clusters)
            Distances by ``metric``.
        """
        check_is_fitted(self)
        rows = self._checked(X, reset=False)
        if self.metric == "precomputed":
            return np.asarray(rows[:, self.medoid_indices_])
        medoids = compared(centers_for(self, rows), self.metric)
        return between(compared(rows, self.metric), medoids, self.metric)

    def score(
        self,
        X: Data,
        y: object = None,  # noqa: ARG002 - scikit-learn's convention
        sample_weight: ArrayLike | None = None,
    ) -> float:
        """Return minus the sum of distances of X: higher is better, at most 0.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            New data.
        y : Ignored
            Present for scikit-learn's conventions.
        sample_weight : array-like of shape (n_samples,), default=None
            How much each row's distance counts.

        Returns
        -------
        score : float
            Minus the weighted sum of distances to the nearest medoids.
        """
        nearest = self.transform(X).min(axis=1).astype(np.float64)
        weights = check_weights(sample_weight, nearest, dtype=np.float64)
        return -float(nearest.sum() if weights is None else nearest @ weights)

    def _checked(self, X: Data, *, reset: bool) -> Matrix:
        """Validate X as scikit-learn does."""
        alone = self.metric == "precomputed"
        with readable(X, "X"):
            kinds = [np.float64, np.float32]
            checked: Matrix = validate_data(
                self, X, accept_sparse=False if alone else "csr", dtype=kinds, reset=reset
            )
        if alone and reset:
            _check_square(np.asarray(checked))
        return summed(checked) if sparse.issparse(checked) else checked

    def _search(self, rows: Matrix, kept: NDArray[np.intp], weights: Floats | None) -> MedoidRun:
        """Look for medoids among the rows that have weight."""
        search = MedoidSearch(
            self.n_clusters,
            self._first_medoids(kept),
            1 if _is_arraylike_not_scalar(self.init) else self.n_init,
            self.max_iter,
            random_stream(self.random_state),
            Told.of(self),
        )
        own = None if weights is None else weights[kept]
        if self.metric == "precomputed":
            self.method_ = "fasterpam"
            return search.over_pairs(
                np.ascontiguousarray(np.asarray(rows)[np.ix_(kept, kept)]), own
            )
        among = compared(rows[kept], self.metric)
        asked = self.method
        self.method_ = asked if asked != "auto" else _method_for(len(kept))
        if self.method_ == "clara":
            return search.over_samples(among, self.metric, own)
        return search.over_pairs(pairs_of(among, self.metric), own)

    def _first_medoids(self, kept: NDArray[np.intp]) -> str | NDArray[np.int64]:
        """Return ``init``: a name, or places among the rows that have weight."""
        if isinstance(self.init, str):
            return self.init
        given = np.asarray(self.init)
        whole = given.dtype.kind in "iu" and given.shape == (self.n_clusters,)
        if not whole or len(np.unique(given)) < len(given) or not np.isin(given, kept).all():
            raise ValueError(
                f"init={self.init!r} is not n_clusters={self.n_clusters} different rows of X "
                "that have weight."
            )
        if self.method == "clara" or (self.method == "auto" and len(kept) > EXACT_ROWS):
            raise ValueError('init as rows goes with method="fasterpam" alone.')
        return np.searchsorted(kept, given).astype(np.int64)

    def _keep(self, rows: Matrix, kept: NDArray[np.intp], run: MedoidRun) -> None:
        """Set the fitted attributes."""
        self.medoid_indices_ = kept[run.rows].astype(np.int64)
        self.inertia_, self.n_iter_, self.n_swaps_ = run.cost, run.n_iter, run.n_swaps
        self.labels_ = run.labels
        if self.metric == "precomputed":
            if len(kept) < rows.shape[0]:
                self.labels_ = rows[:, self.medoid_indices_].argmin(axis=1).astype(np.int32)
            return
        chosen = rows[self.medoid_indices_]
        self.cluster_centers_ = chosen.toarray() if sparse.issparse(chosen) else chosen
        if len(kept) < rows.shape[0]:
            medoids = compared(self.cluster_centers_, self.metric)
            self.labels_ = nearest_of(compared(rows, self.metric), medoids, self.metric)[0]

    @property
    def _n_features_out(self) -> int:
        """Return the number of columns that ``transform`` makes."""
        return len(self.medoid_indices_)

    def __sklearn_tags__(self) -> Tags:
        """Say that sparse data are welcome, and whether X holds distances."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = self.metric != "precomputed"
        tags.input_tags.pairwise = self.metric == "precomputed"
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _method_for(n_samples: int) -> str:
    """Return what "auto" means."""
    return "fasterpam" if n_samples <= EXACT_ROWS else "clara"


def _check_square(pairs: NDArray[np.floating]) -> None:
    """Refuse what is no matrix of distances of all pairs."""
    if pairs.shape[0] != pairs.shape[1]:
        raise ValueError(
            f'metric="precomputed" takes the distances of all pairs, found shape {pairs.shape}.'
        )
    if (pairs < 0).any():
        raise ValueError('metric="precomputed": X holds negative distances.')
    # Row by row: the transpose of a large matrix is slow to read.
    slack = 1e-5 * pairs.max()
    if any(np.abs(row - pairs[:, i]).max() > slack for i, row in enumerate(pairs)):
        raise ValueError('metric="precomputed": X is not symmetric; pass (X + X.T) / 2.')

"""k-means: the estimator that everything else is built around."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import suppress
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils._param_validation import StrOptions

from kwise._core.columns import Matrix
from kwise._core.dataset import Dataset, pack
from kwise._inputs import check_weights
from kwise._random_state import random_stream
from kwise.estimators._base import (
    BaseKMeans,
    Data,
    Init,
    all_or_nothing,
    choose_start,
)
from kwise.estimators._runs import best_run, go_together
from kwise.init import DRAWN_TOGETHER, AnyStart, Start
from kwise.results import History, Run
from kwise.types import RandomState


class KMeans(BaseKMeans):
    """k-means clustering, with scikit-learn's parameters, attributes and answers.

    The same ``random_state`` gives the labels and the number of iterations that
    scikit-learn gives, and gives them again on any number of threads and any processor.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters, in [1, n_samples]. See ``kwise.select_k`` to choose it.
    init : {"k-means++", "random"}, callable or array-like of shape \
            (n_clusters, n_features), default="k-means++"
        How first centers are chosen: "k-means++" draws rows far from each other, "random"
        any distinct rows, an array gives the centers, a callable
        ``init(X, n_clusters, random_state)`` returns them for the centered X.
    n_init : "auto" or int, default="auto"
        Number of starts; the run with the lowest inertia is kept. "auto" is 1 for
        "k-means++" and arrays, 10 for "random" and callables.
    max_iter : int, default=300
        Largest number of iterations of one run.
    tol : float, default=1e-4
        A run also stops when the squared movement of all centers is at most ``tol`` times
        the mean of the columns' variances.
    verbose : int, default=0
        Print the inertia of every iteration if not 0.
    random_state : int, RandomState instance or None, default=None
        Determines the first centers; an int gives the same answer every time.
    copy_x : bool, default=True
        Accepted for compatibility: X is never modified, whatever it says.
    algorithm : {"lloyd", "elkan"}, default="lloyd"
        Accepted for compatibility: the answer is the same, and the engine takes the fastest
        exact way to it.
    keep_history : bool, default=False
        Record centers and inertia of every iteration of the best run in ``history_``.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_features)
        Means of the clusters, in X's float type.
    labels_ : ndarray of shape (n_samples,), int32
        Index of the nearest center of each row.
    inertia_ : float
        Weighted sum of squared distances to the nearest centers; lower is better.
    n_iter_ : int
        Iterations of the best run.
    n_features_in_ : int
        Number of features seen in ``fit``.
    feature_names_in_ : ndarray of shape (n_features,)
        Their names, where X has any.
    inertias_ : tuple of float
        Inertia of every start, in order.
    history_ : kwise.results.History
        Centers and inertia of every iteration; only if ``keep_history``.

    See Also
    --------
    MiniBatchKMeans : Approximate, for data that come in batches.
    BisectingKMeans : A tree of splits in two.
    kmeans_plusplus : The first centers alone.

    Notes
    -----
    One iteration costs O(n_samples * n_clusters * n_features) at most. X is held once more,
    packed, with a few bytes a row for labels and bounds.

    References
    ----------
    .. [1] S. Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information
       Theory 28 (1982). https://doi.org/10.1109/TIT.1982.1056489

    Examples
    --------
    >>> from kwise import KMeans
    >>> import numpy as np
    >>> X = np.array([[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]])
    >>> kmeans = KMeans(n_clusters=2, random_state=0, n_init="auto").fit(X)
    >>> kmeans.labels_
    array([1, 1, 1, 0, 0, 0], dtype=int32)
    >>> kmeans.predict([[0, 0], [12, 3]])
    array([1, 0], dtype=int32)
    >>> kmeans.cluster_centers_
    array([[10.,  2.],
           [ 1.,  2.]])
    """

    _parameter_constraints: ClassVar[dict[str, list[object]]] = {
        **BaseKMeans._parameter_constraints,
        "copy_x": ["boolean"],
        "algorithm": [StrOptions({"lloyd", "elkan"})],
        "keep_history": ["boolean"],
    }

    n_iter_: int
    inertias_: tuple[float, ...]
    history_: History

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        init: Init = "k-means++",
        n_init: int | Literal["auto"] = "auto",
        max_iter: int = 300,
        tol: float = 1e-4,
        verbose: int | bool = 0,
        random_state: RandomState = None,
        copy_x: bool = True,
        algorithm: Literal["lloyd", "elkan"] = "lloyd",
        keep_history: bool = False,
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.verbose = verbose
        self.random_state = random_state
        self.copy_x = copy_x
        self.algorithm = algorithm
        self.keep_history = keep_history

    def fit(
        self,
        X: Data,
        y: object = None,  # noqa: ARG002 - scikit-learn's convention
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Find the clusters of X.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Training data, finite. float32 stays float32; other types become float64.
        y : Ignored
            Present for scikit-learn's conventions.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights; ``None`` weighs all rows equally. An ``init`` that is an
            array or a callable does not see them.

        Returns
        -------
        self : KMeans
            The fitted estimator.
        """
        with all_or_nothing(self):
            self._validate_params()
            X = self._check_training_data(X, finite=False)
            self._check_n_clusters(X)
            self._n_init = self._resolve_n_init(default=10)
            if self.algorithm == "elkan" and self.n_clusters == 1:
                warnings.warn(
                    "algorithm='elkan' doesn't make sense for a single cluster. "
                    "Using 'lloyd' instead.",
                    RuntimeWarning,
                    stacklevel=2,
                )
            rng = random_stream(self.random_state)
            weights = check_weights(sample_weight, X)
            init = self._check_init(X)
            packed = self._pack(X, weights)
            run, inertias = best_run(
                packed,
                self._starts(init, packed, rng),
                max_iter=self.max_iter,
                tol=packed.variance * self.tol,
                keep_history=self.keep_history,
                verbose=bool(self.verbose),
            )
            self._warn_of_missing_clusters(run)
            self._keep(run, inertias)
        return self

    def _pack(self, X: Matrix, weights: NDArray[np.floating] | None) -> Dataset:
        """Pack X; only where its variance is not finite, look for values that are not."""
        with suppress(ValueError):
            return pack(X, weights, n_clusters=self.n_clusters)
        self._check_training_data(X)
        return pack(X, weights, n_clusters=self.n_clusters)

    def _starts(
        self, init: Init, packed: Dataset, rng: np.random.RandomState
    ) -> Iterator[AnyStart]:
        """Draw the first centers of one run after the other, from one generator."""
        together = DRAWN_TOGETHER.get(init) if isinstance(init, str) else None
        if together and go_together(packed, self.n_clusters) and not self.verbose:
            yield from map(Start, together(packed, self.n_clusters, rng, self._n_init))
            return
        for _ in range(self._n_init):
            start = choose_start(init, packed, self.n_clusters, rng)
            if self.verbose:
                print("Initialization complete")  # noqa: T201 - scikit-learn's contract
            yield start

    def _warn_of_missing_clusters(self, run: Run) -> None:
        """Warn if some clusters hold no row."""
        # The first rows nearly always show every cluster; counting takes memory, hence by blocks.
        seen = np.zeros(self.n_clusters, dtype=bool)
        first, size = 0, 64 * self.n_clusters
        while first < len(run.labels) and not seen.all():
            seen |= np.bincount(run.labels[first : first + size], minlength=len(seen)) > 0
            first, size = first + size, max(size, 2**18)
        distinct = np.count_nonzero(seen)
        if distinct < self.n_clusters:
            warnings.warn(
                f"Number of distinct clusters ({distinct}) found smaller than n_clusters "
                f"({self.n_clusters}). Possibly due to duplicate points in X.",
                ConvergenceWarning,
                stacklevel=3,
            )

    def _keep(self, run: Run, inertias: tuple[float, ...]) -> None:
        """Set the fitted attributes."""
        self.cluster_centers_ = run.centers
        self.labels_ = run.labels
        self.inertia_ = run.inertia
        self.n_iter_ = run.n_iter
        self.inertias_ = inertias
        if run.history is not None:
            self.history_ = run.history


def fitted_kmeans(run: Run, inertias: tuple[float, ...], random_state: RandomState) -> KMeans:
    """Return an estimator as it is after a fit that found this run; a new fit starts from it."""
    kmeans = KMeans(len(run.centers), init=run.centers, n_init=1, random_state=random_state)
    kmeans._keep(run, inertias)
    kmeans._n_init = 1
    kmeans.n_features_in_ = run.centers.shape[1]
    return kmeans

"""Mini-batch k-means: for more rows than anyone wants to read twice."""

from __future__ import annotations

import warnings
from numbers import Integral, Real
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import _fit_context
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval

from kwise._callbacks import task_ended, task_of, telling
from kwise._core.columns import Matrix, mean_variance_of
from kwise._inputs import check_weights
from kwise.engines.opening import open_local
from kwise.estimators._assign import assign_inertia
from kwise.estimators._base import (
    BaseKMeans,
    Data,
    Init,
    all_or_nothing,
    check_center_shape,
)
from kwise.estimators._centers import centers_for
from kwise.estimators._elsewhere import keep_columns, labels_of
from kwise.estimators._minibatch import BatchDraws, Watch, reassign, step
from kwise.estimators._onnx import OnnxCenters
from kwise.row_sources import as_rows, is_elsewhere
from kwise.types import RandomState


class MiniBatchKMeans(OnnxCenters, BaseKMeans):
    """Mini-batch k-means clustering, with scikit-learn's parameters and attributes.

    Centers move with small random batches of rows, so that a fit may end before it has seen
    all rows, and rows may also arrive in pieces through ``partial_fit``. The draws are those
    of scikit-learn 1.8 and later.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters, in [1, n_samples].
    init : {"k-means++", "random"}, callable or array-like of shape \
            (n_clusters, n_features), default="k-means++"
        How first centers are chosen; see ``KMeans``.
    max_iter : int, default=100
        Largest number of batches, in passes over all rows.
    batch_size : int, default=1024
        Rows in a batch.
    verbose : int, default=0
        Print the inertia of every batch if not 0.
    compute_labels : bool, default=True
        Label all rows at the end.
    random_state : int, RandomState instance or None, default=None
        Determines first centers and batches; an int gives the same answer every time.
    tol : float, default=0.0
        Also stop when the squared movement of all centers in one step is at most ``tol``
        times the mean of the columns' variances; 0 does not look.
    max_no_improvement : int or None, default=10
        Stop after so many batches without a new lowest smoothed inertia; ``None`` never.
    init_size : int or None, default=None
        Rows drawn to choose first centers; ``None`` is three batches, or ``3 * n_clusters``
        where that is not enough.
    n_init : "auto" or int, default="auto"
        First centers tried; the best on ``init_size`` rows are taken. "auto" is 1 for
        "k-means++" and arrays, 3 for "random" and callables.
    reassignment_ratio : float, default=0.01
        Centers whose mass is less than this share of the largest are moved to random rows.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_features)
        Centers, in X's float type.
    labels_ : ndarray of shape (n_samples,), int32
        Index of the nearest center of each row; only if ``compute_labels``.
    inertia_ : float
        Weighted sum of squared distances to the nearest centers, or an estimate of it from
        the batches if not ``compute_labels``; lower is better.
    n_iter_ : int
        Passes over all rows, rounded up.
    n_steps_ : int
        Batches.
    n_features_in_ : int
        Number of features seen in ``fit``.
    feature_names_in_ : ndarray of shape (n_features,)
        Their names, where X has any.

    See Also
    --------
    KMeans : Exact, and often as fast.

    Notes
    -----
    A batch costs O(batch_size * (n_clusters * n_features + log(n_samples))).

    References
    ----------
    .. [1] D. Sculley, "Web-scale k-means clustering", WWW 2010.
       https://doi.org/10.1145/1772690.1772862

    Examples
    --------
    >>> from kwise import MiniBatchKMeans
    >>> import numpy as np
    >>> X = np.array([[1, 2], [1, 4], [1, 0], [4, 2], [4, 0], [4, 4]], dtype=float)
    >>> model = MiniBatchKMeans(n_clusters=2, random_state=0, batch_size=6, max_iter=10).fit(X)
    >>> model.predict([[0, 0], [4, 4]])
    array([1, 0], dtype=int32)
    """

    _parameter_constraints: ClassVar[dict[str, list[object]]] = {
        **BaseKMeans._parameter_constraints,
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "compute_labels": ["boolean"],
        "max_no_improvement": [Interval(Integral, 0, None, closed="left"), None],
        "init_size": [Interval(Integral, 1, None, closed="left"), None],
        "reassignment_ratio": [Interval(Real, 0, None, closed="left")],
    }

    n_iter_: int
    n_steps_: int

    def __init__(  # noqa: PLR0913 - scikit-learn's parameters
        self,
        n_clusters: int = 8,
        *,
        init: Init = "k-means++",
        max_iter: int = 100,
        batch_size: int = 1024,
        verbose: int | bool = 0,
        compute_labels: bool = True,
        random_state: RandomState = None,
        tol: float = 0.0,
        max_no_improvement: int | None = 10,
        init_size: int | None = None,
        n_init: int | Literal["auto"] = "auto",
        reassignment_ratio: float = 0.01,
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.verbose = verbose
        self.compute_labels = compute_labels
        self.random_state = random_state
        self.tol = tol
        self.max_no_improvement = max_no_improvement
        self.init_size = init_size
        self.n_init = n_init
        self.reassignment_ratio = reassignment_ratio

    @telling(lambda _: None)
    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def fit(
        self,
        X: Data,
        y: object = None,  # noqa: ARG002 - scikit-learn's convention
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Find the clusters of X from random batches of its rows.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Training data, finite. float32 stays float32; other types become float64. Rows that
            lie elsewhere, such as ``kwise.rows``, are mapped, and only batches are read.
        y : Ignored
            Present for scikit-learn's conventions.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights; ``None`` weighs all rows equally.

        Returns
        -------
        self : MiniBatchKMeans
            The fitted estimator.
        """
        with all_or_nothing(self):
            rows = as_rows(X) if type(X) is not np.ndarray and is_elsewhere(X) else None
            if rows is not None:
                X = open_local(rows, None, self.n_clusters).X
            X = self._check_training_data(X)
            self._check_sizes(X)
            rng = check_random_state(self.random_state)
            weights = check_weights(sample_weight, X)
            centers = self._first_centers(X, weights, rng)
            watch = self._run(X, weights, centers, rng)
            self.n_iter_ = int(np.ceil(self.n_steps_ * self._batch_size / X.shape[0]))
            if self.compute_labels:
                self.labels_, self.inertia_ = assign_inertia(X, self.cluster_centers_, weights)
            else:
                mass = X.shape[0] if weights is None else float(weights.sum())
                self.inertia_ = (watch.average or 0.0) * mass
            if rows is not None:
                rows.check_unchanged()
                keep_columns(self, rows)
                if self.compute_labels:
                    self.labels_ = labels_of(rows, self.labels_)
        return self

    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def partial_fit(
        self,
        X: Data,
        y: object = None,  # noqa: ARG002 - scikit-learn's convention
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Move the centers with one batch; the first batch also gives the first centers.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The batch.
        y : Ignored
            Present for scikit-learn's conventions.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights; ``None`` weighs all rows equally.

        Returns
        -------
        self : MiniBatchKMeans
            The estimator, updated.
        """
        with all_or_nothing(self):
            is_first = not hasattr(self, "cluster_centers_")
            X = self._check_training_data(X, reset=is_first)
            if not hasattr(self, "_random_state"):
                self._random_state = check_random_state(self.random_state)
            weights = check_weights(sample_weight, X)
            if is_first:
                self._check_sizes(X)
                self.n_steps_ = 0
                self._begin(self._draw_centers(X, weights, self._check_init(X), self._random_state))
            else:
                self._take_up(X)
            self._advance(X, weights, self._random_state)
            if self.compute_labels:
                self.labels_, self.inertia_ = assign_inertia(X, self.cluster_centers_, weights)
            self.n_steps_ += 1
        return self

    def _take_up(self, X: Matrix) -> None:
        """Go on from the centers there are; from those set by hand as if no row had been seen."""
        centers = centers_for(self, X)
        check_center_shape(X, centers, self.n_clusters)
        if not hasattr(self, "_counts"):
            self._check_sizes(X)
            self.n_steps_ = 0
            self._begin(np.array(centers))
        else:
            self.cluster_centers_ = centers

    def _check_sizes(self, X: Matrix) -> None:
        """Work out numbers of rows and starts from the parameters and the data."""
        self._check_n_clusters(X)
        self._n_init = self._resolve_n_init(default=3)
        self._batch_size = min(self.batch_size, X.shape[0])
        size = 3 * self._batch_size if self.init_size is None else self.init_size
        if size < self.n_clusters:
            if self.init_size is not None:
                warnings.warn(
                    f"init_size={size} should be larger than n_clusters={self.n_clusters}. "
                    "Setting it to min(3*n_clusters, n_samples)",
                    RuntimeWarning,
                    stacklevel=3,
                )
            size = 3 * self.n_clusters
        self._init_size = min(size, X.shape[0])

    def _draw_centers(
        self,
        X: Matrix,
        weights: NDArray[np.floating] | None,
        init: Init,
        rng: np.random.RandomState,
    ) -> NDArray[np.floating]:
        """Choose first centers on a random part of the rows."""
        return self._init_centroids(
            X,
            init=init,
            random_state=rng,
            sample_weight=weights,
            init_size=self._init_size,
        )

    def _first_centers(
        self, X: Matrix, weights: NDArray[np.floating] | None, rng: np.random.RandomState
    ) -> NDArray[np.floating]:
        """Choose first centers ``n_init`` times; return those that fit a random sample best."""
        init = self._check_init(X)
        sample = rng.randint(0, X.shape[0], self._init_size)
        sample_weights = None if weights is None else weights[sample]
        best, lowest = None, np.inf
        for i in range(self._n_init):
            self._say(f"Init {i + 1}/{self._n_init} with method {init}")
            centers = self._draw_centers(X, weights, init, rng)
            inertia = assign_inertia(X[sample], centers, sample_weights)[1]
            self._say(f"Inertia for init {i + 1}/{self._n_init}: {inertia}")
            if best is None or inertia < lowest:
                best, lowest = centers, inertia
        assert best is not None
        return best

    def _run(
        self,
        X: Matrix,
        weights: NDArray[np.floating] | None,
        centers: NDArray[np.floating],
        rng: np.random.RandomState,
    ) -> Watch:
        """Move the centers batch by batch until it is time to stop."""
        n, size = X.shape[0], self._batch_size
        n_steps = (self.max_iter * n) // size
        draws = BatchDraws(np.ones(n, X.dtype) if weights is None else weights, rng)
        tol = self.tol * mean_variance_of(X) if self.tol > 0 else 0.0
        watch = Watch(tol, self.max_no_improvement, min(1.0, 2.0 * size / (n + 1)))
        self._begin(centers)
        for i in range(1, n_steps + 1):
            before = self.cluster_centers_
            # Batches are drawn by weight, so their rows all count the same.
            inertia = self._advance(X[draws.draw(size)], None, rng) / size
            self.n_steps_ = i
            stopped = task_ended(self, task_of(self), "batch")
            if i == 1 and not stopped:  # the inertia of the first centers says nothing of the steps
                self._say(f"Minibatch step {i}/{n_steps}: mean batch inertia: {inertia}")
                continue
            movement = float(((self.cluster_centers_ - before) ** 2).sum()) if tol > 0 else 0.0
            done = watch.is_done(inertia, movement)
            self._say(
                f"Minibatch step {i}/{n_steps}: mean batch inertia: {inertia}, "
                f"ewa inertia: {watch.average}"
            )
            if done:
                self._say(f"{watch.last_words} at step {i}/{n_steps}")
            if done or stopped:
                break
        return watch

    def _begin(self, centers: NDArray[np.floating]) -> None:
        """Start from first centers that no row has been given to."""
        self.cluster_centers_ = centers
        self._counts = np.zeros(self.n_clusters)
        self._n_since_last_reassign = 0

    def _advance(
        self, X: Matrix, weights: NDArray[np.floating] | None, rng: np.random.RandomState
    ) -> float:
        """Move the centers with one batch; return its inertia before."""
        self._n_since_last_reassign += self._batch_size
        is_due = self._n_since_last_reassign >= 10 * self.n_clusters
        is_due = is_due or bool((self._counts == 0).any())
        if is_due:
            self._n_since_last_reassign = 0
        centers, counts, inertia = step(X, weights, self.cluster_centers_, self._counts)
        if is_due and self.reassignment_ratio > 0:
            moved = reassign(X, centers, counts, self.reassignment_ratio, rng)
            if moved:
                self._say(f"[MiniBatchKMeans] Reassigning {moved} cluster centers.")
        self.cluster_centers_, self._counts = centers, counts
        return inertia

    def _say(self, words: str) -> None:
        """Print if ``verbose``."""
        if self.verbose:
            print(words)  # noqa: T201 - scikit-learn's contract

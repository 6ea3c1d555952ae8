"""k-means: the estimator that everything else is built around."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from numbers import Integral, Real
from os import PathLike
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils._param_validation import Interval, StrOptions

from kwise._callbacks import telling
from kwise._core.columns import Matrix
from kwise._core.dataset import Dataset, pack
from kwise._inputs import check_weights
from kwise._random_state import random_stream
from kwise.estimators._base import BaseKMeans, Data, Init, all_or_nothing, choose_start
from kwise.estimators._elsewhere import lies_elsewhere, set_fitted
from kwise.estimators._limited import best_limited_run, robust_start
from kwise.estimators._limits import Limits, check_limits
from kwise.estimators._metric import METRICS
from kwise.estimators._onnx import OnnxCenters
from kwise.estimators._runs import best_run, go_together
from kwise.estimators._start_tasks import StartTasks, n_starts
from kwise.estimators.quality import QUALITIES, Stopping
from kwise.init import DRAWN_TOGETHER, AnyStart, Start
from kwise.results import History, Run
from kwise.types import RandomState


class KMeans(OnnxCenters, BaseKMeans):
    """k-means clustering, with scikit-learn's parameters, attributes and answers.

    The same ``random_state`` gives the labels and the number of iterations that
    scikit-learn gives, and gives them again on any number of threads and any processor.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters, in [1, n_samples]. See ``kwise.select_k`` to choose it.
    init : {"k-means++", "random", "k-means||", "sample"}, callable or array-like of shape \
            (n_clusters, n_features), default="k-means++"
        How first centers are chosen: "k-means++" draws rows far from each other, "k-means||"
        about ``10 * n_clusters`` such rows in six passes and clusters these, "sample" takes the
        centers of some 2**20 rows, "random"
        any distinct rows, an array gives the centers, a callable
        ``init(X, n_clusters, random_state)`` returns them for the centered X.
    n_init : "auto" or int, default="auto"
        Number of starts; the run with the lowest inertia is kept. "auto" is 1 for
        "k-means++", "k-means||", "sample" and arrays, 10 for "random" and callables.
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
    metric : {"euclidean", "cosine", "correlation"}, default="euclidean"
        "cosine" divides every row by its length first, "correlation" takes its mean off before:
        half the squared distance of two such rows is 1 - cosine, or 1 - Pearson's r. Centers,
        distances and inertia are those of such rows.
    min_size, max_size : int, default=None
        Fewest and most rows of a cluster; ``max_size="balanced"`` lets sizes differ by one at
        most. Every assignment within the limits is the best one for its centers (a transport
        problem, solved exactly). New rows in ``predict`` go to the nearest center.
    trim : float or int, default=0.0
        Share of the rows in [0, 1), or their number, that are left out as outliers: those far
        from all centers. They are labeled -1 and listed in ``outliers_``. First centers are drawn
        robustly then, and "auto" means 10 starts.
    quality : {"standard", "better", "best"}, default="standard"
        How good an optimum to look for. "standard" keeps the best start, as scikit-learn does.
        "better" searches on from there by breathing k-means (centers added and taken away) and
        by moves of single rows, and is rarely more than 1 % above the best that is known.
        "best" searches so from several starts and from mixtures of what they find, for as long
        as that helps. Not with limits of sizes or ``trim``.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_features)
        Means of the clusters, in X's float type.
    labels_ : ndarray of shape (n_samples,), int32
        Index of the nearest center of each row.
    inertia_ : float
        Weighted sum of squared distances to the nearest centers; lower is better.
    n_iter_ : int
        Iterations of the best run; of a search, those of its last descent.
    n_features_in_ : int
        Number of features seen in ``fit``.
    feature_names_in_ : ndarray of shape (n_features,)
        Their names, where X has any.
    inertias_ : tuple of float
        Inertia of every start, in order.
    history_ : kwise.results.History
        Centers and inertia of every iteration of the best start; only if ``keep_history``.
    outliers_ : ndarray of int
        Rows left out, in ascending order; only with ``trim``.
    assignment_gap_ : float
        How far the inertia is above a proven lower bound for these centers within the limits
        (0, up to rounding); only with limits.

    See Also
    --------
    MiniBatchKMeans : Approximate, for data that come in batches.
    BisectingKMeans : A tree of splits in two.
    kmeans_plusplus : The first centers alone.

    Notes
    -----
    One iteration costs O(n_samples * n_clusters * n_features) at most. X is held once more,
    packed, with a few bytes a row for labels and bounds. Limits of size need the distances of all
    rows to all centers, and O(n_samples * n_clusters) memory more. Their starts are the clusters
    without limits.

    "cosine" minimizes squared distances of unit rows; spherical k-means [2]_, whose centers are
    brought to unit length too, differs from it little.

    References
    ----------
    .. [1] S. Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information
       Theory 28 (1982). https://doi.org/10.1109/TIT.1982.1056489
    .. [2] I. S. Dhillon and D. S. Modha, "Concept decompositions for large sparse text data using
       clustering", Machine Learning 42 (2001).
    .. [3] P. S. Bradley, K. P. Bennett and A. Demiriz, "Constrained k-means clustering",
       Microsoft Research MSR-TR-2000-65 (sizes).
    .. [4] J. A. Cuesta-Albertos, A. Gordaliza and C. Matrán, "Trimmed k-means", Annals of
       Statistics 25 (1997); S. Chawla and A. Gionis, "k-means--", SDM 2013 (``trim``).
    .. [5] B. Fritzke, "The breathing k-means algorithm", 2020, https://arxiv.org/abs/2006.15666;
       J. A. Hartigan and M. A. Wong, "Algorithm AS 136", JRSS C 28 (1979); D. Gribel and T. Vidal,
       "HG-means", Pattern Recognition 88 (2019) (``quality``).

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

    Clusters of limited sizes, and an outlier left out:

    >>> X = np.array([[0.0], [1.0], [2.0], [3.0], [9.0], [500.0]])
    >>> KMeans(2, max_size=3, random_state=0).fit_predict(X[:5])
    array([0, 0, 0, 1, 1], dtype=int32)
    >>> KMeans(2, trim=1, random_state=0).fit(X).outliers_
    array([5])
    """

    _parameter_constraints: ClassVar[dict[str, list[object]]] = {
        **BaseKMeans._parameter_constraints,
        "copy_x": ["boolean"],
        "algorithm": [StrOptions({"lloyd", "elkan"})],
        "keep_history": ["boolean"],
        "metric": [StrOptions(METRICS.keys())],
        "min_size": [Interval(Integral, 1, None, closed="left"), None],
        "max_size": [Interval(Integral, 1, None, closed="left"), StrOptions({"balanced"}), None],
        "trim": [Interval(Real, 0, 1, closed="left"), Interval(Integral, 1, None, closed="left")],
        "quality": [StrOptions(QUALITIES.keys())],
    }

    n_iter_: int
    inertias_: tuple[float, ...]
    history_: History
    outliers_: NDArray[np.intp]
    assignment_gap_: float
    _limits: Limits | None = None

    def __init__(  # noqa: PLR0913 - scikit-learn's, and what k-means may be asked beside
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
        metric: str = "euclidean",
        min_size: int | None = None,
        max_size: int | Literal["balanced"] | None = None,
        trim: float = 0.0,
        quality: Literal["standard", "better", "best"] = "standard",
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
        self.metric = metric
        self.min_size = min_size
        self.max_size = max_size
        self.trim = trim
        self.quality = quality

    @telling(n_starts)
    def fit(
        self,
        X: Data,
        y: object = None,  # noqa: ARG002 - scikit-learn's convention
        sample_weight: ArrayLike | None = None,
        checkpoint: str | PathLike[str] | None = None,
    ) -> Self:
        """Find the clusters of X.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features), or kwise.rows
            Training data, finite. float32 stays float32; other types become float64. Rows that
            lie elsewhere (``kwise.rows``, Dask arrays and frames, polars' lazy frames, pyarrow's
            data sets) are read in parts, and give the same answer bit for bit.
        y : Ignored
            Present for scikit-learn's conventions.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights; ``None`` weighs all rows equally. An ``init`` that is an
            array or a callable does not see them.
        checkpoint : path, default=None
            For rows that lie elsewhere: a file that is written after every iteration; a fit that
            was stopped goes on from it, and ends with the same answer.

        Returns
        -------
        self : KMeans
            The fitted estimator.
        """
        with all_or_nothing(self):
            self._validate_params()
            if lies_elsewhere(X, checkpoint):
                set_fitted(self, X, sample_weight, checkpoint)
                return self
            X = self._check_training_data(X, finite=False)
            self._check_n_clusters(X)
            self._limits = check_limits(
                self.n_clusters, X.shape[0], self.min_size, self.max_size, self.trim
            )
            if self._limits is not None and self.quality != "standard":
                raise ValueError(
                    f"quality={self.quality!r} moves centers without regard to min_size, max_size "
                    "and trim; leave these out, or raise n_init instead."
                )
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
            self._descend(init, self._pack(X, weights), rng)
        return self

    def _descend(self, init: Init, packed: Dataset, rng: np.random.RandomState) -> None:
        """Run from every start, and keep the best."""
        starts, tol = self._starts(init, packed, rng), packed.variance * self.tol
        for name in ("history_", "outliers_", "assignment_gap_"):
            self.__dict__.pop(name, None)
        if self._limits is not None:
            run, inertias, self.assignment_gap_ = best_limited_run(
                packed,
                starts,
                self._limits,
                max_iter=self.max_iter,
                tol=tol,
                keep_history=self.keep_history,
            )
            if self._limits.left_out:
                self.outliers_ = np.flatnonzero(run.labels < 0)
        else:
            run, inertias = best_run(
                packed,
                starts,
                max_iter=self.max_iter,
                tol=tol,
                keep_history=self.keep_history,
                verbose=bool(self.verbose),
                tasks=StartTasks.of(self),
            )
            stop = Stopping(self.max_iter, tol)
            run = replace(QUALITIES[self.quality](packed, run, rng, stop), history=run.history)
            self._warn_of_missing_clusters(run)
        self._keep(run, inertias)

    def _check_training_data(self, X: Data, *, reset: bool = True, finite: bool = True) -> Matrix:
        """Validate X, and bring its rows into the space of the metric."""
        plain = self.metric == "euclidean"
        checked = super()._check_training_data(X, reset=reset, finite=finite or not plain)
        return METRICS[self.metric](checked)

    def _resolve_n_init(self, default: int) -> int:
        """Return the number of starts: several, too, where outliers may mislead one."""
        if self.n_init == "auto" and self._robust and self._draws_plusplus(self.init):
            return default
        return super()._resolve_n_init(default)

    @staticmethod
    def _draws_plusplus(init: Init) -> bool:
        """Tell whether first centers are drawn by k-means++."""
        return isinstance(init, str) and init == "k-means++"

    @property
    def _robust(self) -> bool:
        """Tell whether rows are left out, which starts must not lie on."""
        return self._limits is not None and self._limits.left_out > 0

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
        if self._robust and self._draws_plusplus(init):
            left_out = self._limits.left_out if self._limits is not None else 0
            for _ in range(self._n_init):
                yield robust_start(packed, self.n_clusters, left_out, rng)
            return
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
        distinct = int(np.count_nonzero(seen))
        if distinct < self.n_clusters:
            self._warn_of_fewer(distinct)

    def _warn_of_fewer(self, distinct: int) -> None:
        """Say how few clusters hold a row."""
        warnings.warn(
            f"Number of distinct clusters ({distinct}) found smaller than n_clusters "
            f"({self.n_clusters}). Possibly due to duplicate points in X.",
            ConvergenceWarning,
            stacklevel=4,
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

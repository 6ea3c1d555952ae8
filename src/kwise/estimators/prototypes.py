"""k-prototypes: k-means for tables of numbers and categories."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

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
from sklearn.utils.validation import check_is_fitted, validate_data

from kwise._callbacks import CallbackSupportMixin, Told, telling
from kwise._documentation import Documented
from kwise._inputs import check_weights, readable
from kwise._random_state import random_stream
from kwise.estimators._base import all_or_nothing
from kwise.estimators._mixed_space import MixedSpace
from kwise.estimators._mixed_table import (
    Column,
    category_places,
    is_mixed,
    split_columns,
)
from kwise.estimators._onnx import OnnxPrototypes
from kwise.estimators._prototypes import MixedProblem, PrototypeRun, best_prototypes
from kwise.estimators._weighing import (
    ColumnShare,
    GammaEffect,
    chosen_gamma,
    column_shares,
    gamma_words,
)
from kwise.types import Floats, RandomState

__all__ = ["KPrototypes"]


class KPrototypes(
    OnnxPrototypes,
    Documented,
    CallbackSupportMixin,  # type: ignore[misc]
    ClassNamePrefixFeaturesOutMixin,  # type: ignore[misc] # scikit-learn has no types
    TransformerMixin,  # type: ignore[misc]
    ClusterMixin,  # type: ignore[misc]
    BaseEstimator,  # type: ignore[misc]
):
    """k-prototypes: clusters of rows that hold numbers and categories.

    A prototype has the mean of each column of numbers and the most frequent category (mode) of
    each other column. A row's dissimilarity to it is the sum of squared differences of the
    numbers, plus ``gamma`` for every category that differs. With numbers alone this is k-means,
    with categories alone k-modes.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters, in [1, n_samples].
    categorical : "auto" or sequence of str or int, default="auto"
        Columns of categories, by name or place from 0. "auto" takes those that hold words or
        truth values; of an array of numbers, none.
    gamma : "auto", "huang" or float, default="auto"
        What a category that differs costs. "auto" is the mean variance of the numbers over
        the mean chance that two rows differ in a category [3]_, so that a column of either kind
        weighs about the same; "huang" is half the mean standard deviation of the numbers, as in
        the package kmodes. See ``gamma_``, ``weighing`` and ``try_gammas``.
    metric : {"huang", "gower"}, default="huang"
        "gower" divides each column of numbers by its range, so that no column counts more than 1
        in a comparison of two rows, and ``gamma="auto"`` is 1: like Gower's, with squares.
    missing : {"category", "ignore", "error"}, default="category"
        Missing categories are one of their own, agree with all, or are refused. Missing numbers
        are refused.
    n_init : int, default=10
        Number of starts (k-means++ on mixed rows); the one with the lowest cost is kept.
    max_iter : int, default=100
        Largest number of iterations of one run.
    random_state : int, RandomState instance or None, default=None
        Determines the starts; an int gives the same answer every time, on any number of threads.

    Attributes
    ----------
    labels_ : ndarray of shape (n_samples,), int32
        Index of the nearest prototype of each row.
    cluster_centers_ : ndarray of shape (n_clusters, n_features)
        Prototypes, a mean or a mode a column, in X's order; of floats where X has numbers alone.
    cost_ : float
        Weighted sum of dissimilarities to the prototypes; lower is better.
    inertia_ : float
        The same, under the name that all k-means share.
    costs_ : tuple of float
        Cost of every start, in order.
    gamma_ : float
        What a category that differs costs.
    column_shares_ : tuple of ColumnShare
        How much of what the clusters explain each column holds: what decides them.
    profiles_ : dict of str to ndarray of shape (n_clusters, n_categories)
        For each column of categories, the share of each category in each cluster, in the order
        of ``categories_``.
    categories_ : dict of str to tuple
        The categories of each such column; None stands for missing.
    n_iter_ : int
        Iterations of the best run.
    n_features_in_ : int
        Number of columns seen in ``fit``.
    feature_names_in_ : ndarray of shape (n_features,)
        Their names, where X has any.

    See Also
    --------
    KMeans : For numbers alone, many times faster per iteration.
    kwise.analyze : ``categories="mixed"`` for a table with k chosen, and a page.

    Notes
    -----
    One iteration costs O(n_samples * n_clusters * n_features). A start is the best of eight short
    runs over at most 4,000 rows (20 a cluster where that is more); where assigning and updating
    stop, single rows move as long as that lowers the cost. Categories that ``fit`` did not
    see differ from every mode.

    References
    ----------
    .. [1] Z. Huang, "Extensions to the k-means algorithm for clustering large data sets with
       categorical values", Data Mining and Knowledge Discovery 2 (1998).
    .. [2] J. C. Gower, "A general coefficient of similarity and some of its properties",
       Biometrics 27 (1971).
    .. [3] G. Szepannek, "clustMixType: user-friendly clustering of mixed-type data in R", The R
       Journal 10 (2018).

    Examples
    --------
    >>> from kwise import KPrototypes
    >>> rows = [[1.0, "cat"], [1.2, "cat"], [0.9, "cat"], [1.1, "dog"], [9.0, "dog"], [9.3, "dog"]]
    >>> model = KPrototypes(n_clusters=2, random_state=0).fit(rows)
    >>> model.labels_
    array([0, 0, 0, 0, 1, 1], dtype=int32)
    >>> model.cluster_centers_[:, 1].tolist(), model.profiles_["column 2"].tolist()
    (['cat', 'dog'], [[0.75, 0.25], [0.0, 1.0]])
    """

    _parameter_constraints: ClassVar[dict[str, list[object]]] = {
        "n_clusters": [Interval(Integral, 1, None, closed="left")],
        "categorical": [StrOptions({"auto"}), "array-like"],
        "gamma": [StrOptions({"auto", "huang"}), Interval(Real, 0, None, closed="left")],
        "metric": [StrOptions({"huang", "gower"})],
        "missing": [StrOptions({"category", "ignore", "error"})],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    labels_: NDArray[np.int32]
    cluster_centers_: NDArray[Any]
    cost_: float
    inertia_: float
    costs_: tuple[float, ...]
    gamma_: float
    column_shares_: tuple[ColumnShare, ...]
    profiles_: dict[str, Floats]
    categories_: dict[str, tuple[object, ...]]
    n_iter_: int

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        categorical: Literal["auto"] | Sequence[str | int] = "auto",
        gamma: float | Literal["auto", "huang"] = "auto",
        metric: Literal["huang", "gower"] = "huang",
        missing: Literal["category", "ignore", "error"] = "category",
        n_init: int = 10,
        max_iter: int = 100,
        random_state: RandomState = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.categorical = categorical
        self.gamma = gamma
        self.metric = metric
        self.missing = missing
        self.n_init = n_init
        self.max_iter = max_iter
        self.random_state = random_state

    @telling(lambda model: model.n_init)
    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def fit(
        self,
        X: Any,
        y: object = None,  # noqa: ARG002 - scikit-learn's convention
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Find the clusters of X.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows of numbers and categories.
        y : Ignored
            Present for scikit-learn's conventions.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights; ``None`` weighs all rows equally.

        Returns
        -------
        self : KPrototypes
            The fitted estimator.
        """
        with all_or_nothing(self):
            problem = self._learn(self._columns(X, reset=True), sample_weight)
            rng, told = random_stream(self.random_state), Told.of(self)
            run, self.costs_ = best_prototypes(
                problem, self.n_clusters, self.n_init, self.max_iter, rng=rng, fit=told
            )
            self._keep(problem, run)
        return self

    def predict(self, X: Any) -> NDArray[np.int32]:
        """Return the nearest prototype of every row.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            New rows, with the columns of the training data.

        Returns
        -------
        labels : ndarray of shape (n_samples,), int32
            Index of the nearest prototype, the lowest of equally near ones.
        """
        return self._problem(X).step(self._means, self._modes).labels

    def transform(self, X: Any) -> Floats:
        """Return the dissimilarity of every row to every prototype.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            New rows.

        Returns
        -------
        X_new : ndarray of shape (n_samples, n_clusters)
            Squared differences of the numbers plus ``gamma_`` for each category that differs.
        """
        problem = self._problem(X)
        each = zip(self._means[:, None], self._modes[:, None])
        return np.column_stack([problem.step(means, modes).nearest for means, modes in each])

    def score(
        self,
        X: Any,
        y: object = None,  # noqa: ARG002 - scikit-learn's convention
        sample_weight: ArrayLike | None = None,
    ) -> float:
        """Return minus the cost of X: higher is better, at most 0.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            New rows.
        y : Ignored
            Present for scikit-learn's conventions.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights; ``None`` weighs all rows equally.

        Returns
        -------
        score : float
            Minus the weighted sum of dissimilarities to the nearest prototypes.
        """
        nearest = self._problem(X).step(self._means, self._modes).nearest
        weights = check_weights(sample_weight, nearest, dtype=np.float64)
        return -float(nearest.sum() if weights is None else nearest @ weights)

    def weighing(self) -> str:
        """Say what a category weighs beside the numbers.

        Returns
        -------
        str
            A sentence for ``gamma_``, in units of each column, and one for what decides clusters.
        """
        check_is_fitted(self, "_means")
        spreads = dict(zip(self._space.numeric, self._spreads.tolist()))
        return gamma_words(self.gamma_, spreads, self.column_shares_)

    def try_gammas(
        self, X: Any, factors: Sequence[float] = (0.25, 0.5, 1.0, 2.0, 4.0)
    ) -> tuple[GammaEffect, ...]:
        """Cluster again with other gammas: what the answer owes to this one.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            The training data.
        factors : sequence of float, default=(0.25, 0.5, 1, 2, 4)
            What ``gamma_`` is multiplied with.

        Returns
        -------
        tuple of GammaEffect
            One a factor: gamma, the share of the categories in what clusters explain, and the
            agreement (adjusted Rand index) with the fitted labels.
        """
        from sklearn.base import clone
        from sklearn.metrics import adjusted_rand_score

        check_is_fitted(self, "_means")
        found = []
        for factor in factors:
            again = clone(self).set_params(gamma=self.gamma_ * factor).fit(X)
            share = sum(each.share for each in again.column_shares_ if each.is_category)
            alike = float(adjusted_rand_score(self.labels_, again.labels_))
            found.append(GammaEffect(again.gamma_, share, alike))
        return tuple(found)

    def _columns(self, X: Any, *, reset: bool) -> list[Column]:
        """Return X's columns, checked as scikit-learn checks, as far as it can."""
        if sparse.issparse(X):
            raise TypeError(
                "Sparse data was passed, but KPrototypes takes dense rows; pass X.toarray(), or "
                "numbers alone to KMeans."
            )
        if not is_mixed(X):
            with readable(X, "X"):
                return list(validate_data(self, X, dtype=np.float64, reset=reset).T)
        columns, _ = split_columns(X)
        if not columns or not len(columns[0]):
            raise ValueError(
                f"Found array with {0 if columns else 1} sample(s) or 0 feature(s); a minimum of "
                "1 is required."
            )
        validate_data(self, X, skip_check_array=True, reset=reset)
        return columns

    def _names(self) -> list[str]:
        """Return the names of the columns, or "column 1" and so on."""
        if hasattr(self, "feature_names_in_"):
            return [str(name) for name in self.feature_names_in_]
        return [f"column {j + 1}" for j in range(self.n_features_in_)]

    def _learn(self, columns: list[Column], sample_weight: ArrayLike | None) -> MixedProblem:
        """Learn the space of the rows and gamma; return the problem that they make."""
        if (n := len(columns[0])) < self.n_clusters:
            raise ValueError(f"n_samples={n} should be >= n_clusters={self.n_clusters}.")
        names = self._names()
        weights = check_weights(sample_weight, columns[0], dtype=np.float64)
        self._space = MixedSpace.learn(
            columns,
            names,
            category_places(self.categorical, columns, names),
            missing=self.missing,
            by_range=self.metric == "gower",
            weights=weights,
        )
        table = self._space.table(columns)
        self.gamma_ = chosen_gamma(self.gamma, self.metric, table, weights)
        return MixedProblem(table, weights, self.gamma_, self._space.firsts)

    def _problem(self, X: Any) -> MixedProblem:
        """Return new rows as the engine takes them."""
        check_is_fitted(self, "_means")
        self._space.check_unchanged(self.cluster_centers_, self._means, self._modes)
        table = self._space.table(self._columns(X, reset=False))
        return MixedProblem(table, None, self.gamma_, self._space.firsts)

    def _keep(self, problem: MixedProblem, run: PrototypeRun) -> None:
        """Set the fitted attributes."""
        space = self._space
        self._spreads = problem.table.numbers.std(axis=0) * space.scale
        self._means, self._modes = run.means, run.modes
        self.labels_, self.n_iter_ = run.labels, run.n_iter
        self.cost_ = self.inertia_ = run.cost
        self.categories_ = space.categories
        totals = np.where(run.masses > 0, run.masses, 1.0)[:, None]
        parts = np.split(run.counts[: problem.n_levels], space.firsts[1:-1])
        self.profiles_ = {name: part.T / totals for name, part in zip(self.categories_, parts)}
        self.cluster_centers_ = space.prototypes(run.means, run.modes)
        self.column_shares_ = column_shares(problem, run, space.numeric, list(self.categories_))

    @property
    def _n_features_out(self) -> int:
        """Return the number of columns that ``transform`` makes."""
        return self.n_clusters

    def __sklearn_tags__(self) -> Tags:
        """Say that words are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags

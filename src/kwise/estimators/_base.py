"""What every k-means estimator shares: checks, first centers, and all that centers alone decide."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from numbers import Integral, Real
from typing import ClassVar, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn import get_config
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    TransformerMixin,
)
from sklearn.utils import Tags, check_array
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import _is_arraylike_not_scalar, check_is_fitted, validate_data

from kwise._callbacks import CallbackSupportMixin
from kwise._core.columns import Matrix
from kwise._core.dataset import Dataset, pack
from kwise._core.units import in_unit
from kwise._documentation import Documented
from kwise._inputs import (
    check_n_clusters,
    check_weights,
    has_finite_sum,
    is_float_matrix,
    readable,
)
from kwise._memory import refuse_large_centers
from kwise._sparse import summed
from kwise.estimators._assign import assign, assign_inertia, distances
from kwise.estimators._centers import centers_for, plain_centers
from kwise.estimators._parameters import serves
from kwise.estimators._reading import (
    check_columns,
    check_weight_array,
    predict_rows,
    score_rows,
    transform_rows,
)
from kwise.init import CAREFUL, INITIALIZERS, AnyStart, Start
from kwise.row_sources import Rows, as_rows, is_elsewhere
from kwise.types import RandomState

Init: TypeAlias = "str | ArrayLike | Callable[..., ArrayLike]"
Data: TypeAlias = "ArrayLike | sparse.spmatrix | sparse.sparray"


class BaseKMeans(
    Documented,
    CallbackSupportMixin,  # type: ignore[misc]
    ClassNamePrefixFeaturesOutMixin,  # type: ignore[misc] # scikit-learn has no types
    TransformerMixin,  # type: ignore[misc]
    ClusterMixin,  # type: ignore[misc]
    BaseEstimator,  # type: ignore[misc]
):
    """Checks, first centers, predict, transform and score of the k-means estimators."""

    _parameter_constraints: ClassVar[dict[str, list[object]]] = {
        "n_clusters": [Interval(Integral, 1, None, closed="left")],
        "init": [StrOptions(INITIALIZERS.keys()), callable, "array-like"],
        "n_init": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "verbose": ["verbose"],
        "random_state": ["random_state"],
    }

    n_clusters: int
    init: Init
    n_init: int | str
    max_iter: int
    tol: float
    verbose: int | bool
    random_state: RandomState
    cluster_centers_: NDArray[np.floating]
    labels_: NDArray[np.int32]
    inertia_: float

    def _validate_params(self) -> None:
        """Check the parameters as scikit-learn does, in whose words errors come."""
        if get_config()["skip_parameter_validation"]:
            return
        kind = type(self)
        for name in kind._parameter_constraints:
            value = getattr(self, name)
            if name == "n_clusters" and isinstance(value, bool):
                check_n_clusters(value)
            if not serves(kind, name, value):
                super()._validate_params()

    def _check_training_data(self, X: Data, *, reset: bool = True, finite: bool = True) -> Matrix:
        """Validate X for fit: two-dimensional, finite, float32 or float64, dense or CSR.

        Values that are not finite may go unseen if not ``finite``: for who sees them later.
        """
        if isinstance(X, np.ndarray) and self._is_plain(X, reset, finite):
            self.n_features_in_ = X.shape[1]
            return X
        with readable(X, "X"):
            checked: Matrix = validate_data(
                self,
                X,
                accept_sparse="csr",
                dtype=[np.float64, np.float32],
                reset=reset,
            )
        return summed(checked) if sparse.issparse(checked) else checked

    def _is_plain(self, X: NDArray[np.generic], reset: bool, finite: bool) -> bool:
        """Tell whether scikit-learn's checks, which take a while, would return X as it is."""
        if not is_float_matrix(X) or hasattr(self, "feature_names_in_"):
            return False
        if not reset and X.shape[1] != getattr(self, "n_features_in_", X.shape[1]):
            return False
        # One column NumPy sums in its own way, which must not meet values that are not finite.
        return (not finite and X.shape[1] > 1) or has_finite_sum(X)

    def _check_n_clusters(self, X: Matrix) -> None:
        """Refuse more clusters than rows, and centers for which there is no memory."""
        if X.shape[0] < self.n_clusters:
            raise ValueError(f"n_samples={X.shape[0]} should be >= n_clusters={self.n_clusters}.")
        refuse_large_centers(self.n_clusters, X.shape[1])

    def _resolve_n_init(self, default: int) -> int:
        """Return the number of starts; an array allows one only."""
        is_array = _is_arraylike_not_scalar(self.init)
        if self.n_init == "auto":
            return 1 if is_array or self.init in CAREFUL else default
        if is_array and self.n_init != 1:
            warnings.warn(
                "Explicit initial center position passed: performing only one init in "
                f"{type(self).__name__} instead of n_init={self.n_init}.",
                RuntimeWarning,
                stacklevel=3,
            )
            return 1
        return int(self.n_init)

    def _check_init(self, X: Matrix) -> Init:
        """Return ``init``; an array is copied in X's type and its shape is checked."""
        if not _is_arraylike_not_scalar(self.init):
            return self.init
        init = self.init
        if is_float_matrix(init) and init.dtype == X.dtype and has_finite_sum(init):
            centers = init.copy(order="C")
        else:
            with readable(init, "init"):
                centers = check_array(init, dtype=X.dtype, copy=True, order="C")
        check_center_shape(X, centers, self.n_clusters)
        start: NDArray[np.floating] = centers
        return start

    def _init_centroids(
        self,
        X: Matrix,
        x_squared_norms: ArrayLike | None = None,  # noqa: ARG002
        init: Init = "k-means++",
        random_state: np.random.RandomState | None = None,
        sample_weight: ArrayLike | None = None,
        init_size: int | None = None,
        n_centroids: int | None = None,
    ) -> NDArray[np.floating]:
        """Choose first centers on X as it is, or on ``init_size`` rows of it."""
        rng = np.random.RandomState() if random_state is None else random_state
        weights = check_weights(sample_weight, X)
        if init_size is not None and init_size < X.shape[0]:
            rows = rng.randint(0, X.shape[0], init_size)
            X, weights = X[rows], None if weights is None else weights[rows]
        n_clusters = self.n_clusters if n_centroids is None else n_centroids
        packed = pack(X, weights, center=False)
        return packed.unshifted(choose_start(init, packed, n_clusters, rng).centers)

    def fit(self, X: Data, y: object = None, sample_weight: ArrayLike | None = None) -> Self:
        """Find the clusters of X."""
        raise NotImplementedError

    def fit_predict(
        self,
        X: Data,
        y: object = None,  # noqa: ARG002 - scikit-learn's convention
        sample_weight: ArrayLike | None = None,
    ) -> NDArray[np.int32]:
        """Fit, and return the label of every row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Training data.
        y : Ignored
            Present for scikit-learn's conventions.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights; ``None`` weighs all rows equally.

        Returns
        -------
        labels : ndarray of shape (n_samples,), int32
            Index of the cluster of each row.
        """
        return self.fit(X, sample_weight=sample_weight).labels_

    def predict(self, X: Data) -> NDArray[np.int32]:
        """Return the nearest center of every row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            New data, of any float type whatever the type of the training data.

        Returns
        -------
        labels : ndarray of shape (n_samples,), int32
            Index of the nearest center, the lowest of equally near ones.
        """
        self._check_is_fitted()
        if type(X) is not np.ndarray and is_elsewhere(X):
            return predict_rows(*self._elsewhere(X))  # type: ignore[no-any-return]
        rows = self._check_test_data(X, finite=False)
        labels, finite = assign(rows, centers_for(self, rows, finite=False))
        if not finite:
            self._refuse_what_is_not_finite(X)
        return labels

    def transform(self, X: Data) -> NDArray[np.floating]:
        """Return the distance from every row to every center.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            New data.

        Returns
        -------
        X_new : ndarray of shape (n_samples, n_clusters)
            Euclidean distances, in units of X.
        """
        self._check_is_fitted()
        if type(X) is not np.ndarray and is_elsewhere(X):
            return transform_rows(*self._elsewhere(X))  # type: ignore[no-any-return]
        return self._distances(X)

    def fit_transform(
        self,
        X: Data,
        y: object = None,  # noqa: ARG002 - scikit-learn's convention
        sample_weight: ArrayLike | None = None,
    ) -> NDArray[np.floating]:
        """Fit, and return the distance from every row to every center.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Training data.
        y : Ignored
            Present for scikit-learn's conventions.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights; ``None`` weighs all rows equally.

        Returns
        -------
        X_new : ndarray of shape (n_samples, n_clusters)
            Euclidean distances, in units of X.
        """
        return self.fit(X, sample_weight=sample_weight).transform(X)

    def score(
        self,
        X: Data,
        y: object = None,  # noqa: ARG002 - scikit-learn's convention
        sample_weight: ArrayLike | None = None,
    ) -> float:
        """Return minus the inertia of X: higher is better, at most 0.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            New data.
        y : Ignored
            Present for scikit-learn's conventions.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights; ``None`` weighs all rows equally.

        Returns
        -------
        score : float
            Minus the weighted sum of squared distances to the nearest centers.
        """
        self._check_is_fitted()
        if type(X) is not np.ndarray and is_elsewhere(X):
            rows, centers = self._elsewhere(X)
            return score_rows(rows, centers, check_weight_array(sample_weight, rows))
        X = self._check_test_data(X)
        weights = check_weights(sample_weight, X)
        inertia = assign_inertia(X, centers_for(self, X), weights)[1]
        if not np.isfinite(inertia):
            blamed = "X" if weights is None else "X or sample_weight"
            raise ValueError(
                f"The inertia overflows float64: the values of {blamed} are too large. Divide them "
                "by a constant."
            )
        return -inertia

    def _elsewhere(self, X: object) -> tuple[Rows, NDArray[np.floating]]:
        """Return rows that lie elsewhere, and the centers, after checking that they fit."""
        rows, centers = as_rows(X), plain_centers(self.cluster_centers_)
        if getattr(self, "metric", "euclidean") != "euclidean":
            raise ValueError(f"metric={getattr(self, 'metric', None)!r} wants rows in memory.")
        check_columns(rows, centers, self)
        return rows, centers

    def _check_test_data(self, X: Data, *, finite: bool = True) -> Matrix:
        """Validate X against the features seen in fit."""
        return self._check_training_data(X, reset=False, finite=finite)

    def _distances(self, X: Data) -> NDArray[np.floating]:
        """Return the distances to all centers; only where they tell of it, refuse values."""
        rows = self._check_test_data(X, finite=False)
        found, finite = distances(rows, centers_for(self, rows, finite=False))
        if not finite:
            self._refuse_what_is_not_finite(X)
        return found

    def _refuse_what_is_not_finite(self, X: Data) -> None:
        """Look at every value, as checks before the work would have; of large ones all are well."""
        centers_for(self, self._check_test_data(X))

    def _check_is_fitted(self) -> None:
        """Do as ``check_is_fitted``, which takes a while to say yes."""
        if "cluster_centers_" not in vars(self):
            check_is_fitted(self)

    @property
    def _n_features_out(self) -> int:
        """Return the number of columns that ``transform`` makes."""
        return len(self.cluster_centers_)

    def __sklearn_tags__(self) -> Tags:
        """Say that sparse data are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def choose_start(
    init: Init, packed: Dataset, n_clusters: int, rng: np.random.RandomState
) -> AnyStart:
    """Return first centers, in packed coordinates, as ``init`` says."""
    if isinstance(init, str):
        return INITIALIZERS[init](packed, n_clusters, rng)
    if callable(init):
        chosen = init(packed.centered(), n_clusters, random_state=rng)
        with readable(chosen, "init"):
            centers = check_array(chosen, dtype=packed.X.dtype, order="C")
        check_center_shape(packed.X, centers, n_clusters)
        return Start(np.array(in_unit(centers, packed.exponent)))
    return Start(packed.held(np.asarray(init, packed.X.dtype)))


def check_center_shape(X: Matrix, centers: NDArray[np.floating], n_clusters: int) -> None:
    """Raise unless there are ``n_clusters`` centers with X's number of features."""
    found = f"The shape of the initial centers {centers.shape} does not match the number of"
    if centers.shape[0] != n_clusters:
        raise ValueError(f"{found} clusters {n_clusters}.")
    if centers.shape[1] != X.shape[1]:
        raise ValueError(f"{found} features of the data {X.shape[1]}.")


@contextmanager
def all_or_nothing(estimator: BaseEstimator) -> Iterator[None]:
    """Leave the estimator as it was if fitting fails or is interrupted."""
    before = estimator.__dict__.copy()
    try:
        yield
    except BaseException:
        estimator.__dict__ = before
        raise

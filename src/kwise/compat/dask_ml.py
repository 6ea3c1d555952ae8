"""``dask_ml.cluster.KMeans`` on kwise's engine: change the import, keep the code.

Labels and distances are Dask arrays, as dask_ml's are, whatever the rows are; the answer does not
depend on the chunks, and the inertia is the sum of squared distances.
"""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils._param_validation import Interval, StrOptions

from kwise._optional import require
from kwise.estimators import KMeans as _KMeans
from kwise.row_sources import is_elsewhere, rows
from kwise.types import RandomState

__all__ = ["DaskKMeans", "KMeans"]


class DaskKMeans(_KMeans):
    """k-means with the parameters and attributes of ``dask_ml.cluster.KMeans``.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters.
    init : {"k-means||", "k-means++", "random", "sample"} or array-like, default="k-means||"
        How first centers are chosen; see ``kwise.KMeans``.
    oversampling_factor : float, default=2
        Candidates of k-means|| expected in a round, by ``n_clusters``.
    max_iter : int, default=300
        Largest number of iterations.
    tol : float, default=1e-4
        As in ``kwise.KMeans``.
    precompute_distances : object, default="auto"
        Accepted and ignored.
    random_state : int, RandomState instance or None, default=None
        Determines the first centers.
    copy_x : bool, default=True
        Accepted: X is never modified.
    n_jobs : int, default=1
        Accepted and ignored: workers use the threads that they have.
    algorithm : {"full", "lloyd", "elkan"}, default="full"
        Accepted: the answer is the same.
    init_max_iter : int or None, default=None
        Rounds of k-means||; None is 5.
    n_init : "auto" or int, default="auto"
        Number of starts.

    Attributes
    ----------
    cluster_centers_, labels_, inertia_, n_iter_, n_features_in_
        As in ``kwise.KMeans``; ``labels_`` is a Dask array.

    Examples
    --------
    >>> from kwise.compat.dask_ml import KMeans
    >>> import numpy as np
    >>> X = np.array([[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]], dtype=float)
    >>> KMeans(2, random_state=0).fit(X).inertia_
    16.0
    """

    _parameter_constraints: ClassVar[dict[str, list[object]]] = {
        **{
            name: _KMeans._parameter_constraints[name]
            for name in ("n_clusters", "init", "n_init", "max_iter", "tol", "random_state")
        },
        "oversampling_factor": [Interval(Real, 0, None, closed="neither")],
        "precompute_distances": [object],
        "copy_x": ["boolean"],
        "n_jobs": [object],
        "algorithm": [StrOptions({"full", "lloyd", "elkan", "auto"})],
        "init_max_iter": [Interval(Integral, 0, None, closed="left"), None],
    }
    # What dask_ml's has no parameter for.
    verbose = 0
    keep_history = False
    metric: Any = "euclidean"
    min_size = max_size = None
    trim = 0.0
    quality: Any = "standard"

    def __init__(  # noqa: PLR0913, PLR0917 - dask_ml's parameters
        self,
        n_clusters: int = 8,
        init: str | ArrayLike = "k-means||",
        oversampling_factor: float = 2,
        max_iter: int = 300,
        tol: float = 0.0001,
        precompute_distances: object = "auto",
        random_state: RandomState = None,
        copy_x: bool = True,
        n_jobs: int = 1,
        algorithm: Any = "full",
        init_max_iter: int | None = None,
        n_init: int | Literal["auto"] = "auto",
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.oversampling_factor = oversampling_factor
        self.max_iter = max_iter
        self.tol = tol
        self.precompute_distances = precompute_distances
        self.random_state = random_state
        self.copy_x = copy_x
        self.n_jobs = n_jobs
        self.algorithm = algorithm
        self.init_max_iter = init_max_iter
        self.n_init = n_init

    def fit(
        self, X: Any, y: object = None, sample_weight: Any = None, checkpoint: Any = None
    ) -> Self:
        """Find the clusters of X: an array of NumPy or Dask, or a frame.

        Parameters
        ----------
        X : array-like or Dask collection of shape (n_samples, n_features)
            Training data.
        y : Ignored
            Present for scikit-learn's conventions.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights.
        checkpoint : path, default=None
            As in ``kwise.KMeans.fit``.

        Returns
        -------
        self : DaskKMeans
            The fitted estimator.
        """
        if not is_elsewhere(X):
            X = rows(np.asarray(self._check_training_data(X)))
        super().fit(X, y, sample_weight, checkpoint)
        self.labels_ = _in_chunks(self.labels_)
        return self

    def predict(self, X: Any) -> Any:
        """Return the number of the cluster of each row.

        Parameters
        ----------
        X : array-like or Dask collection of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        labels : Dask array of shape (n_samples,)
            Computed when it is asked for, where X is of Dask.
        """
        return _in_chunks(super().predict(X))

    def transform(self, X: Any) -> Any:
        """Return the distances of each row to the centers.

        Parameters
        ----------
        X : array-like or Dask collection of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        distances : Dask array of shape (n_samples, n_clusters)
            Computed when it is asked for, where X is of Dask.
        """
        return _in_chunks(super().transform(X))

    @property
    def _seeding_options(self) -> dict[str, object]:
        """What k-means|| is told."""
        options: dict[str, object] = {"oversampling": float(self.oversampling_factor)}
        if self.init_max_iter is not None:
            options["rounds"] = int(self.init_max_iter)
        return options


def _in_chunks(found: Any) -> Any:
    """Return an array as one of Dask."""
    if not isinstance(found, np.ndarray):
        return found
    return require("dask.array", extra="dask").from_array(found)


KMeans = DaskKMeans

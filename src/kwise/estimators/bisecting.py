"""Bisecting k-means: clusters split in two until there are enough."""

from __future__ import annotations

import math
import warnings
from functools import partial
from numbers import Integral
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import _fit_context
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import Tags, check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from kwise._callbacks import task_ended, task_of, telling
from kwise._core.dataset import pack
from kwise._inputs import check_labels, check_weights
from kwise.estimators._base import (
    BaseKMeans,
    Data,
    Init,
    all_or_nothing,
)
from kwise.estimators._onnx import OnnxTree
from kwise.estimators._split_tree import Node, SplitTree, as_arrays
from kwise.estimators._splitter import Splitter
from kwise.init import INITIALIZERS
from kwise.types import RandomState


class BisectingKMeans(OnnxTree, BaseKMeans):
    """Bisecting k-means clustering, with scikit-learn's parameters, attributes and answers.

    All rows start in one cluster; the cluster with the highest inertia (or the most rows)
    is split in two by k-means until there are ``n_clusters``. The tree of splits is kept and
    can be cut at any smaller number of clusters.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters, in [1, n_samples].
    init : {"k-means++", "random"} or callable, default="random"
        How the two centers of a split are chosen; see ``KMeans``.
    n_init : int, default=1
        Starts of each split; the one with the lowest inertia is kept.
    random_state : int, RandomState instance or None, default=None
        Determines the first centers; an int gives the same answer every time.
    max_iter : int, default=300
        Largest number of iterations of one split.
    verbose : int, default=0
        Print every split if not 0.
    tol : float, default=1e-4
        A split also stops when the squared movement of its two centers is at most ``tol``,
        or ``tol`` times the mean of the columns' variances where that is less than 1.
    copy_x : bool, default=True
        Accepted for compatibility: X is never modified, whatever it says.
    algorithm : {"lloyd", "elkan"}, default="lloyd"
        Accepted for compatibility: the answer is the same.
    bisecting_strategy : {"biggest_inertia", "largest_cluster"}, default="biggest_inertia"
        Which cluster is split next: that with the highest inertia or with the most rows.

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_features)
        Means of the clusters, in X's float type.
    labels_ : ndarray of shape (n_samples,), int32
        Index of the cluster of each row.
    inertia_ : float
        Weighted sum of squared distances to the clusters' centers; lower is better.
    children_ : ndarray of shape (n_clusters - 1, 2)
        The tree, as in ``sklearn.cluster.AgglomerativeClustering``: node c < n_clusters is
        cluster c, node n_clusters + m joins the two nodes ``children_[m]``. The last split
        comes first, the root last.
    node_inertias_ : ndarray of shape (2 * n_clusters - 1,)
        Inertia of every node about its own center: the heights of a dendrogram.
    node_counts_ : ndarray of shape (2 * n_clusters - 1,)
        Number of training rows in every node.
    n_features_in_ : int
        Number of features seen in ``fit``.
    feature_names_in_ : ndarray of shape (n_features,)
        Their names, where X has any.

    See Also
    --------
    KMeans : All clusters at once.

    Notes
    -----
    A split costs a k-means with two clusters on the rows of one cluster: with balanced
    splits O(n_samples * n_features * log(n_clusters)) an iteration in all.

    References
    ----------
    .. [1] M. Steinbach, G. Karypis and V. Kumar, "A comparison of document clustering
       techniques", KDD Workshop on Text Mining, 2000.

    Examples
    --------
    >>> from kwise import BisectingKMeans
    >>> import numpy as np
    >>> X = np.array([[1, 1], [10, 1], [3, 1], [10, 0], [2, 1], [10, 2], [10, 8], [10, 9]])
    >>> model = BisectingKMeans(n_clusters=3, random_state=0).fit(X)
    >>> model.labels_
    array([0, 2, 0, 2, 0, 2, 1, 1], dtype=int32)
    >>> model.cut(2)
    array([0, 1, 0, 1, 0, 1, 1, 1], dtype=int32)
    """

    _parameter_constraints: ClassVar[dict[str, list[object]]] = {
        **BaseKMeans._parameter_constraints,
        "init": [StrOptions(INITIALIZERS.keys()), callable],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "copy_x": ["boolean"],
        "algorithm": [StrOptions({"lloyd", "elkan"})],
        "bisecting_strategy": [StrOptions({"biggest_inertia", "largest_cluster"})],
    }

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        init: Init = "random",
        n_init: int = 1,
        random_state: RandomState = None,
        max_iter: int = 300,
        verbose: int | bool = 0,
        tol: float = 1e-4,
        copy_x: bool = True,
        algorithm: Literal["lloyd", "elkan"] = "lloyd",
        bisecting_strategy: Literal["biggest_inertia", "largest_cluster"] = "biggest_inertia",
    ) -> None:
        self.n_clusters = n_clusters
        self.init = init
        self.n_init = n_init
        self.random_state = random_state
        self.max_iter = max_iter
        self.verbose = verbose
        self.tol = tol
        self.copy_x = copy_x
        self.algorithm = algorithm
        self.bisecting_strategy = bisecting_strategy

    @telling(lambda bisecting: bisecting.n_clusters - 1)
    @_fit_context(prefer_skip_nested_validation=True)  # type: ignore[untyped-decorator]
    def fit(
        self,
        X: Data,
        y: object = None,  # noqa: ARG002 - scikit-learn's convention
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Find the clusters of X by splitting.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Training data, finite. float32 stays float32; other types become float64.
        y : Ignored
            Present for scikit-learn's conventions.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights; ``None`` weighs all rows equally.

        Returns
        -------
        self : BisectingKMeans
            The fitted estimator.
        """
        with all_or_nothing(self):
            X = self._check_training_data(X)
            self._check_n_clusters(X)
            self._n_init = int(self.n_init)
            packed = pack(X, check_weights(sample_weight, X))
            splitter = Splitter(
                packed,
                self.init,
                self._n_init,
                self.max_iter,
                self.tol * min(math.ldexp(1.0, -2 * max(packed.exponent, 0)), packed.variance),
                self.bisecting_strategy == "biggest_inertia",
                check_random_state(self.random_state),
                verbose=bool(self.verbose),
            )
            ended = partial(task_ended, self, task_of(self), "split")
            self._keep(splitter.grow(self.n_clusters, ended), X.shape[0])
        return self

    def predict(self, X: Data) -> NDArray[np.int32]:
        """Return the cluster that each row reaches down the tree of splits.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            New data, of any float type whatever the type of the training data.

        Returns
        -------
        labels : ndarray of shape (n_samples,), int32
            At every split the row goes to the side whose center is nearer.
        """
        check_is_fitted(self, "_tree")  # centers alone, set by hand, are no tree
        return self._tree.descend(self._check_test_data(X))

    def cut(self, n_clusters: int, labels: NDArray[np.int32] | None = None) -> NDArray[np.int32]:
        """Return labels for fewer clusters, as if fitting had stopped earlier.

        Parameters
        ----------
        n_clusters : int
            Number of clusters, in [1, the fitted number].
        labels : ndarray of shape (n_samples,), default=None
            What ``predict`` returned for other rows; ``None`` takes the training rows.

        Returns
        -------
        labels : ndarray of shape (n_samples,), int32
            Index of the cluster of each row, in [0, n_clusters).

        Raises
        ------
        ValueError
            If the tree has fewer clusters.
        """
        check_is_fitted(self, "_tree")
        groups = self._tree.cut(n_clusters)
        if labels is None:
            return groups[self.labels_]
        known = check_labels(labels)
        if known.dtype.kind not in "iu" or not np.isin(known, np.arange(len(groups))).all():
            raise ValueError(
                f"labels are not those of predict: whole numbers from 0 to {len(groups) - 1}."
            )
        return groups[known.astype(np.intp)]

    def _keep(self, root: Node, n_samples: int) -> None:
        """Set the fitted attributes."""
        self._tree: SplitTree = as_arrays(root)
        n_clusters = self._tree.n_leaves  # fewer than asked for where a callback ended the splits
        self.labels_ = np.empty(n_samples, np.int32)
        for c, leaf in enumerate(root.leaves()):
            self.labels_[leaf.rows] = c
        self.cluster_centers_ = self._tree.centers[:n_clusters].copy()
        self.children_ = self._tree.children
        self.node_inertias_ = self._tree.inertias
        self.node_counts_ = self._tree.counts
        self.inertia_ = float(self.node_inertias_[:n_clusters].sum())
        empty = np.count_nonzero(self.node_counts_[:n_clusters] == 0)
        if empty:
            warnings.warn(
                f"Number of distinct clusters ({n_clusters - empty}) found smaller than "
                f"n_clusters ({n_clusters}). Possibly due to duplicate points in X.",
                ConvergenceWarning,
                stacklevel=3,
            )

    def __sklearn_tags__(self) -> Tags:
        """Say that distances come in X's float type."""
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

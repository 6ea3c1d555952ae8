"""How far two labelings of the same rows agree: scikit-learn's indices, with labels checked."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from numpy.typing import ArrayLike
from sklearn import metrics as sklearn_metrics

from kwise._inputs import check_labels, check_lengths

__all__ = [
    "adjusted_mutual_info_score",
    "adjusted_rand_score",
    "fowlkes_mallows_score",
    "normalized_mutual_info_score",
    "v_measure_score",
]


def _checked(score: Callable[..., float]) -> Callable[..., float]:
    """Return the index with both labelings checked: missing labels are no class."""

    @wraps(score)
    def index(labels_true: ArrayLike, labels_pred: ArrayLike, **settings: object) -> float:
        true = check_labels(labels_true, name="labels_true")
        found = check_labels(labels_pred, name="labels_pred")
        check_lengths(true, found, name="labels_pred", beside="labels_true")
        return float(score(true, found, **settings))

    return index


adjusted_mutual_info_score = _checked(sklearn_metrics.adjusted_mutual_info_score)
adjusted_rand_score = _checked(sklearn_metrics.adjusted_rand_score)
fowlkes_mallows_score = _checked(sklearn_metrics.fowlkes_mallows_score)
normalized_mutual_info_score = _checked(sklearn_metrics.normalized_mutual_info_score)
v_measure_score = _checked(sklearn_metrics.v_measure_score)

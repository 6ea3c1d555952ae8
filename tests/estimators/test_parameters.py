"""Parameters that were right once are asked about by type and value, not by equality."""

import numpy as np
import pytest
from sklearn.utils._param_validation import InvalidParameterError

from kwise import KMeans, MiniBatchKMeans
from kwise.estimators._parameters import serves

X = np.arange(12.0).reshape(6, 2)


@pytest.mark.parametrize("kind", [KMeans, MiniBatchKMeans])
def test_what_equals_a_right_value_is_not_right_for_that(kind):
    kind(n_clusters=1, n_init=1, max_iter=1).fit(X)
    for wrong in ({"n_clusters": 1.0}, {"max_iter": 1.0}, {"n_init": 1.0}, {"n_clusters": True}):
        with pytest.raises((InvalidParameterError, ValueError, TypeError)):
            kind(**{"n_clusters": 1, "n_init": 1} | wrong).fit(X)
    kind(n_clusters=1, n_init=1, max_iter=1).fit(X)


def test_a_wrong_value_stays_wrong():
    for _ in range(2):
        with pytest.raises(InvalidParameterError, match="tol"):
            KMeans(2, tol=-1.0).fit(X)


def test_each_class_has_its_own_constraints():
    assert serves(KMeans, "n_init", "auto")
    assert not serves(KMeans, "algorithm", "fast")
    assert serves(KMeans, "init", X)

"""Random rows are those of NumPy's choice."""

import numpy as np
import pytest

from kwise._core.dataset import pack
from kwise.init import DRAWN_TOGETHER, INITIALIZERS


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_clusters", [1, 10, 150])
def test_rows_are_those_of_choice(blobs, weights, dtype, weighted, n_clusters):
    X, w = blobs.astype(dtype), weights.astype(dtype)
    packed = pack(X, w if weighted else None)
    mass = w if weighted else np.ones(300, dtype)

    for seed in range(5):
        ours, theirs = np.random.RandomState(seed), np.random.RandomState(seed)
        found = INITIALIZERS["random"](packed, n_clusters, ours).centers
        rows = theirs.choice(300, n_clusters, replace=False, p=mass / mass.sum())
        np.testing.assert_array_equal(found, packed.centered()[rows])
        assert ours.random_sample() == theirs.random_sample()


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_clusters", [1, 10, 150])
def test_rows_of_several_runs_are_those_of_choice_after_choice(
    blobs, weights, weighted, n_clusters
):
    packed = pack(blobs, weights if weighted else None)
    mass = weights if weighted else np.ones(300)

    ours, theirs = np.random.RandomState(7), np.random.RandomState(7)
    found = DRAWN_TOGETHER["random"](packed, n_clusters, ours, 6)
    for start in found:
        rows = theirs.choice(300, n_clusters, replace=False, p=mass / mass.sum())
        np.testing.assert_array_equal(start, packed.centered()[rows])
    assert ours.random_sample() == theirs.random_sample()


def test_too_few_rows_with_weight_are_refused_with_a_reason(blobs):
    weights = np.zeros(300)
    weights[:3] = 1

    with pytest.raises(ValueError, match="needs n_clusters=4 rows with a weight above 0 and fo"):
        INITIALIZERS["random"](pack(blobs, weights), 4, np.random.RandomState(0))

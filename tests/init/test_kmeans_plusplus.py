"""kmeans_plusplus draws scikit-learn's rows."""

import numpy as np
import pytest
import sklearn.cluster
from scipy import sparse

import oracle
from kwise import kmeans_plusplus
from older_peers import DRAWS_ALIKE


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_local_trials", [None, 1, 7])
def test_rows_are_the_oracles_and_scikit_learns(blobs, weights, dtype, n_local_trials):
    X, w = blobs.astype(dtype), weights.astype(dtype)
    for seed in range(10):
        _, indices = kmeans_plusplus(
            X, 12, sample_weight=w, random_state=seed, n_local_trials=n_local_trials
        )
        rng = np.random.RandomState(seed)
        np.testing.assert_array_equal(
            indices, oracle.kmeans_plusplus(X, 12, w, rng, n_local_trials)[1]
        )
        _, theirs = sklearn.cluster.kmeans_plusplus(
            X, 12, sample_weight=w, random_state=seed, n_local_trials=n_local_trials
        )
        if dtype is np.float64 or DRAWS_ALIKE:
            np.testing.assert_array_equal(indices, theirs)


def test_lists_are_accepted_and_whole_numbers_stay_whole():
    rows = [[1, 2], [1, 4], [1, 0], [10, 2], [10, 4], [10, 0]]

    centers, indices = kmeans_plusplus(rows, 2, random_state=0)

    assert centers.tolist() == [[10, 2], [1, 0]]
    assert indices.tolist() == [3, 2]


def test_sparse_rows_give_the_rows_of_dense_ones(blobs):
    blobs[blobs < 0] = 0
    _, dense = kmeans_plusplus(blobs, 5, random_state=0)

    centers, indices = kmeans_plusplus(sparse.csr_array(blobs), 5, random_state=0)

    np.testing.assert_array_equal(indices, dense)
    np.testing.assert_array_equal(centers, blobs[indices])


def test_a_generator_goes_on_where_scikit_learn_leaves_it(blobs):
    ours, theirs = np.random.RandomState(5), np.random.RandomState(5)

    kmeans_plusplus(blobs, 9, random_state=ours)
    sklearn.cluster.kmeans_plusplus(blobs, 9, random_state=theirs)

    assert ours.random_sample() == theirs.random_sample()


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"n_clusters": 301}, "n_samples=300 should be >= n_clusters=301"),
        ({"n_clusters": 2, "x_squared_norms": [1.0]}, "length of x_squared_norms 1 should"),
        ({"n_clusters": 2, "sample_weight": -np.ones(300)}, "is negative"),
        ({"n_clusters": 0}, "n_clusters"),
    ],
)
def test_unusable_arguments_are_refused_with_a_reason(blobs, arguments, match):
    with pytest.raises(ValueError, match=match):
        kmeans_plusplus(blobs, **arguments)

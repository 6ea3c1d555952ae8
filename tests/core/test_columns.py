"""Column means round like scikit-learn's centering, in any layout."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.utils.sparsefuncs import mean_variance_axis

from kwise import _core
from kwise._core.columns import column_means, mean_variance_of, sparse_mean_variance
from kwise._core.dataset import pack


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_features", [1, 2, 7, 80])
def test_means_are_numpys_for_row_major_data_bit_for_bit(dtype, n_features):
    rng = np.random.RandomState(0)
    X = (rng.normal(size=(70_000, n_features)) + 100).astype(dtype)
    expected = X.mean(axis=0)
    spread = np.zeros((70_000, 2 * n_features), dtype)
    spread[:, ::2] = X

    for same in (X, np.asfortranarray(X), spread[:, ::2], X[::-1][::-1]):
        np.testing.assert_array_equal(column_means(same), expected)


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_variance_is_right_far_from_the_origin_and_for_sparse_data(offset):
    X = np.random.RandomState(0).normal(size=(70_000, 3)) + offset

    found = mean_variance_of(X)
    assert found == pytest.approx(X.var(axis=0).mean(), rel=1e-9)
    as_float32 = np.float32(X)
    exact = np.float64(as_float32).var(axis=0).mean()
    assert mean_variance_of(as_float32) == pytest.approx(exact, rel=1e-9)
    for same in (X, np.asfortranarray(X)):
        assert pack(same, None).variance == found
    X[X < offset] = 0  # noqa: SIM300
    assert mean_variance_of(sparse.csr_array(X)) == pytest.approx(X.var(axis=0).mean(), rel=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_threads", [1, 2, 5])
def test_variances_of_sparse_columns_are_scikit_learns_bit_for_bit(dtype, n_threads):
    rng = np.random.RandomState(0)
    rows = sparse.random(4000, 50, density=0.6, format="csr", random_state=rng, dtype=dtype)
    rows.data *= rng.choice([-1e6, 1e-3, 0.0, 7.0], size=rows.nnz)
    full = sparse.csr_matrix(rng.normal(size=(4000, 1)).astype(dtype) + 1000)  # no zero in it
    X = sparse.hstack([rows, full], format="csr", dtype=dtype)
    points = _core.pack_sparse(X, None, n_threads)

    found = _core.column_variances(points, n_threads).astype(dtype)
    np.testing.assert_array_equal(found, mean_variance_axis(X, axis=0)[1])
    assert sparse_mean_variance(points, X.dtype) == mean_variance_of(X)

"""Every way of choosing first centers keeps the same few promises."""

import numpy as np
import pytest
from scipy import sparse

from kwise._core.dataset import pack
from kwise.init import DRAWN_TOGETHER, INITIALIZERS


@pytest.fixture(params=sorted(INITIALIZERS))
def initialize(request):
    return INITIALIZERS[request.param]


# These end where k-means of a few rows ends; the others choose rows.
MEANS = {"k-means||", "sample"}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_clusters", [1, 2, 17])
def test_centers_lie_among_the_rows(initialize, blobs, dtype, n_clusters):
    packed = pack(blobs.astype(dtype), None)
    rows = packed.centered()

    centers = initialize(packed, n_clusters, np.random.RandomState(0)).centers

    assert centers.shape == (n_clusters, 3)
    assert centers.dtype == dtype
    assert (centers >= rows.min(axis=0)).all()
    assert (centers <= rows.max(axis=0)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", sorted(set(INITIALIZERS) - MEANS))
def test_centers_are_rows_of_the_data(name, blobs, dtype):
    packed = pack(blobs.astype(dtype), None)

    centers = INITIALIZERS[name](packed, 17, np.random.RandomState(0)).centers

    rows = {row.tobytes() for row in packed.centered()}
    assert all(center.tobytes() in rows for center in centers)


def test_the_same_generator_gives_the_same_centers(initialize, blobs):
    packed = pack(blobs, None)

    first, second = (initialize(packed, 6, np.random.RandomState(3)).centers for _ in range(2))

    np.testing.assert_array_equal(first, second)


def test_rows_without_weight_are_never_chosen(initialize, blobs, weights):
    packed = pack(blobs, weights)
    weightless = {row.tobytes() for row in packed.centered()[weights == 0]}

    for seed in range(20):
        centers = initialize(packed, 10, np.random.RandomState(seed)).centers
        assert not any(center.tobytes() in weightless for center in centers)


@pytest.mark.parametrize("name", sorted(DRAWN_TOGETHER))
@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix])
def test_starts_drawn_together_are_those_drawn_one_by_one(name, blobs, form):
    packed = pack(form(blobs), None)
    together, alone = np.random.RandomState(3), np.random.RandomState(3)

    found = DRAWN_TOGETHER[name](packed, 12, together, 5)

    expected = [INITIALIZERS[name](packed, 12, alone).centers for _ in range(5)]
    np.testing.assert_array_equal(found, expected)
    assert together.random_sample() == alone.random_sample()

"""Better optima than a descent's: ``quality="better"`` and ``"best"``."""

import itertools

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from kwise import KMeans
from kwise.estimators.quality import QUALITIES

SEARCHES = sorted(set(QUALITIES) - {"standard"})


def grid(side, rows_a_group, seed=0):
    """Return groups on a square grid, of which random starts miss some."""
    rng = np.random.default_rng(seed)
    centers = np.stack(np.meshgrid(*[np.arange(side) * 10.0] * 2), axis=-1).reshape(-1, 2)
    return np.repeat(centers, rows_a_group, axis=0) + rng.normal(size=(side**2 * rows_a_group, 2))


def inertia_of(X, labels, weights=None):
    """Return the sum of squares about the weighted means of these groups."""
    weights = np.ones(len(X)) if weights is None else weights
    total = 0.0
    for label in np.unique(labels[weights > 0]):
        mine = (labels == label) & (weights > 0)
        mean = np.average(X[mine], axis=0, weights=weights[mine])
        total += float((np.square(X[mine] - mean).sum(axis=1) * weights[mine]).sum())
    return total


def least_inertia(X, k, weights=None):
    """Return the inertia of the best of all partitions of a few rows."""
    every = itertools.product(range(k), repeat=len(X) - 1)
    return min(inertia_of(X, np.array([0, *rest]), weights) for rest in every)


def test_standard_is_the_default_and_changes_nothing(blobs):
    plain = KMeans(9, random_state=3).fit(blobs)
    standard = KMeans(9, random_state=3, quality="standard").fit(blobs)

    assert KMeans().quality == "standard"
    np.testing.assert_array_equal(plain.labels_, standard.labels_)
    assert plain.inertia_ == standard.inertia_


@pytest.mark.parametrize("quality", SEARCHES)
def test_every_group_of_a_grid_is_found(quality):
    X = grid(6, 20)
    truth = np.repeat(np.arange(36), 20)

    for seed in range(5):
        found = KMeans(36, quality=quality, random_state=seed).fit(X)
        assert found.inertia_ <= inertia_of(X, truth) * (1 + 1e-12)


@pytest.mark.parametrize("quality", SEARCHES)
@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_clusters", [1, 2, 5, 12, 40])
def test_it_is_never_worse_and_all_attributes_agree(
    blobs, weights, quality, form, dtype, n_clusters
):
    X = form(blobs.astype(dtype))
    standard = KMeans(n_clusters, random_state=1).fit(X, sample_weight=weights)

    found = clone(standard).set_params(quality=quality).fit(X, sample_weight=weights)

    assert found.inertia_ <= standard.inertia_
    assert found.inertias_ == standard.inertias_
    assert found.cluster_centers_.dtype == dtype
    np.testing.assert_array_equal(found.labels_, found.predict(X))
    assert found.inertia_ == pytest.approx(-found.score(X, sample_weight=weights), rel=1e-6)
    expected = inertia_of(blobs, found.labels_, weights)
    assert found.inertia_ == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("k", [2, 3])
def test_a_few_rows_are_grouped_as_well_as_can_be(k):
    for seed in range(6):
        rng = np.random.default_rng(seed)
        X, weights = rng.normal(size=(8, 2)), rng.uniform(0.2, 3, size=8)

        found = KMeans(k, quality="best", random_state=seed).fit(X, sample_weight=weights)

        assert found.inertia_ == pytest.approx(least_inertia(X, k, weights), rel=1e-9)


def test_no_move_of_a_single_row_is_left(blobs):
    found = KMeans(14, quality="better", random_state=0, tol=0).fit(blobs)

    sizes = np.bincount(found.labels_)
    for row, own in enumerate(found.labels_):
        squares = np.square(found.cluster_centers_ - blobs[row]).sum(axis=1)
        if sizes[own] == 1:
            continue
        cost = sizes / (sizes + 1) * squares
        cost[own] = sizes[own] / (sizes[own] - 1) * squares[own]
        assert cost.min() >= cost[own] * (1 - 1e-6)


@pytest.mark.parametrize("quality", SEARCHES)
def test_equal_rows_and_a_cluster_a_row(duplicates, quality):
    few = KMeans(5, quality=quality, random_state=0).fit(duplicates)
    all_rows = KMeans(5, quality=quality, random_state=0).fit(duplicates[::12])

    assert few.inertia_ == pytest.approx(0.0, abs=1e-20)
    assert all_rows.inertia_ == pytest.approx(0.0, abs=1e-20)
    with pytest.warns(match="distinct clusters"):
        KMeans(9, quality=quality, random_state=0).fit(duplicates)


@pytest.mark.parametrize("unit", [1e-160, 1e150])
def test_units_change_no_label(blobs, unit):
    found = KMeans(9, quality="better", random_state=0).fit(blobs)
    other = KMeans(9, quality="better", random_state=0).fit(blobs * unit)

    assert np.unique(np.column_stack([found.labels_, other.labels_]), axis=0).shape[0] == 9


@pytest.mark.parametrize("quality", SEARCHES)
def test_threads_change_no_bit(quality):
    X = np.concatenate([grid(7, 30), grid(7, 30, seed=1) + 3.0])
    answers = []
    for n_threads in (1, 2, 3):
        with threadpool_limits(n_threads):
            found = KMeans(30, quality=quality, random_state=0).fit(X)
        answers.append((found.labels_.tobytes(), found.cluster_centers_.tobytes(), found.inertia_))

    assert len(set(answers)) == 1


def test_the_data_stay_as_they_are_and_the_history_is_of_the_start(blobs):
    before = blobs.copy()
    found = KMeans(9, quality="better", random_state=0, keep_history=True).fit(blobs)

    np.testing.assert_array_equal(blobs, before)
    assert found.history_.inertia[-1] == pytest.approx(found.inertias_[0])


def test_another_word_is_refused(blobs):
    with pytest.raises(ValueError, match=r"'quality' parameter of KMeans must be a str among"):
        KMeans(3, quality="good").fit(blobs)


def test_it_is_not_combined_with_limits(blobs):
    with pytest.raises(ValueError, match="quality='better' moves centers without regard"):
        KMeans(3, quality="better", min_size=5).fit(blobs)


def test_it_searches_in_the_space_of_the_metric(blobs):
    standard = KMeans(9, metric="cosine", random_state=0).fit(blobs)
    found = KMeans(9, metric="cosine", random_state=0, quality="better").fit(blobs)

    assert found.inertia_ <= standard.inertia_
    np.testing.assert_array_equal(found.labels_, found.predict(blobs))


def test_the_best_is_no_worse_than_a_hundred_starts(blobs):
    for seed in range(3):
        starts = KMeans(17, n_init=100, random_state=seed).fit(blobs)
        best = KMeans(17, quality="best", random_state=seed).fit(blobs)

        assert best.inertia_ <= starts.inertia_

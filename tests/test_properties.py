"""Laws that hold for any data."""

import warnings

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.exceptions import ConvergenceWarning

import oracle
from kwise import BisectingKMeans, KMeans

# Whole numbers make ties common and sums exact.
small_tables = st.integers(1, 3).flatmap(
    lambda d: st.integers(3, 40).flatmap(
        lambda n: arrays(np.float64, (n, d), elements=st.integers(-8, 8).map(float))
    )
)
any_tables = arrays(np.float64, (25, 2), elements=st.floats(-1e3, 1e3, allow_nan=False, width=32))
lean = settings(max_examples=40, deadline=None)


def _fit(X, start, **settings):
    return _quiet(KMeans(len(start), init=start, n_init=1, **settings), X)


def _quiet(model, X, weights=None):
    """Fit, whether or not there are fewer distinct rows than clusters."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(X, sample_weight=weights)


def _has_ties(X, start):
    """Tell whether a row lies between two centers, or a center has no row."""
    squares = np.sort(oracle.squared_distances(X, start), axis=1)
    used = set(oracle.squared_distances(X, start).argmin(axis=1))
    gap = np.inf if len(start) == 1 else (squares[:, 1] - squares[:, 0]).min()
    return gap < 1e-6 * (1 + squares.max()) or len(used) < len(start)


@lean
@given(small_tables, st.integers(1, 3))
def test_labels_are_the_nearest_centers_and_ties_go_to_the_first(X, k):
    model = _fit(X, X[:k])
    labels = model.predict(X)

    squares = oracle.squared_distances(X, model.cluster_centers_)
    np.testing.assert_array_equal(labels, squares.argmin(axis=1))


@lean
@given(any_tables, st.integers(1, 4), st.permutations(range(25)))
def test_the_order_of_the_rows_does_not_matter(X, k, order):
    start = X[:k]
    assume(not _has_ties(X, start))

    plain, shuffled = _fit(X, start, max_iter=1), _fit(X[order], start, max_iter=1)

    np.testing.assert_allclose(plain.cluster_centers_, shuffled.cluster_centers_, atol=1e-9)


@lean
@given(any_tables, st.integers(1, 4))
def test_inertia_never_rises(X, k):
    history = _fit(X, X[:k], keep_history=True, tol=0).history_

    assert (np.diff(history.inertia) <= 1e-9 * (1 + history.inertia[0])).all()


@lean
@given(any_tables, st.integers(1, 3), st.integers(0, 5))
def test_a_weight_is_a_number_of_copies(X, k, seed):
    copies = np.random.RandomState(seed).randint(1, 4, len(X))
    start = X[:k]
    assume(not _has_ties(X, start))

    weighted = _quiet(KMeans(k, init=start, n_init=1, max_iter=1), X, copies)
    repeated = _fit(np.repeat(X, copies, axis=0), start, max_iter=1)

    np.testing.assert_allclose(weighted.cluster_centers_, repeated.cluster_centers_, atol=1e-9)


@lean
@given(any_tables, st.integers(-3, 3))
def test_scaling_by_a_power_of_two_scales_everything_exactly(X, exponent):
    factor = 2.0**exponent
    plain = _quiet(KMeans(3, random_state=0), X)
    scaled = _quiet(KMeans(3, random_state=0), X * factor)

    np.testing.assert_array_equal(plain.labels_, scaled.labels_)
    np.testing.assert_array_equal(plain.cluster_centers_ * factor, scaled.cluster_centers_)
    assert plain.inertia_ * factor**2 == scaled.inertia_


@lean
@given(any_tables, st.integers(1, 6))
def test_splitting_more_never_raises_the_inertia(X, k):
    fewer = _quiet(BisectingKMeans(k, random_state=0, tol=0), X)
    more = _quiet(BisectingKMeans(k + 1, random_state=0, tol=0), X)

    assert more.inertia_ <= fewer.inertia_ * (1 + 1e-9) + 1e-9

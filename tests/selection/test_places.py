"""Rows of more columns than rows, in coordinates of their span."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from kwise.comparison import METHODS
from kwise.selection import SweepContext
from kwise.selection.fitter import Fitter
from kwise.selection.places import Places


@pytest.fixture(name="wide")
def fixture_wide():
    rng = np.random.default_rng(0)
    return rng.normal(size=(40, 300)) + 2.0 * np.repeat([0, 1, 2], [14, 13, 13])[:, None]


def test_distances_of_wide_rows_are_kept_in_fewer_columns(wide):
    places = Places.of(wide)

    assert places.rows.shape[1] < 40
    assert places.n_columns == 300
    np.testing.assert_allclose(pdist(places.rows), pdist(wide), rtol=1e-12)


def test_rows_of_few_columns_stay_as_they_are(wide):
    narrow = wide[:, :5].copy()

    assert Places.of(narrow).rows is narrow


@pytest.mark.parametrize("k", [2, 3, 7])
def test_fits_are_those_of_the_columns_that_rows_came_in(wide, k):
    asked = {"n_init": 3, "random_state": 0}

    found, plain = Places.of(wide).fitter().fit(k, **asked), Fitter(wide).fit(k, **asked)

    assert found.best.labels.tolist() == plain.best.labels.tolist()
    assert found.best.n_iter == plain.best.n_iter
    assert found.best.inertia == pytest.approx(plain.best.inertia, rel=1e-12)


@pytest.mark.parametrize("name", [name for name, each in METHODS.items() if each.by_distances])
def test_methods_by_distances_find_the_same_groups(wide, name):
    method = METHODS[name]

    found = [method.fit(rows, None, 0).labels for rows in (wide, Places.of(wide).rows)]

    assert found[0].tolist() == found[1].tolist()


def context_of(X):
    return SweepContext(X, None, n_init=1, seed=0)


def test_samples_of_all_rows_are_one(wide):
    context = context_of(wide)

    assert context.sample(1_000) is context.sample(2_000)
    assert context.places(1_000) is context.places(5_000)


def test_samples_with_columns_of_few_values_are_spread_each_on_its_own(wide):
    wide[:, 0] = np.arange(40) % 3
    context = context_of(wide)

    assert context.few_valued(1_000).nonzero()[0].tolist() == [0]
    assert (context.sample(1_000)[:, 0] != context.sample(2_000)[:, 0]).any()
    assert (context.sample(1_000)[:, 1:] == context.sample(2_000)[:, 1:]).all()

"""Means and variances of columns, and what is read from sorted columns."""

import numpy as np
import polars as pl
import pytest
from sklearn.preprocessing import StandardScaler

from kwise.preparation import SCALINGS
from kwise.preparation.sentinels import find_sentinels
from kwise.preparation.statistics import LONG, column_statistics

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    "shape", [(2, 1), (3, 5), (70_001, 1), (70_001, 2), (130_000, 9), (90_000, 17), (11, 2_000)]
)
def test_standard_scaling_is_to_the_bit_that_of_scikit_learn(shape):
    X = RNG.normal(size=shape) * RNG.exponential(size=shape[1]) + 1e3 * RNG.normal(size=shape[1])
    X[:, 0] = 3.7
    reference = StandardScaler().fit(X)

    centers, spreads = SCALINGS["standard"].fit(X)

    np.testing.assert_array_equal(centers, reference.mean_)
    np.testing.assert_array_equal(spreads, reference.scale_)


@pytest.mark.parametrize("n", [LONG - 1, LONG])
def test_long_columns_are_described_as_short_ones(n):
    cells = RNG.integers(-50, 50, size=n) / 4.0
    cells[:7] = np.inf, -np.inf, -np.inf, np.nan, 1e300, -0.0, 0.0
    columns = [
        pl.Series(cells),
        pl.Series([None, *cells[7:].tolist(), *[2.5] * 6]).cast(pl.Float64),
    ]

    found = column_statistics(columns)

    for j, column in enumerate(columns):
        known = column.drop_nulls().to_numpy()
        finite = known[np.isfinite(known)]
        assert found.n_infinite[j] == np.isinf(known).sum()
        assert found.n_missing[j] == n - len(finite) - found.n_infinite[j]
        assert found.n_distinct[j] == len(np.unique(finite))
        assert (found.min[j], found.max[j]) == (finite.min(), finite.max())
        assert found.q1[j] == np.quantile(finite, 0.25)
        assert found.is_whole[j] == (finite == np.floor(finite)).all()


def test_numbers_for_nothing_are_counted_among_finite_cells():
    cells = np.r_[np.repeat(-999.0, 40), RNG.normal(100.0, 10.0, size=400), np.inf, np.nan]

    (found,) = find_sentinels(pl.Series("x", RNG.permutation(cells)))

    assert (found.value, found.count, found.sure) == (-999.0, 40, True)
    assert find_sentinels(pl.Series("x", [None, np.nan], dtype=pl.Float64)) == []

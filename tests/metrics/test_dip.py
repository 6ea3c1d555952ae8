"""The dip is small for one mode, large for two, and blind to order, place and scale."""

import numpy as np
import pytest

from kwise.metrics import dip_statistic


def test_two_far_groups_have_the_largest_dip():
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(size=500), 100 + rng.normal(size=500)])

    assert dip_statistic(values) == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize("draw", ["normal", "uniform", "exponential", "standard_cauchy"])
def test_one_mode_stays_below_the_critical_value(draw):
    rng = np.random.default_rng(1)

    dips = [dip_statistic(getattr(rng, draw)(size=400)) * 20 for _ in range(50)]

    assert np.mean(np.array(dips) > 0.55) <= 0.02


def test_order_place_and_scale_do_not_matter():
    values = np.random.default_rng(2).normal(size=101)

    assert dip_statistic(values[::-1] * 3.0 + 7.0) == pytest.approx(dip_statistic(values))
    assert dip_statistic(-values) == pytest.approx(dip_statistic(values))


def test_equal_values_have_one_mode():
    assert dip_statistic(np.ones(10)) == pytest.approx(1 / 20)


def test_nothing_and_nan_are_refused():
    for values, words in (([], "0 sample"), ([1.0, np.nan], "NaN")):
        with pytest.raises(ValueError, match=words):
            dip_statistic(values)

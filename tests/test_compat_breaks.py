"""Drop-ins for jenkspy and mapclassify: the same answers by the same names."""

import itertools

import numpy as np
import pytest

from kwise.compat.jenkspy import JenksNaturalBreaks, jenks_breaks
from kwise.compat.mapclassify import FisherJenks

Y = [1.0, 2, 2, 9, 10, 30, 31, 50]


def best_bounds(values, k):
    """Return the bounds by trying all classes of sorted values."""
    x, best = np.sort(values), None
    for cuts in itertools.combinations(range(1, len(x)), k - 1):
        parts = np.split(x, cuts)
        cost = sum(float(np.square(part - part.mean()).sum()) for part in parts)
        if best is None or cost < best[0] - 1e-12:
            best = cost, [x[0], *(part[-1] for part in parts)]
    return best[1]


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_breaks_are_the_best(k):
    for seed in range(5):
        values = np.random.default_rng(seed).gamma(1.0, size=11)
        assert jenks_breaks(values, k) == pytest.approx(best_bounds(values, k))


def test_jenkspy_takes_what_it_took():
    assert jenks_breaks(Y, 3) == [1.0, 10.0, 31.0, 50.0]
    assert jenks_breaks(iter(Y), 3.0) == [1.0, 10.0, 31.0, 50.0]
    assert jenks_breaks(np.array([3, 1, 2]), 3) == [1.0, 1.0, 2.0, 3.0]
    assert all(type(each) is float for each in jenks_breaks(np.array(Y, np.float32), 2))


@pytest.mark.parametrize(
    ("values", "k", "error", "words"),
    [
        (Y, 8, ValueError, "7 distinct values"),
        (Y, 0, ValueError, "from 1"),
        (Y, 2.5, TypeError, "whole number"),
        (Y, "2", TypeError, "whole number"),
        ("12", 2, TypeError, "text"),
        ([1, "a"], 2, TypeError, "numbers"),
        ([1, np.nan, 2], 2, ValueError, "not finite"),
        (np.ones((3, 2)), 2, ValueError, "2 dimensions"),
        ([], 1, ValueError, "empty"),
    ],
)
def test_what_cannot_be_cut_is_refused_in_words(values, k, error, words):
    with pytest.raises(error, match=words):
        jenks_breaks(values, k)


def test_the_class_of_jenkspy():
    jenks = JenksNaturalBreaks(3)
    jenks.fit(Y)

    assert jenks.inner_breaks_ == [10.0, 31.0]
    assert jenks.labels_.tolist() == [0, 0, 0, 0, 0, 1, 1, 2]
    assert jenks.predict(10).tolist() == 0
    assert jenks.predict([10.5, 99, -3]).tolist() == [1, 2, 0]
    assert [group.tolist() for group in jenks.groups_] == [[1, 2, 2, 9, 10], [30, 31], [50]]
    assert jenks.goodness_of_variance_fit(Y) == pytest.approx(1 - 75.3 / np.var(Y) / 8)
    assert repr(JenksNaturalBreaks()) == "JenksNaturalBreaks(n_classes=6)"


def test_the_class_of_mapclassify():
    found = FisherJenks(np.array(Y), 3)

    assert (found.k, found.name) == (3, "FisherJenks")
    assert found.bins.tolist() == [10.0, 31.0, 50.0]
    assert found.yb.tolist() == [0, 0, 0, 0, 0, 1, 1, 2] == found().tolist()
    assert found.counts.tolist() == [5, 2, 1]
    assert found.classes[1] == [5, 6]
    assert found.find_bin([5, 100]).tolist() == [0, 2]
    assert (found.adcm, found.tss) == pytest.approx((17.0, 75.3))
    assert found.gadf == pytest.approx(0.8411214953271028)
    assert found.get_legend_classes() == ["[ 1.00, 10.00]", "(10.00, 31.00]", "(31.00, 50.00]"]
    assert "(10.00, 31.00] |     2" in str(found)
    with pytest.raises(ValueError, match=r"Fewer unique values \(7\) than specified classes \(9\)"):
        FisherJenks(Y, 9)

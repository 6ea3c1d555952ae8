"""The Kruskal-Wallis test is scipy's."""

import numpy as np
import pytest
from scipy.stats import kruskal

from kwise.explain.kruskal_wallis import kruskal_p_value


@pytest.mark.parametrize("decimals", [0, 1, 8])
def test_the_p_value_is_the_one_of_scipy_with_and_without_ties(decimals):
    rng = np.random.default_rng(decimals)
    groups = rng.integers(0, 4, 300).astype(np.int32)
    values = (rng.normal(size=300) + 0.1 * groups).round(decimals)
    parts = [values[groups == c] for c in range(4)]
    assert kruskal_p_value(values, groups) == pytest.approx(kruskal(*parts).pvalue, rel=1e-9)


def test_a_group_without_values_is_passed_over():
    values, groups = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 0, 2, 2])
    expected = kruskal(values[:2], values[2:]).pvalue
    assert kruskal_p_value(values, groups) == pytest.approx(expected)


def test_chi_square_is_scipys() -> None:
    from scipy.stats import chi2_contingency

    from kwise.explain.external_variables import _association

    counts = np.array([[30, 4, 0], [8, 20, 3]])
    found = chi2_contingency(counts, correction=False)

    strength, p_value = _association(counts, also_clustered=False)

    assert p_value == pytest.approx(found.pvalue)
    assert strength == pytest.approx(np.sqrt(found.statistic / counts.sum()))

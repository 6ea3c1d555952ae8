"""Another method's groups, for every row, with what makes them better measured."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_moons
from sklearn.metrics import adjusted_rand_score

from kwise import select_k
from kwise.selection.alternatives import extended


def test_rows_that_were_not_seen_join_the_nearest_that_was():
    X = np.array([[0.0], [1.0], [10.0], [11.0], [12.0], [30.0]])

    found = extended(X, np.array([0, 2, 5]), np.array([7, 3, -1]))

    np.testing.assert_array_equal(found, [1, 1, 0, 0, 0, -1])  # the largest first


@pytest.mark.parametrize("n", [400, 8_000])
def test_the_better_method_has_a_group_for_every_row(n):
    X, y = make_moons(n, noise=0.05, random_state=0)

    other = select_k(X, range(1, 6), random_state=0).alternative

    assert other is not None
    assert len(other.labels) == len(other.rows) == n
    assert adjusted_rand_score(y, other.labels) > 0.95
    assert other.n_seen == min(n, 1_500)
    assert other.information > other.information_kmeans
    assert np.all(np.diff(np.bincount(other.labels[other.labels >= 0])) <= 0)


def test_what_was_seen_and_measured_on_some_rows_is_said():
    X, _ = make_moons(8_000, noise=0.05, random_state=0)

    found = select_k(X, range(1, 6), random_state=0)

    assert found.alternative is not None
    assert found.alternative.error > 0.0
    assert "1,500 rows" in found.reasons[0]
    assert "5,000 rows" in found.reasons[0]


def test_the_number_of_groups_is_that_of_the_better_method():
    X, _ = make_moons(300, noise=0.05, random_state=3)

    found = select_k(X, random_state=0)

    assert found.kind == "unsuitable"
    assert found.alternative is not None
    assert found.k == found.alternative.n_clusters == 2
    # Beside another method's groups, reasons say whose clusters they speak of.
    assert any("The 2 clusters of k-means are" in reason for reason in found.reasons)

"""Samples that miss no cluster: the first rows of one order, and a few of those that are scarce."""

from __future__ import annotations

import numpy as np
import pytest

from kwise.metrics.random_order import RandomOrder


@pytest.mark.parametrize("least", [1, 2, 5])
def test_a_missed_cluster_gives_its_first_rows_in_the_order(least):
    rng = np.random.default_rng(least)
    order, codes = rng.permutation(500), np.zeros(500, dtype=np.int64)
    codes[rng.choice(500, 12, replace=False)] = np.repeat([1, 2, 3], [8, 3, 1])
    in_order = codes[order]
    scarce = [c for c in range(4) if (in_order[:20] == c).sum() < least]

    found = RandomOrder(order).missed(20, codes, least)

    assert scarce
    expected = [row for c in scarce for row in order[in_order == c][:least]]
    assert sorted(found) == sorted(expected)


def test_nothing_is_missed_where_every_cluster_is_among_the_first():
    order = RandomOrder(np.arange(10))

    assert order.first(4).tolist() == [0, 1, 2, 3]
    assert order.missed(4, np.array([0, 1] * 5), 2).tolist() == []

"""Clusters in order of size, of equals by their first row."""

import numpy as np
import pytest

from kwise._numbering import size_order


@pytest.mark.parametrize("rare_at", [3, 5_000])
def test_first_rows_decide_between_equals_wherever_they_are(rare_at):
    labels = np.full(9_000, 2, dtype=np.int32)
    labels[rare_at], labels[rare_at + 1], labels[0] = 4, 1, 3

    assert size_order(labels, 6).tolist() == [2, 3, 4, 1, 0, 5]

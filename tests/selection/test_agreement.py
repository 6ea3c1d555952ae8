"""The quick agreement of two labelings is the adjusted Rand index."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from kwise.selection.agreement import agreement

PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), min_size=1, max_size=40)


@given(PAIRS)
def test_it_is_the_adjusted_rand_index(pairs: list[tuple[int, int]]) -> None:
    first, second = np.array(pairs).T

    assert agreement(first, second) == pytest.approx(adjusted_rand_score(first, second), abs=1e-12)


def test_many_rows_do_not_overflow() -> None:
    labels = np.repeat([0, 1], 100_000).astype(np.int32)

    assert agreement(labels, labels) == 1.0
    assert agreement(labels, np.tile([0, 1], 100_000)) == pytest.approx(0.0, abs=1e-4)


def test_no_rows_agree_not_at_all() -> None:
    assert agreement(np.empty(0, dtype=int), np.empty(0, dtype=int)) == 0.0

"""One color, one cluster: over every k, for other methods, for recorded runs."""

from __future__ import annotations

import numpy as np

from kwise.explain.lineage import follow, lineage


def test_the_part_with_most_rows_keeps_the_color_and_the_new_one_gets_a_free_one() -> None:
    labels = {
        1: np.zeros(10, dtype=np.int32),
        2: np.array([0] * 6 + [1] * 4, dtype=np.int32),
        # the smaller cluster of two is now the largest; the first one split
        3: np.array([1] * 3 + [2] * 3 + [0] * 4, dtype=np.int32),
    }

    found = lineage(labels, 2)

    assert found[2] == (0, 1)
    assert found[3] == (1, 0, 2)
    assert found[1] == (0,)


def test_no_two_clusters_of_one_k_have_one_color() -> None:
    rng = np.random.default_rng(0)
    labels = {k: rng.integers(0, k, 300).astype(np.int32) for k in (2, 3, 5, 9, 14)}

    for k, places in lineage(labels, 5).items():
        assert len(set(places)) == k


def test_clusters_without_a_row_in_common_are_no_kin() -> None:
    known = np.array([0, 0, 1, 1, -1, -1])
    other = np.array([-1, -1, 1, 1, 0, 0])

    assert follow(known, (7, 3), other, 2) == (0, 3)

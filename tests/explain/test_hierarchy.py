"""The tree and the valleys of a sample of rows, against the libraries that define them."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.cluster.hierarchy import cophenet, fcluster, leaves_list, linkage
from scipy.spatial.distance import cdist, pdist
from sklearn.cluster import OPTICS

from kwise.explain.hierarchy import MOST_ROWS_JOINED, hierarchy, reachability_of
from kwise.plots.hierarchy import cut_height, draw_joins


@pytest.mark.parametrize("min_samples", [2, 5, 10])
def test_reachability_is_that_of_optics(min_samples: int, blobs: np.ndarray) -> None:
    expected = OPTICS(min_samples=min_samples).fit(blobs)

    reachability, ordering = reachability_of(cdist(blobs, blobs), min_samples)

    assert ordering.tolist() == expected.ordering_.tolist()
    assert reachability == pytest.approx(expected.reachability_, rel=1e-12)


def test_a_small_table_is_taken_whole_and_its_tree_is_that_of_scipy(blobs: np.ndarray) -> None:
    found = hierarchy(blobs, 0)

    assert found is not None
    assert found.rows.tolist() == list(range(len(blobs)))
    # Heights of all pairs: the order of equal joins does not matter.
    assert cophenet(found.tree) == pytest.approx(cophenet(linkage(blobs, "ward")), rel=1e-9)


def test_a_large_table_is_sampled_the_same_way_every_time() -> None:
    X = np.random.default_rng(0).normal(size=(2_000, 3))

    one, other = hierarchy(X, 5), hierarchy(X, 5)

    assert one is not None
    assert other is not None
    assert len(one.rows) == MOST_ROWS_JOINED == len(np.unique(one.rows))
    assert np.array_equal(one.rows, other.rows)
    assert np.array_equal(one.tree, other.tree)
    assert one.tree[-1, 2] == pytest.approx(linkage(X[one.rows], "ward")[-1, 2])


def test_rows_all_alike_have_valleys_of_no_depth() -> None:
    found = hierarchy(np.ones((40, 2)) * 1e8, 0)

    assert found is not None
    assert np.max(found.reachability[1:]) == 0.0
    assert np.max(found.tree[:, 2]) == 0.0


def test_of_fewer_than_ten_rows_nothing_is_told() -> None:
    assert hierarchy(np.arange(9.0)[:, None], 0) is None


def test_the_cut_leaves_as_many_groups_as_are_asked_for(blobs: np.ndarray) -> None:
    tree = linkage(blobs, "ward")
    for k in (2, 4, 7):
        assert fcluster(tree, cut_height(tree, k), "distance").max() == k


def test_every_join_is_drawn_over_leaves_in_their_order(blobs: np.ndarray) -> None:
    tree = linkage(pdist(blobs), "ward")
    ax = Figure().add_subplot()

    leaves = draw_joins(tree, ax=ax)

    assert leaves.tolist() == leaves_list(tree).tolist()
    (joins,) = ax.collections
    drawn = np.array(joins.get_segments())  # type: ignore[attr-defined]
    assert drawn.shape == (len(blobs) - 1, 4, 2)
    assert drawn[:, 1, 1] == pytest.approx(tree[:, 2])
    assert drawn[:, [0, 3], 0].min() == 0.5
    assert drawn[:, [0, 3], 0].max() == len(blobs) - 0.5

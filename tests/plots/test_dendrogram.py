"""Dendrograms of fitted estimators are those of their joins."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.cluster.hierarchy import linkage
from sklearn.cluster import AgglomerativeClustering

from kwise import BisectingKMeans
from kwise.plots import plot_dendrogram

X = np.random.default_rng(0).normal(size=(30, 2))


def test_an_agglomerative_fit_is_drawn_as_its_linkage() -> None:
    fitted = AgglomerativeClustering(3, compute_distances=True).fit(X)

    ours = plot_dendrogram(fitted, n_clusters=3, ax=Figure().add_subplot())
    scipys = plot_dendrogram(linkage(X, "ward"), n_clusters=3, ax=Figure().add_subplot())

    heights = [
        sorted(path.vertices[1, 1] for path in ax.collections[0].get_paths())
        for ax in (ours, scipys)
    ]
    assert heights[0] == pytest.approx(heights[1])


def test_the_leaves_of_a_bisection_are_its_clusters() -> None:
    fitted = BisectingKMeans(5, random_state=0).fit(X)

    ax = plot_dendrogram(fitted, ax=Figure().add_subplot())

    assert sorted(tick.get_text() for tick in ax.get_xticklabels()) == ["1", "2", "3", "4", "5"]
    assert ax.get_ylabel() == "inertia of the clusters below"
    heights = sorted(path.vertices[1, 1] for path in ax.collections[0].get_paths())
    assert heights == pytest.approx(sorted(fitted.node_inertias_[5:]))


@pytest.mark.parametrize(
    ("estimator", "told"),
    [
        (BisectingKMeans(3), "fit it before"),
        (BisectingKMeans(1).fit(X), "no whole tree"),
        (AgglomerativeClustering(3).fit(X), "compute_distances=True"),
    ],
)
def test_what_holds_no_tree_is_refused(estimator: object, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        plot_dendrogram(estimator)

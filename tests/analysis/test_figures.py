"""Every figure of an analysis is one call, and labels may be of any kind."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from matplotlib.figure import Figure
from sklearn.cluster import AgglomerativeClustering
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import kwise
from kwise.plots import (
    ScatterDisplay,
    SilhouetteDisplay,
    plot_boxes,
    plot_scatter,
    plot_silhouette,
)


@pytest.fixture(scope="module")
def analysis():
    X = np.random.default_rng(0).normal(size=(60, 3))
    X[:30] += 9.0
    return kwise.analyze(pl.DataFrame(X, ["a", "b", "c"]), ks=[1, 2, 3])


@pytest.fixture
def ax():
    return Figure().add_subplot()


@pytest.mark.parametrize("name", ["scatter", "silhouette", "elbow", "tree", "sizes", "distances"])
def test_a_figure_is_one_call(analysis, ax, name: str) -> None:
    assert getattr(analysis.plot, name)(ax=ax, title="of mine") is ax
    assert ax.get_title(loc="left") == "of mine"


def test_another_k_and_a_column_can_be_drawn(analysis, ax) -> None:
    analysis.plot.scatter(3, ax=ax)
    assert {text.get_text() for text in ax.texts} == {"1", "2", "3"}
    assert analysis.plot.boxes("b", ax=Figure().add_subplot()).get_xlabel() == "b"
    with pytest.raises(ValueError, match="was not looked at in full"):
        analysis.plot.scatter(7, ax=ax)
    with pytest.raises(ValueError, match="no silhouettes"):
        analysis.plot.silhouette(1, ax=ax)
    with pytest.raises(ValueError, match="no column of numbers"):
        analysis.plot.boxes("z", ax=ax)


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        (["owl", "cat", "owl", "cat"], {"cat", "owl"}),
        ([1, 2, 1, 2], {"1", "2"}),
        ([-1, 0, -1, 0], {"-1", "0"}),
        ([0, 1, 0, 1], {"1", "2"}),
    ],
)
def test_labels_are_shown_as_they_are_given(labels: list[object], shown: set[str]) -> None:
    X = np.array([[0.0, 0.0], [9.0, 9.0], [0.1, 0.0], [9.0, 9.1]])
    for draw in (
        lambda ax: plot_scatter(X, labels, ax=ax),
        lambda ax: plot_silhouette([0.1, 0.2, 0.3, 0.4], labels, ax=ax),
        lambda ax: plot_boxes(X[:, 0], labels, ax=ax),
    ):
        ax = draw(Figure().add_subplot())
        assert shown <= {text.get_text() for text in ax.texts}


@pytest.mark.parametrize("display", [ScatterDisplay, SilhouetteDisplay])
def test_displays_are_made_from_estimators(display, ax) -> None:
    X = np.random.default_rng(0).normal(size=(30, 4))
    pipe = make_pipeline(StandardScaler(), kwise.KMeans(2, random_state=0)).fit(X)

    assert display.from_estimator(pipe, X, ax=ax).ax_ is ax
    other = AgglomerativeClustering(2).fit(X)  # it predicts nothing, but has labels
    assert display.from_estimator(other, X, ax=Figure().add_subplot()).ax_ is not None

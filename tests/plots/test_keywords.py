"""Keywords of every figure reach matplotlib's artists; a scatter shows truth by shape."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pytest
import sklearn.cluster
from matplotlib import pyplot as plt
from matplotlib.artist import Artist
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import kwise
from kwise import KMeans, plots, select_k
from kwise.comparison import compare_methods
from kwise.plots.palette import cluster_color
from kwise.selection import sweep_components
from plots.test_plots import HISTORIES, LABELS, POINTS, VALUES

SELECTION = select_k(POINTS, range(1, 4), random_state=0)
COMPARED = compare_methods(POINTS, 2, methods=["kmeans", "ward"])
SWEEP = sweep_components(np.c_[POINTS, VALUES], [1, 2], n_clusters=2, random_state=0)
# Every function that draws, called with keywords.
DRAWING = {
    "plot_boxes": lambda **kw: plots.plot_boxes(VALUES, LABELS, **kw),
    "plot_changes": lambda **kw: plots.plot_changes(["a"], [1], [[0.5, 2]], **kw),
    "plot_comparison": lambda **kw: plots.plot_comparison(COMPARED, **kw),
    "plot_components": lambda **kw: plots.plot_components(SWEEP, **kw),
    "plot_confusion": lambda **kw: plots.plot_confusion([[9, 1]], ["a"], [1, 2], **kw),
    "plot_convergence": lambda **kw: plots.plot_convergence(HISTORIES, **kw),
    "plot_criteria": lambda **kw: plots.plot_criteria(SELECTION, **kw)[0],
    "plot_criterion": lambda **kw: plots.plot_criterion(SELECTION, "inertia", **kw),
    "plot_dendrogram": lambda **kw: plots.plot_dendrogram([[0, 1, 1.0, 2]], **kw),
    "plot_distances": lambda **kw: plots.plot_distances(POINTS[:3], [20, 15, 5], **kw),
    "plot_flows": lambda **kw: plots.plot_flows([[9, 0], [0, 0]], **kw),
    "plot_history": lambda **kw: plots.plot_history(POINTS, HISTORIES[0], **kw),
    "plot_hue": lambda **kw: plots.plot_hue(POINTS, VALUES, **kw),
    "plot_outcome": lambda **kw: plots.plot_outcome(POINTS, COMPARED.outcomes[0], **kw),
    "plot_pairs": lambda **kw: plots.plot_pairs(POINTS, LABELS, **kw),
    "plot_parallel": lambda **kw: plots.plot_parallel([[1.0, 2.0]], ["a"], **kw),
    "plot_profile": lambda **kw: plots.plot_profile([[1.0, 2.0]], ["a"], **kw),
    "plot_reachability": lambda **kw: plots.plot_reachability([1, 2], [0, 0], [0, 1], **kw),
    "plot_scatter": lambda **kw: plots.plot_scatter(POINTS, LABELS, **kw),
    "plot_segments": lambda **kw: plots.plot_segments(POINTS, LABELS, **kw),
    "plot_silhouette": lambda **kw: plots.plot_silhouette(VALUES, LABELS, **kw),
    "plot_sizes": lambda **kw: plots.plot_sizes(LABELS, **kw),
    "plot_stability": lambda **kw: plots.plot_stability([0.5, 1.0], **kw),
    "plot_tree": lambda **kw: plots.plot_tree({2: LABELS // 2, 3: LABELS}, **kw),
    "plot_variance": lambda **kw: plots.plot_variance([0.9, 0.1], **kw),
    "plot_violins": lambda **kw: plots.plot_violins(VALUES, LABELS, **kw),
}


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def _artists(drawn: object) -> list[Artist]:
    figure = drawn if isinstance(drawn, Figure) else drawn.figure
    return figure.findobj(include_self=False)


def test_every_figure_is_tried() -> None:
    assert set(DRAWING) == {name for name in plots.__all__ if name.startswith("plot_")} - {
        "plot_interactive"  # Altair's, tried on its own
    }


@pytest.mark.parametrize("name", DRAWING)
def test_keywords_are_passed_on_to_matplotlib(name: str) -> None:
    given = [each for each in _artists(DRAWING[name](alpha=0.37, gid="mine")) if each.get_gid()]

    assert given
    assert all((each.get_gid(), each.get_alpha()) == ("mine", 0.37) for each in given)


@pytest.mark.parametrize("name", DRAWING)
def test_a_keyword_that_matplotlib_does_not_know_is_its_error(name: str) -> None:
    with pytest.raises((AttributeError, TypeError), match="loudness"):
        DRAWING[name](loudness=11)


def test_short_names_are_known_and_the_readers_win() -> None:
    lines = plots.plot_criterion(SELECTION, "inertia", lw=5, c="red").lines
    assert (lines[-1].get_linewidth(), lines[-1].get_color()) == (5, "red")
    dots = plots.plot_scatter(POINTS, LABELS, s=99, marker="x", color="k").collections[0]
    assert dots.get_sizes()[0] == 99
    assert to_hex(dots.get_edgecolors()[0]) == "#000000"


def test_a_scatter_marks_clusters_by_color_and_truth_by_shape() -> None:
    truth = np.where(np.arange(40) % 3 == 0, "adelie", "gentoo")

    ax = plots.plot_scatter(POINTS, LABELS, truth=truth, alpha=0.5)
    ax.figure.canvas.draw()

    first, second = ax.collections
    assert len(first.get_offsets()) + len(second.get_offsets()) == 40
    assert not np.array_equal(first.get_paths()[0].vertices, second.get_paths()[0].vertices)
    colors = {to_hex(color) for color in first.get_facecolors()}
    assert colors == {cluster_color(c) for c in range(3)}
    said = [text.get_text() for text in ax.get_legend().get_texts()]
    assert said == ["cluster 1", "cluster 2", "cluster 3", "adelie", "gentoo"]


def test_truth_of_many_kinds_or_numbers_is_said_too() -> None:
    ax = plots.plot_scatter(POINTS, LABELS, truth=np.arange(40) % 13)

    said = [text.get_text() for text in ax.get_legend().get_texts()][3:]
    assert said == [*map(str, range(10)), "3 more labels"]
    with pytest.raises(ValueError, match="points has 40"):
        plots.plot_scatter(POINTS, LABELS, truth=[1, 2])


def test_the_figures_of_an_analysis_and_the_displays_pass_keywords_on_too() -> None:
    analysis = kwise.analyze(POINTS, ks=[1, 2, 3])
    for name in ("scatter", "silhouette", "elbow", "tree", "sizes", "distances"):
        drawn = getattr(analysis.plot, name)(gid="mine")
        assert any(each.get_gid() == "mine" for each in _artists(drawn)), name
    model = KMeans(3, random_state=0).fit(POINTS)
    for name in plots.__all__:
        if name.endswith("Display"):
            shown = getattr(plots, name).from_estimator(model, POINTS, gid="mine")
            assert any(each.get_gid() == "mine" for each in _artists(shown.ax_)), name


def test_an_elbow_is_drawn_of_any_clusterer_labelings_or_a_selection() -> None:
    X = np.random.default_rng(0).normal(size=(90, 2)) + np.repeat(np.eye(3, 2) * 9, 30, axis=0)
    model = make_pipeline(StandardScaler(), sklearn.cluster.KMeans(2, n_init=3, random_state=0))
    Z = StandardScaler().fit_transform(X)
    labelings = [KMeans(k, n_init=3, random_state=0).fit_predict(Z) for k in range(1, 7)]

    shown = plots.ElbowDisplay.from_estimator(model, X, ks=range(1, 7))
    again = plots.ElbowDisplay.from_predictions(Z, labelings)
    selected = plots.ElbowDisplay.from_selection(select_k(Z, range(1, 7)), lw=3)

    assert shown.knee == again.knee == selected.knee == 3
    np.testing.assert_allclose(shown.inertias, again.inertias)
    assert model.steps[-1][1].n_clusters == 2
    assert (shown.ax_.get_xlabel(), selected.ax_.lines[0].get_linewidth()) == (
        "number of clusters k",
        3,
    )
    assert plots.ElbowDisplay.from_estimator(KMeans(), X[:4]).ks == (1, 2, 3, 4)


def test_saved_figures_take_them(tmp_path: Path) -> None:
    plots.save_segments(POINTS, LABELS, tmp_path / "a.svg", gid="mine-1")
    plots.save_comparison(COMPARED, tmp_path / "b.svg", gid="mine-2")

    assert 'id="mine-1"' in (tmp_path / "a.svg").read_text()
    assert 'id="mine-2"' in (tmp_path / "b.svg").read_text()


def test_every_figure_of_the_table_says_that_it_takes_keywords() -> None:
    for name in (*DRAWING, "save_segments", "save_comparison"):
        kinds = {each.kind for each in inspect.signature(getattr(plots, name)).parameters.values()}
        assert inspect.Parameter.VAR_KEYWORD in kinds, name

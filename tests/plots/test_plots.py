"""Figures: drawn on the axes given, with titles and units, from what they are given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image
from scipy.cluster.hierarchy import linkage
from sklearn.metrics import silhouette_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kwise import KMeans, plots, select_k
from kwise.comparison import compare_methods
from kwise.compat import yellowbrick
from kwise.selection import sweep_components

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kwise.results import Selection

LABELS = np.repeat([0, 1, 2], [20, 15, 5])
VALUES = np.linspace(-0.2, 0.9, 40)
POINTS = np.column_stack([VALUES, LABELS + VALUES**2])


@pytest.fixture
def ax() -> Axes:
    return Figure().add_subplot()


@pytest.fixture(scope="module")
def selection() -> Selection:
    return select_k(POINTS, range(1, 5), random_state=0)


HISTORIES = [KMeans(3, random_state=i, keep_history=True).fit(POINTS).history_ for i in range(3)]
EFFECTS = np.array([[1.2, -0.8], [0.1, 0.0], [-2.5, 0.4]])
COLUMNS = ["income ($)", "age", "a very long name of a column that will not fit anywhere"]

DRAWN = {
    "tree": lambda ax: plots.plot_tree({1: LABELS * 0, 2: LABELS // 2, 3: LABELS}, ax=ax),
    "convergence": lambda ax: plots.plot_convergence(HISTORIES, ax=ax),
    "distances": lambda ax: plots.plot_distances(POINTS[:3], [20, 15, 5], ax=ax),
    "two distances": lambda ax: plots.plot_distances(POINTS[:2, :1], [20, 15], ax=ax),
    "profile": lambda ax: plots.plot_profile(EFFECTS, COLUMNS, ax=ax),
    "parallel": lambda ax: plots.plot_parallel(EFFECTS, COLUMNS, ax=ax),
    "confusion": lambda ax: plots.plot_confusion([[9, 1], [0, 4]], ["a$", "b"], [2, 1], ax=ax),
    "sizes": lambda ax: plots.plot_sizes(LABELS, ax=ax),
    "stability": lambda ax: plots.plot_stability([0.9, 0.5], ax=ax),
    "hue": lambda ax: plots.plot_hue(POINTS, VALUES * 1e5, name="price ($)", ax=ax),
    "variance": lambda ax: plots.plot_variance([0.7, 0.2, 0.1], ax=ax),
    "dendrogram": lambda ax: plots.plot_dendrogram(linkage(POINTS, "ward"), n_clusters=3, ax=ax),
    "reachability": lambda ax: plots.plot_reachability(
        np.r_[np.inf, VALUES[1:] + 1], LABELS - 1, np.arange(40), ax=ax
    ),
    "scatter": lambda ax: plots.plot_scatter(POINTS, LABELS, names=("u", "v"), ax=ax),
    "hulls": lambda ax: plots.plot_scatter(POINTS, LABELS, hulls=True, equal=True, ax=ax),
    "silhouette": lambda ax: plots.plot_silhouette(VALUES, LABELS, ax=ax),
    "boxes": lambda ax: plots.plot_boxes(VALUES, LABELS, name="price", ax=ax),
    "violins": lambda ax: plots.plot_violins(VALUES, LABELS, name="price", ax=ax),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_is_drawn_on_the_axes_given_and_changes_no_style(name: str, ax: Axes) -> None:
    before = dict(mpl.rcParams)

    drawn = DRAWN[name](ax)
    ax.figure.canvas.draw()

    assert drawn is ax
    assert dict(mpl.rcParams) == before
    assert ax.get_children()


def test_names_with_dollar_signs_are_no_formulas(ax: Axes) -> None:
    plots.plot_scatter(POINTS, LABELS, names=("$x_{$", "a$b"), ax=ax)

    ax.figure.canvas.draw()

    assert ax.get_xlabel() == "$x_{$"


def test_axes_say_what_they_are(selection: Selection, ax: Axes) -> None:
    named = ("silhouette", "boxes", "violins", "scatter", "tree", "sizes", "convergence")

    for name in named:
        DRAWN[name](ax)
        assert ax.get_xlabel(), name
        assert ax.get_ylabel(), name
    plots.plot_criterion(selection, "silhouette", ax=ax)
    assert ax.get_ylabel() == "silhouette (higher is better)"
    drawn = plots.ElbowDisplay.from_estimator(KMeans(3, random_state=0), POINTS)
    assert drawn.ax_.get_ylabel() == "inertia (lower is better)"


def test_clusters_are_written_from_one(ax: Axes) -> None:
    plots.plot_scatter(POINTS, LABELS, ax=ax)

    assert sorted(text.get_text() for text in ax.texts) == ["1", "2", "3"]


def test_blades_are_as_high_as_their_clusters_are_large(ax: Axes) -> None:
    plots.plot_silhouette(VALUES, LABELS, ax=ax)

    heights = [np.ptp(blade.vertices[:, 1]) for blade in ax.collections[0].get_paths()]
    assert heights[0] / heights[2] == pytest.approx(4.0, rel=0.01)


def test_boxes_leave_missing_values_out(ax: Axes) -> None:
    values = VALUES.copy()
    values[LABELS == 1] = np.nan

    plots.plot_boxes(values, LABELS, ax=ax)

    whiskers, boxes, medians = (len(each.get_paths()) for each in ax.collections)
    assert whiskers == boxes == medians == 3  # all, cluster 1 and cluster 3


def test_a_criterion_marks_its_choice(selection: Selection, ax: Axes) -> None:
    plots.plot_criterion(selection, "silhouette", ax=ax)

    rings = ax.collections[-1].get_offsets()
    assert rings[0][0] == selection.choices["silhouette"].k


def test_an_unknown_criterion_is_refused_with_the_known_ones(
    selection: Selection, ax: Axes
) -> None:
    with pytest.raises(ValueError, match="silhouette"):
        plots.plot_criterion(selection, "magic", ax=ax)


def test_a_tree_has_a_bar_for_every_cluster_and_bands_that_keep_all_rows(ax: Axes) -> None:
    plots.plot_tree({1: LABELS * 0, 2: LABELS // 2, 3: LABELS}, ax=ax)

    bars, bands, more_bars, more_bands, most_bars = ax.collections
    counted = [len(each.get_paths()) for each in (bars, bands, more_bars, more_bands, most_bars)]
    assert counted == [1, 2, 2, 3, 3]
    heights = [np.ptp(bar.vertices[:, 1]) for bar in most_bars.get_paths()]
    assert heights == pytest.approx([20 / 40, 15 / 40, 5 / 40])


def test_the_best_of_several_runs_ends_at_zero(ax: Axes) -> None:
    plots.plot_convergence(HISTORIES, ax=ax)

    ends = sorted(line.get_ydata()[-1] for line in ax.lines)
    inertias = sorted(each.inertia[-1] for each in HISTORIES)
    assert ends == pytest.approx([100 * (each / inertias[0] - 1) for each in inertias])


def test_distances_in_the_plane_are_those_between_centers(ax: Axes) -> None:
    centers = np.array([[0.0, 0.0, 1.0], [3.0, 4.0, 1.0], [0.0, 4.0, 1.0]])

    plots.plot_distances(centers, [1, 1, 1], ax=ax)

    place = np.asarray(ax.collections[-1].get_offsets())  # all of one size: in their order
    found = np.linalg.norm(place[:, None] - place, axis=2)
    assert found == pytest.approx(np.linalg.norm(centers[:, None] - centers, axis=2))


def test_an_animation_has_a_frame_for_every_iteration(tmp_path: Path) -> None:
    history = HISTORIES[0]

    written = plots.animate_iterations(POINTS, history, tmp_path / "run.gif")

    with Image.open(written) as moving:
        assert moving.n_frames == len(history.centers)


def test_a_comparison_is_drawn_in_one_panel(tmp_path: Path) -> None:
    found = compare_methods(POINTS, 2, methods=["kmeans", "ward"], truth=LABELS)

    plots.save_comparison(found, tmp_path / "panel.svg")

    assert "<svg" in (tmp_path / "panel.svg").read_text()
    titles = [ax.get_title(loc="left") for ax in plots.plot_comparison(found).axes]
    assert [title.partition("\n")[0] for title in titles] == ["k-means", "Ward"]
    assert all("2 groups, ARI" in title for title in titles)


def test_a_panel_of_an_unknown_format_is_refused_and_nothing_written(tmp_path: Path) -> None:
    found = compare_methods(POINTS, 2, methods=["kmeans"])

    with pytest.raises(ValueError, match="not a format of pictures"):
        plots.save_comparison(found, tmp_path / "panel.xyz")

    assert list(tmp_path.iterdir()) == []


def test_the_figure_of_components_says_what_does_not_compare() -> None:
    sweep = sweep_components(POINTS, [1, 2], n_clusters=3, truth=LABELS, random_state=0)

    words = [text.get_text() for text in plots.plot_components(sweep).get_legend().get_texts()]

    assert len(words) == 2
    assert any("not comparable" in each for each in words)


@pytest.mark.parametrize(
    "name", ["KElbowVisualizer", "SilhouetteVisualizer", "InterclusterDistance"]
)
def test_yellowbricks_names_fit_and_draw(name: str, ax: Axes) -> None:
    made = getattr(yellowbrick, name)(KMeans(3, random_state=0), ax=ax)

    assert made.fit(POINTS) is made
    assert made.ax is ax


def test_yellowbricks_elbow_takes_its_kinds_of_k() -> None:
    for k, ks in ((5, [2, 3, 4, 5]), ((2, 5), [2, 3, 4]), ([3, 4, 6], [3, 4, 6])):
        assert yellowbrick.KElbowVisualizer(KMeans(), k=k).k_values_ == ks


def test_yellowbricks_keywords_and_results_are_there(ax: Axes, tmp_path: Path) -> None:
    elbow = yellowbrick.KElbowVisualizer(
        KMeans(random_state=0), ax=ax, k=(2, 6), metric="silhouette", timings=False, title="a$b"
    ).fit(POINTS)
    assert elbow.elbow_score_ == max(elbow.k_scores_)
    assert elbow.k_values_[elbow.k_scores_.index(elbow.elbow_score_)] == elbow.elbow_value_
    assert ax.get_title() == "a$b"
    elbow.show(outpath=str(tmp_path / "elbow.png"), clear_figure=True)
    assert (tmp_path / "elbow.png").stat().st_size > 1_000

    without = yellowbrick.KElbowVisualizer(
        KMeans(random_state=0), ax=Figure().add_subplot(), k=4, locate_elbow=False
    ).fit(POINTS)
    assert without.elbow_value_ is None
    with pytest.raises(ValueError, match="k-medoids"):
        yellowbrick.KElbowVisualizer(KMeans(), distance_metric="manhattan")

    blades = yellowbrick.SilhouetteVisualizer(KMeans(3, random_state=0), ax=Figure().add_subplot())
    assert (blades.fit(POINTS).n_samples_, blades.n_clusters_) == (40, 3)
    centers = yellowbrick.InterclusterDistance(
        KMeans(3, random_state=0), ax=Figure().add_subplot(), is_fitted=False
    ).fit(POINTS)
    assert centers.embedded_centers_.shape == (3, 2)


def test_a_display_scores_a_pipeline_in_the_space_of_its_last_step(ax: Axes) -> None:
    X = POINTS * [1.0, 100.0]
    model = make_pipeline(StandardScaler(), KMeans(3, random_state=0)).fit(X)

    shown = plots.SilhouetteDisplay.from_estimator(model, X, ax=ax)

    expected = silhouette_score(StandardScaler().fit_transform(X), model.predict(X))
    assert shown.silhouette_score == pytest.approx(expected)
    assert shown.ax_ is ax


def test_every_pair_of_columns_is_drawn_once_over_histograms() -> None:
    X = np.column_stack([VALUES, POINTS[:, 1], VALUES**2])
    X[3, 1] = np.nan

    figure = plots.plot_pairs(X, LABELS, names=["a$b", "b", "c"], title="$x")

    assert len(figure.axes) == 6  # three planes and three histograms
    assert sum(len(ax.images) for ax in figure.axes) == 3
    assert [ax.get_xlabel() for ax in figure.axes if ax.get_xlabel()] == ["a$b", "b", "c"]
    steps = [patch for ax in figure.axes for patch in ax.patches]
    assert len(steps) == 9  # each column in each of three clusters
    assert max(float(np.max(step.get_data().values)) for step in steps) == 1.0  # type: ignore[attr-defined]
    figure.canvas.draw()
    mpl.pyplot.close(figure)


@pytest.mark.parametrize("shape", [(10,), (10, 1), (10, 9)])
def test_pairs_of_too_few_or_too_many_columns_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="2 to 8 columns"):
        plots.plot_pairs(np.zeros(shape), np.zeros(10, dtype=int))

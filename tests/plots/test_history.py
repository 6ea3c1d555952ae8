"""The iterations that are drawn are those of the run."""

import numpy as np
import pytest
from matplotlib import pyplot as plt
from sklearn.datasets import make_blobs

from kwise import KMeans
from kwise.plots import plot_history


@pytest.fixture(scope="module")
def run():
    X = make_blobs(120, centers=4, random_state=0)[0]
    return X, KMeans(4, init="random", n_init=1, random_state=3, keep_history=True).fit(X)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_the_last_iteration_ends_at_the_centers_of_the_model(run):
    X, model = run

    ax = plot_history(X, model.history_)

    ends = np.array([line.get_xydata()[-1] for line in ax.lines[1::2]])
    np.testing.assert_allclose(ends, model.cluster_centers_)
    assert ax.get_title(loc="left").startswith(f"iteration {model.n_iter_}")


def test_the_start_has_the_first_inertia(run):
    X, model = run

    title = plot_history(X, model.history_, iteration=0).get_title(loc="left")

    apart = ((X[:, None] - model.history_.centers[0]) ** 2).sum(axis=2).min(axis=1).sum()
    assert title == f"iteration 0, inertia {apart:.5g}"


def test_rows_of_three_columns_are_refused(run):
    with pytest.raises(ValueError, match="needs two columns"):
        plot_history(np.zeros((4, 3)), run[1].history_)

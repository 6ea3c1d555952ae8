"""The sweep over components reproduces the published table, fits the scaler once, and warns."""

import math

import numpy as np
import pytest
from sklearn.cluster import KMeans as TheirKMeans
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.preprocessing import MinMaxScaler

from kwise.selection import sweep_components

N_COMPONENTS = range(2, 11)
SILHOUETTES = [
    0.511878,
    0.504727,
    0.471335,
    0.469340,
    0.442756,
    0.426692,
    0.403807,
    0.390179,
    0.377168,
]
AGREEMENTS = [
    0.722277,
    0.745831,
    0.725252,
    0.857199,
    0.825157,
    0.954833,
    0.808662,
    0.808662,
    0.808662,
]
INERTIAS = [
    8955.415,
    18452.675,
    30851.216,
    43092.056,
    51951.357,
    60792.938,
    68660.483,
    73994.459,
    78975.858,
]


@pytest.fixture(scope="module")
def cancer(data_dir):
    folder = data_dir / "tcga_pancan"
    points = np.genfromtxt(folder / "pca_16d.csv", delimiter=",", skip_header=1)
    names = np.genfromtxt(folder / "labels.csv", delimiter=",", skip_header=1, dtype=str)[:, -1]
    return points[:, -16:], names


def test_the_published_rows_are_reproduced(cancer):
    points, names = cancer

    found = sweep_components(
        points, N_COMPONENTS, n_clusters=5, truth=names, n_init=50, random_state=42
    )

    assert found.n_components == tuple(N_COMPONENTS)
    np.testing.assert_allclose(found.silhouettes, SILHOUETTES, atol=5e-7)
    np.testing.assert_allclose(found.agreements, AGREEMENTS, atol=5e-7)
    np.testing.assert_allclose([run.inertia for run in found.runs], INERTIAS, atol=5e-4)
    assert found.silhouettes[0] == pytest.approx(0.511877554, abs=1e-8)
    assert found.agreements[0] == pytest.approx(0.722276752060253, abs=1e-12)


@pytest.mark.parametrize("shape", [(150, 4), (40, 90)], ids=["long", "wide"])
def test_every_row_is_what_a_pipeline_of_its_own_finds(shape):
    rng = np.random.default_rng(0)
    X = rng.normal(size=shape) * rng.uniform(1, 9, shape[1]) + rng.integers(0, 3, shape[0])[:, None]

    found = sweep_components(
        X, [1, 2, 4], n_clusters=3, scaler=MinMaxScaler(), n_init=5, random_state=3
    )

    for n, run, share, silhouette in zip(
        found.n_components, found.runs, found.explained, found.silhouettes
    ):
        pca = PCA(n, svd_solver="full")
        points = pca.fit_transform(MinMaxScaler().fit_transform(X))
        theirs = TheirKMeans(3, n_init=5, random_state=3).fit(points)
        assert adjusted_rand_score(theirs.labels_, run.labels) == 1.0
        assert run.inertia == pytest.approx(theirs.inertia_)
        assert share == pytest.approx(pca.explained_variance_ratio_.sum())
        assert silhouette == pytest.approx(silhouette_score(points, theirs.labels_))


def test_the_scaler_is_fitted_once():
    class Counting(MinMaxScaler):
        fits = 0

        def partial_fit(self, *args, **kwargs):
            Counting.fits += 1
            return super().partial_fit(*args, **kwargs)

    sweep_components(load_iris().data, [1, 2, 3], n_clusters=3, scaler=Counting(), random_state=0)

    assert Counting.fits == 1


def test_the_table_says_that_silhouettes_are_not_comparable():
    found = sweep_components(load_iris().data, [2, 1, 2], n_clusters=3, random_state=0)

    assert [row["n_components"] for row in found.table()] == [1, 2]
    assert math.isnan(found.table()[0]["ari"])
    assert "never the spaces" in found.caution


@pytest.mark.parametrize(
    ("numbers", "message"), [([], "n_components is empty"), ([0], "holds 0"), ([5], "from 1 to 4")]
)
def test_numbers_that_the_data_do_not_have_are_refused(numbers, message):
    with pytest.raises(ValueError, match=message):
        sweep_components(load_iris().data, numbers, n_clusters=3)

"""The numbers that two published tutorials print, from their data where it is there."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, normalize

from kwise import KMeans

TUMOURS = {
    2: (0.722277, 8955.415),
    5: (0.857199, 43092.056),
    7: (0.954833, 60792.938),
    10: (0.808662, 78975.858),
}
HOUSES = {
    2: 0.343832428,
    3: 0.164967339,
    4: 0.116251731,
    5: 0.085988541,
    6: 0.056947013,
    7: 0.039359471,
}


@pytest.mark.parametrize("n_components", sorted(TUMOURS))
def test_gene_expression_of_five_tumours(data_dir, n_components):
    rows = pd.read_csv(data_dir / "tcga_pancan" / "pca_16d.csv").to_numpy()[:, :n_components]
    truth = pd.read_csv(data_dir / "tcga_pancan" / "labels.csv").iloc[:, -1]
    rand_index, inertia = TUMOURS[n_components]

    model = KMeans(5, n_init=50, max_iter=500, random_state=42).fit(rows)

    assert model.inertia_ == pytest.approx(inertia, abs=1e-3)
    found = adjusted_rand_score(LabelEncoder().fit_transform(truth), model.labels_)
    assert found == pytest.approx(rand_index, abs=1e-6)


def test_house_blocks_of_california(data_dir):
    table = pd.read_csv(data_dir / "california_housing" / "housing.csv")
    columns = table[["latitude", "longitude"]]
    train, _ = train_test_split(columns, test_size=0.33, random_state=0)
    rows = normalize(train)

    for k, inertia in HOUSES.items():
        model = KMeans(k, random_state=0, n_init="auto").fit(rows)
        assert model.inertia_ == pytest.approx(inertia, abs=1e-9)
    sizes = np.bincount(KMeans(3, random_state=0).fit(rows).labels_)
    assert 1449 in sizes

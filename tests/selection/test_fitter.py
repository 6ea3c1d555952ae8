"""Fits of one data set for many numbers of clusters."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from kwise import KMeans
from kwise.selection.fitter import Fitter


@pytest.mark.parametrize("shape", [(60, 3), (40, 300)])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("quality", ["standard", "better"])
def test_fits_are_those_of_kmeans(shape: tuple[int, int], weighted: bool, quality: str) -> None:
    X, _ = make_blobs(*shape, centers=4, random_state=3)
    weight = np.random.default_rng(0).uniform(0.5, 2.0, len(X)) if weighted else None
    model = KMeans(4, n_init=5, random_state=7, quality=quality).fit(X, sample_weight=weight)

    best = Fitter(X, weight).fit(4, n_init=5, random_state=7, quality=quality).best

    np.testing.assert_array_equal(best.labels, model.labels_)
    np.testing.assert_allclose(best.centers, model.cluster_centers_, rtol=1e-9, atol=1e-9)
    assert best.inertia == pytest.approx(model.inertia_, rel=1e-9)


def test_wide_tables_of_equal_rows_have_one_point() -> None:
    best = Fitter(np.ones((5, 20))).fit(1, n_init=1, random_state=0).best

    assert best.inertia == 0.0

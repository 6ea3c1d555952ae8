"""Better optima for many clusters, never worse ones."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from kwise import KMeans
from kwise.selection.fitter import MANY_CLUSTERS, Fitter


def grid(side: int, rows_each: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw round groups on a square grid, well apart."""
    rng = np.random.default_rng(seed)
    centers = 8.0 * np.array([(i, j) for i in range(side) for j in range(side)])
    truth = np.repeat(np.arange(side * side), rows_each)
    return centers[truth] + rng.normal(size=(len(truth), 2)), truth


def test_weights_count_when_centers_are_moved() -> None:
    X, truth = grid(6, 20, 0)
    weight = np.random.default_rng(0).integers(1, 4, len(X)).astype(float)

    best = Fitter(X, weight).fit(36, n_init=2, random_state=0).best

    moved = KMeans(36, init=best.centers, n_init=1).fit(X, sample_weight=weight)
    assert adjusted_rand_score(truth, best.labels) > 0.99
    assert best.inertia == pytest.approx(moved.inertia_, rel=1e-6)


@pytest.mark.parametrize(
    "X",
    [
        np.repeat(np.arange(30.0)[:, None], 3, axis=0),
        np.random.default_rng(0).normal(size=(40, 80)),
        np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32) + 1e3,
    ],
    ids=["as many clusters as distinct rows", "more columns than rows", "float32 far from zero"],
)
def test_hard_tables_are_never_made_worse(X: np.ndarray) -> None:
    k = MANY_CLUSTERS + 10
    plain = KMeans(k, n_init=1, random_state=0).fit(X)

    best = Fitter(X).fit(k, n_init=1, random_state=0).best

    assert best.inertia <= plain.inertia_ * (1 + 1e-6)
    assert best.centers.shape == (k, X.shape[1])

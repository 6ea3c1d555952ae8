"""Rows that engines cluster in tests, and what "one machine's bits" means."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

import kwise


def blobs(dtype: DTypeLike, n: int = 14_000, d: int = 4) -> np.ndarray:
    """Return rows around seven places."""
    rng = np.random.default_rng(0)
    return (rng.normal(size=(n, d)) + 4 * rng.integers(0, 7, size=(n, 1))).astype(dtype)


def check_same(found: kwise.KMeans, one: kwise.KMeans) -> None:
    """Assert that a fit found what one machine finds, bit for bit."""
    assert np.array_equal(np.asarray(found.labels_), one.labels_)
    assert np.array_equal(found.cluster_centers_, one.cluster_centers_)
    assert found.inertia_ == one.inertia_
    assert found.n_iter_ == one.n_iter_

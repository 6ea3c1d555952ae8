"""Data sets with names, and the folder of real data where there is one."""

from __future__ import annotations

import os
import signal
from pathlib import Path

# Test processes share the cores: threads of scikit-learn that wait must not spin meanwhile.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest
from sklearn.datasets import make_blobs

ROOT = Path(__file__).resolve().parents[1]


def pytest_configure() -> None:
    """Hear SIGINT: shells start what works in the background deaf to it, as its children are."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of real data sets; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("KWISE_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data: set KWISE_DATA (looked in {folder})")
    return folder


@pytest.fixture
def blobs() -> np.ndarray:
    """Return 300 rows in four round groups that touch a little."""
    return make_blobs(300, 3, centers=4, cluster_std=1.5, random_state=0)[0]


@pytest.fixture
def one_cluster() -> np.ndarray:
    """Return 200 rows of one Gaussian."""
    return np.random.RandomState(0).normal(size=(200, 2))


@pytest.fixture
def duplicates() -> np.ndarray:
    """Return 60 rows, only five of them distinct."""
    return np.repeat(np.random.RandomState(0).normal(size=(5, 2)), 12, axis=0)


@pytest.fixture
def far_from_origin(blobs: np.ndarray) -> np.ndarray:
    """Return the blobs, a million units away."""
    return blobs + 1e6


@pytest.fixture
def weights() -> np.ndarray:
    """Return 300 weights in [0, 3), a third of them zero."""
    rng = np.random.RandomState(1)
    return rng.uniform(0, 3, 300) * (rng.uniform(size=300) > 1 / 3)

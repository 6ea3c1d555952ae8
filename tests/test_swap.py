"""scikit-learn's own tests pass with kwise in place of its k-means."""

import subprocess
import sys
from pathlib import Path

import pytest
import sklearn.cluster

RUNNER = Path(__file__).parent / "swap" / "run.py"


@pytest.mark.slow
def test_scikit_learns_own_tests_pass_with_kwise_swapped_in():
    done = subprocess.run(
        [sys.executable, str(RUNNER)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout[-4000:]
    summary = next(line for line in done.stdout.splitlines() if line.startswith("swap:"))
    with_kwise = int(summary.split()[1])
    # Fewer would mean that the swap no longer reaches the tests.
    assert with_kwise > 350, summary


def test_the_tests_own_scikit_learn_is_not_swapped() -> None:
    for name in ("KMeans", "MiniBatchKMeans", "BisectingKMeans", "kmeans_plusplus"):
        assert getattr(sklearn.cluster, name).__module__.startswith("sklearn."), name

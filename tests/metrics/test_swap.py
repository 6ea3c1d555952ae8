"""scikit-learn's own tests of its indices pass with kwise's in their place."""

import subprocess
import sys

import pytest

SWAPPED = """
import sys
import pytest
from sklearn.metrics.cluster.tests import test_unsupervised as theirs
from kwise import metrics
for name in NAMES:
    assert hasattr(theirs, name)
    setattr(theirs, name, getattr(metrics, name))
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--pyargs",
                      theirs.__name__]))
"""
NAMES = (
    "silhouette_score",
    "silhouette_samples",
    "calinski_harabasz_score",
    "davies_bouldin_score",
)


@pytest.mark.slow
def test_scikit_learns_tests_pass_with_kwise_indices():
    code = SWAPPED.replace("NAMES", repr(NAMES))

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-3000:]
    assert int(done.stdout.split(" passed")[0].split()[-1]) >= 40

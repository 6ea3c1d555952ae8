"""Run scikit-learn's own tests with kwise in place of its k-means, and count.

python tests/swap/run.py                # the suites about k-means, one random seed
python tests/swap/run.py --seeds 0-19   # the long run
python tests/swap/run.py --list         # also name the tests that never call kwise
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SUITES = (
    "sklearn.cluster.tests.test_k_means",
    "sklearn.cluster.tests.test_bisect_k_means",
    "sklearn.cluster.tests.test_spectral",
    "sklearn.preprocessing.tests.test_discretization",
    "sklearn.tests.test_pipeline",
    "sklearn.feature_selection.tests.test_sequential",
    "sklearn.mixture.tests.test_gaussian_mixture",
    "sklearn.mixture.tests.test_bayesian_mixture",
)


def run_suites(suites: tuple[str, ...] = SUITES, seeds: str = "42") -> tuple[int, dict]:
    """Return pytest's exit code and the counts."""
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts.json"
        # Where cores are shared, threads of OpenMP and BLAS that wait must not spin meanwhile.
        quiet = {"OMP_WAIT_POLICY": "passive", "OPENBLAS_NUM_THREADS": "1"}
        environment = (
            quiet
            | os.environ
            | {
                "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path[1:]]),
                "SKLEARN_TESTS_GLOBAL_RANDOM_SEED": seeds,
                "SKLEARN_RUN_FLOAT32_TESTS": "1",
                "KWISE_SWAP_COUNTS": str(counts),
            }
        )
        command = [sys.executable, "-m", "pytest", "-p", "plugin", "-p", "no:cacheprovider"]
        command += ["-c", os.devnull, "--rootdir", folder, "-q", "--tb=short", "--pyargs", *suites]
        code = subprocess.run(command, env=environment, cwd=folder, check=False).returncode
        return code, json.loads(counts.read_text()) if counts.exists() else {}


def main() -> int:
    """Run, print the counts, return pytest's exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", default="42", help="scikit-learn's global random seeds: 0-19")
    parser.add_argument("--list", action="store_true", help="name the tests that never call kwise")
    parser.add_argument("suites", nargs="*", default=SUITES)
    options = parser.parse_args()
    code, counts = run_suites(tuple(options.suites), options.seeds)
    without = counts.pop("tests without kwise", [])
    print(json.dumps(counts, indent=1))  # noqa: T201
    if options.list:
        print(*without, sep="\n")  # noqa: T201
    return code


if __name__ == "__main__":
    sys.exit(main())

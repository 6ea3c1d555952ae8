"""Jobs of Python, and of files without a page: one a name, as kwise does it and by hand.

python benchmarks/jobs_in_python.py NAME ours|theirs FILE
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

KWISE = Path(sys.executable).with_name("kwise")
MOST_ROWS = 10_000


@dataclass(frozen=True)
class Job:
    """What is done to the rows of a file, on both sides, and how many rows and columns it has."""

    shape: tuple[int, int]
    ours: Callable[[str], object]
    theirs: Callable[[str], object]
    suffix: str = ".npy"


def write_rows(job: Job, path: Path) -> None:
    """Write rows in eight groups, the same each time."""
    import numpy as np

    n, d = job.shape
    rng = np.random.default_rng(0)
    centers = rng.normal(0.0, 4.0, (8, d))
    X = rng.normal(size=(n, d))
    X += centers[rng.integers(0, 8, n)]
    if path.suffix == ".npy":
        np.save(path, X)
        return
    import polars as pl

    pl.DataFrame({f"c{j}": X[:, j].round(5) for j in range(d)}).write_csv(path)


def select(path: str) -> None:
    """Choose k."""
    import numpy as np

    import kwise

    kwise.select_k(np.load(path), random_state=0)


def analyze(path: str) -> None:
    """Choose k, and describe the clusters."""
    import numpy as np

    import kwise

    kwise.analyze(np.load(path), random_state=0)


def analyze_given(path: str) -> None:
    """Describe eight clusters."""
    import numpy as np

    import kwise

    kwise.analyze(np.load(path), k=8, random_state=0)


def sweep(path: str) -> None:
    """Fit 2 to 10 clusters of scaled columns, and score them by the silhouette, as tutorials do."""
    import numpy as np
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score
    from sklearn.preprocessing import StandardScaler

    X = StandardScaler().fit_transform(np.load(path))
    for k in range(2, 11):
        labels = KMeans(k, n_init=10, random_state=0).fit_predict(X)
        silhouette_score(X, labels, sample_size=MOST_ROWS, random_state=0)


def fit_given(path: str) -> None:
    """Scale columns, and fit eight clusters."""
    import numpy as np
    from sklearn.cluster import KMeans
    from sklearn.preprocessing import StandardScaler

    KMeans(8, n_init=10, random_state=0).fit(StandardScaler().fit_transform(np.load(path)))


def fit_and_predict(path: str) -> None:
    """Make a model of a file, and label the file by it."""
    model, labels = f"{path}.kwise", f"{path}.labels.parquet"
    subprocess.run([KWISE, "fit", path, "--k", "8", "-q", "-o", model], check=True)
    subprocess.run([KWISE, "predict", model, path, "-q", "-o", labels], check=True)


def read_twice(path: str) -> None:
    """Read a file by polars, and once more."""
    import polars as pl

    for _ in range(2):
        pl.read_csv(path)


def fit_few(_: str) -> None:
    """Import, and fit 200 rows."""
    import numpy as np

    from kwise import KMeans

    KMeans(3, random_state=0).fit(np.random.default_rng(0).normal(size=(200, 2)))


def import_base(_: str) -> None:
    """Import what every estimator stands on."""
    import numpy  # noqa: F401, ICN001
    import sklearn.base  # noqa: F401


JOBS: Mapping[str, Job] = {
    "select_k, 100,000 x 8": Job((100_000, 8), select, sweep),
    "select_k, 1,000,000 x 8": Job((1_000_000, 8), select, sweep),
    "analyze, 1,000,000 x 32, k given": Job((1_000_000, 32), analyze_given, fit_given),
    "analyze, 1,000,000 x 32": Job((1_000_000, 32), analyze, sweep),
    "fit and predict, CSV of 1 GB": Job((11_500_000, 10), fit_and_predict, read_twice, ".csv"),
    "import and fit, 200 x 2": Job((1, 1), fit_few, import_base),
}


if __name__ == "__main__":
    name, side, file = sys.argv[1:]
    getattr(JOBS[name], side)(file)

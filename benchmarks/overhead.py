"""What a call costs beside the work: a tiny fit, less scikit-learn's own checks of its input.

    OMP_NUM_THREADS=1 python benchmarks/overhead.py

The budget of a tiny fit beyond those checks is 150 microseconds of this process's time; the
program ends with code 1 beyond it. Medians of many calls, in microseconds.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import sklearn.cluster
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data

import kwise

BUDGET = 150.0


def microseconds(call: Callable[[], object], repeats: int = 1000) -> float:
    """Return the median of this process's time for one call."""
    call()
    taken = []
    for _ in range(repeats):
        start = time.process_time_ns()
        call()
        taken.append(time.process_time_ns() - start)
    return statistics.median(taken) / 1e3


def calls(library: object, X: np.ndarray) -> dict[str, Callable[[], object]]:
    """Return the calls to time, by name."""
    one = library.KMeans(3, init="random", n_init=1, random_state=0)  # type: ignore[attr-defined]
    plus = library.KMeans(3, random_state=0)  # type: ignore[attr-defined]
    ten = library.KMeans(3, init="random", n_init=10, random_state=0)  # type: ignore[attr-defined]
    fitted = library.KMeans(3, random_state=0).fit(X)  # type: ignore[attr-defined]
    return {
        "fit, one random start": lambda: one.fit(X),
        "fit, k-means++": lambda: plus.fit(X),
        "fit, ten random starts": lambda: ten.fit(X),
        "predict": lambda: fitted.predict(X),
        "transform": lambda: fitted.transform(X),
    }


def main() -> int:
    """Measure 200 x 2 and print one line a call."""
    X = np.random.RandomState(0).normal(size=(200, 2))
    model = sklearn.cluster.KMeans(3)
    checks = microseconds(
        lambda: (BaseEstimator._validate_params(model), validate_data(model, X, dtype="numeric"))
    )
    print(f"scikit-learn's checks of parameters and data: {checks:.0f} us")
    ours, theirs = calls(kwise, X), calls(sklearn.cluster, X)
    for name in ours:
        print(f"{name:24} {microseconds(ours[name]):8.0f} {microseconds(theirs[name]):8.0f}")
    beyond = microseconds(ours["fit, one random start"]) - checks
    print(f"a tiny fit beyond those checks: {beyond:.0f} us of {BUDGET:.0f}")
    return int(beyond > BUDGET)


if __name__ == "__main__":
    sys.exit(main())

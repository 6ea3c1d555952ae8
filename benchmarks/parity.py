"""Does kwise give scikit-learn's answers for the same random_state? Count, and explain the rest.

    python benchmarks/parity.py            # all: some minutes
    python benchmarks/parity.py --quick    # generated data only

An agreement is: equal labels, equal number of iterations, inertia equal to 1e-9 (float64) or
1e-4 (float32, where scikit-learn adds in float32), centers equal to 1e-7 or 1e-3 of their
spread. Every disagreement is traced to the first step that differs, and counts as explained if
the two sides differ there by no more than rounding; otherwise the program ends with code 1.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

# One thread: for scikit-learn sums on several threads add up in any order. BLAS does not know
# every processor.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_CORETYPE", "SkylakeX")

import numpy as np
import parity_data
import parity_reasons
import sklearn.cluster
from numpy.typing import NDArray
from scipy import sparse

import kwise


@dataclass(frozen=True)
class Case:
    """One configuration: data, and the settings of both sides."""

    data: str
    X: NDArray[np.floating]
    estimator: str
    n_clusters: int
    init: str
    n_init: int
    weighted: bool
    is_sparse: bool
    seed: int

    @property
    def weights(self) -> NDArray[np.floating] | None:
        """Return weights in [0, 2), some of them zero, or None."""
        if not self.weighted:
            return None
        rng = np.random.RandomState(len(self.X))
        return rng.uniform(0, 2, len(self.X)) * (rng.uniform(size=len(self.X)) > 0.1)

    def rows(self) -> NDArray[np.floating] | sparse.csr_matrix:
        """Return X in the form that the case is about."""
        return sparse.csr_matrix(self.X) if self.is_sparse else self.X

    def settings(self) -> dict[str, object]:
        """Return the parameters of both sides."""
        return {
            "n_clusters": self.n_clusters,
            "init": self.init,
            "n_init": self.n_init,
            "random_state": self.seed,
        }

    def __str__(self) -> str:
        kind = f"{self.X.dtype}{' sparse' if self.is_sparse else ''}"
        weights = " weighted" if self.weighted else ""
        return (
            f"{self.estimator} {self.data} {kind}{weights} k={self.n_clusters} {self.init} "
            f"n_init={self.n_init} seed={self.seed}"
        )


def cases(quick: bool) -> Iterator[Case]:
    """Yield every configuration."""
    for name, X in parity_data.generated():
        for dtype, init, n_init, weighted, k, seed in itertools.product(
            (np.float32, np.float64),
            ("k-means++", "random"),
            (1, 3, 10),
            (False, True),
            (2, 7, 25, 100),
            range(2),
        ):
            case = Case(name, X.astype(dtype), "KMeans", k, init, n_init, weighted, False, seed)
            yield case
            if n_init == 1:
                yield replace(case, is_sparse=True)
            if n_init == 3 and k < 100:
                yield replace(case, estimator="BisectingKMeans")
    if not quick:
        yield from real_cases()


def real_cases() -> Iterator[Case]:
    """Yield the configurations on real data."""
    for name, X in parity_data.real():
        ks = (3, 8, 30) if X.size < 1_000_000 else (5, 12)
        for dtype, init, k, weighted in itertools.product(
            (np.float32, np.float64), ("k-means++", "random"), ks, (False, True)
        ):
            n_init = 3 if X.size < 100_000 else 1
            case = Case(name, X.astype(dtype), "KMeans", k, init, n_init, weighted, False, 0)
            yield case
            if X.size < 200_000:
                yield replace(case, estimator="BisectingKMeans")


def fits(case: Case):
    """Return kwise's and scikit-learn's fits, None where scikit-learn's fails."""
    ours = getattr(kwise, case.estimator)(**case.settings())
    theirs = getattr(sklearn.cluster, case.estimator)(**case.settings())
    if case.estimator == "BisectingKMeans":
        # kwise scales the tolerance where that makes it stricter; here both get the same.
        theirs.set_params(tol=1e-4 * min(1.0, float(np.float64(case.X).var(axis=0).mean())))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            theirs.fit(case.rows(), sample_weight=case.weights)
        except ValueError:
            return None
        ours.fit(case.rows(), sample_weight=case.weights)
    return ours, theirs


def agree(case: Case, ours, theirs) -> bool:
    """Tell whether the two fits are the same answer."""
    single = case.X.dtype == np.float32
    spread = float(np.float64(case.X).std()) + 1e-300
    far = float(np.abs(np.float64(case.X)).max())
    center_tol = (1e-3 if single else 1e-7) * spread + 4 * np.finfo(case.X.dtype).eps * far
    return bool(
        np.array_equal(ours.labels_, theirs.labels_)
        and getattr(ours, "n_iter_", 0) == getattr(theirs, "n_iter_", 0)
        and np.isclose(ours.inertia_, theirs.inertia_, rtol=1e-4 if single else 1e-9, atol=1e-12)
        and np.abs(np.float64(ours.cluster_centers_) - theirs.cluster_centers_).max() <= center_tol
    )


def main() -> int:
    """Run all cases and print the counts and the reasons."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="generated data only")
    parser.add_argument("--verbose", action="store_true", help="print every disagreement")
    options = parser.parse_args()
    total, agreed, reasons = Counter(), Counter(), Counter()
    unexplained = refused = 0
    for case in cases(options.quick):
        if case.n_clusters > len(case.X):
            continue
        pair = fits(case)
        if pair is None:
            refused += 1
            continue
        ours, theirs = pair
        group = f"{case.estimator}, {case.X.dtype}{', sparse' if case.is_sparse else ''}"
        total[group] += 1
        if agree(case, ours, theirs):
            agreed[group] += 1
            continue
        reason = parity_reasons.reason(case, ours, theirs)
        reasons[reason.kind] += 1
        unexplained += not reason.is_rounding
        if options.verbose or not reason.is_rounding:
            print(f"{case}: {reason.kind} ({reason.detail})", flush=True)
    print(f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, kwise {kwise.__version__}")
    for group in total:
        print(f"{group:28} {agreed[group]:6} of {total[group]:6} agree")
    count = sum(total.values())
    print(f"{'in all':28} {sum(agreed.values()):6} of {count:6} agree")
    print(f"{refused} more where scikit-learn raises an error (too few rows with weight)")
    for kind, number in reasons.most_common():
        print(f"  {number:6} {kind}")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())

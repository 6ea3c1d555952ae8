"""Gaussian mixture: groups that are elongated, tilted, or of different widths."""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from kwise.comparison.base import Method, Partition
from kwise.comparison.mixture import Mixture, fit_mixture
from kwise.estimators import KMeans

__all__ = ["GAUSSIAN_MIXTURE"]

MOST_GROUPS = 10


def fit(X: NDArray[np.floating], k: int | None, seed: int) -> Partition:
    """Fit full covariances; where no k is given, take the lowest BIC, going up while it falls."""
    n_samples, n_features = X.shape
    # A covariance has d (d + 1) / 2 entries: with few rows only its diagonal can be estimated.
    kind: Literal["full", "diag"] = "full" if n_samples >= 4 * n_features * n_features else "diag"
    floor = 1e-6 * float(X.var(axis=0).mean()) or 1.0  # any will do where no row differs
    best: Mixture | None = None
    lowest, worse = np.inf, 0
    for each in [k] if k is not None else range(1, MOST_GROUPS + 1):
        if each * (n_features + 1) > n_samples:
            break
        model = _fit_one(X, each, kind, floor, seed)
        if model.bic < lowest:
            best, lowest, worse = model, model.bic, 0
        else:
            worse += 1
        if worse == 2:
            break
    if best is None:
        return Partition(np.zeros(n_samples, dtype=np.intp), "too few rows: one group")
    return Partition(best.labels, f"{best.weighted.shape[1]} {kind} covariances", lowest)


def _fit_one(
    X: NDArray[np.floating], k: int, kind: Literal["full", "diag"], floor: float, seed: int
) -> Mixture:
    """Run EM from the k-means clusters: their shares, means and covariances."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        start = KMeans(k, n_init=1, random_state=seed).fit(X)
    sizes = np.maximum(np.bincount(start.labels_, minlength=k), 1)
    precisions = [_precision(X[start.labels_ == c], X, kind, floor) for c in range(k)]
    return fit_mixture(X, sizes / sizes.sum(), start.cluster_centers_, np.array(precisions), floor)


def _precision(
    rows: NDArray[np.floating], X: NDArray[np.floating], kind: str, floor: float
) -> NDArray[np.floating]:
    """Return the inverse covariance of a cluster; of all rows where it is too small for one."""
    rows = rows if len(rows) > 2 * X.shape[1] else X
    if kind == "diag":
        precision: NDArray[np.floating] = 1.0 / (rows.var(axis=0) + floor)
        return precision
    covariance = np.atleast_2d(np.cov(rows, rowvar=False, bias=True))
    inverse = np.linalg.inv(covariance + floor * np.eye(X.shape[1]))
    # Columns that follow from others make the inverse large, and its halves unlike by rounding.
    return (inverse + inverse.T) / 2.0


GAUSSIAN_MIXTURE = Method(
    name="gaussian_mixture",
    label="Gaussian mixture",
    fit=fit,
    rule="number of groups by BIC, full covariances if n >= 4 d^2, else diagonal ones",
    finds="elongated or tilted groups, or groups of very different widths",
    max_rows=200_000,
)

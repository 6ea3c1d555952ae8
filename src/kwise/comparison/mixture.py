"""EM for a mixture of Gaussians, from given parameters on: for many small fits.

Every number is made as by scikit-learn's ``GaussianMixture``, in the same order, so that the answer
is the same; what takes half of the time there, checks of arrays at each step, is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import get_lapack_funcs

__all__ = ["Mixture", "fit_mixture"]

Floats: TypeAlias = NDArray[np.floating]
# A function of LAPACK: what it found, and 0 if nothing was wrong.
Factor: TypeAlias = Callable[..., tuple[Floats, int]]

MAX_ITER, TOL = 100, 1e-3
_ILL_DEFINED = (
    "the covariance of some group cannot be inverted: fewer groups or another scale would help"
)


@dataclass(frozen=True)
class Mixture:
    """A fitted mixture: what it says of the rows that it was fitted on.

    ``weighted`` holds the logarithm of each row's density by group, shape (n_samples, k);
    ``n_parameters`` is how many free parameters the mixture has.
    """

    weighted: Floats
    n_parameters: int

    @cached_property
    def labels(self) -> NDArray[np.intp]:
        """The likeliest group of each row."""
        found: NDArray[np.intp] = self.weighted.argmax(axis=1)
        return found

    @cached_property
    def bic(self) -> float:
        """Schwarz's criterion; lower is better."""
        n = len(self.weighted)
        likelihood = float(_log_sums(self.weighted).mean())
        return -2 * likelihood * n + self.n_parameters * math.log(n)


def fit_mixture(
    X: Floats, weights: Floats, means: Floats, precisions: Floats, floor: float
) -> Mixture:
    """Run EM until the mean log-likelihood gains less than 0.001, 100 times at most.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        The rows.
    weights, means : ndarrays of shape (k,) and (k, n_features)
        Where EM starts.
    precisions : ndarray of shape (k, n_features, n_features) or (k, n_features)
        Inverse covariances to start from; of shape (k, n_features) those along columns, which
        alone are then estimated.
    floor : float
        Added to all variances.

    Raises
    ------
    ValueError
        If a covariance cannot be inverted.
    """
    shapes = _Full(X, floor) if precisions.ndim == 3 else _Diagonal(X, floor)
    roots = shapes.roots_of_precisions(precisions)
    tiny = 10 * np.finfo(np.result_type(X, weights)).eps
    before = -math.inf
    for _ in range(MAX_ITER):
        weighted = shapes.log_densities(means, roots) + np.log(weights)
        likelihoods = _log_sums(weighted)
        with np.errstate(under="ignore"):
            weighted -= likelihoods[:, None]
        share = np.exp(weighted, out=weighted)
        mass = share.sum(axis=0) + tiny
        means = (share.T @ X) / mass[:, None]
        roots = shapes.roots(share, mass, means)
        weights = mass / mass.sum()
        likelihood = float(likelihoods.mean())
        if abs(likelihood - before) < TOL:
            break
        before = likelihood
    k, d = means.shape
    weighted = shapes.log_densities(means, roots) + np.log(weights)
    return Mixture(weighted, shapes.n_parameters(k) + d * k + k - 1)


def _log_sums(logs: Floats) -> Floats:
    """Return the logarithm of each row's sum of exponentials, exact also where one outweighs."""
    top = logs.max(axis=1, keepdims=True)
    largest = logs == top
    rest = np.exp(logs - np.where(np.isfinite(top), top, 0))
    rest[largest] = 0.0
    total = rest.sum(axis=1, keepdims=True)
    many = largest.sum(axis=1, keepdims=True, dtype=logs.dtype)
    total = np.where(total == 0, total, total / many)
    found: Floats = (np.log1p(total) + np.log(many) + top)[:, 0]
    return found


class _Full:
    """Covariances of all pairs of columns, held as triangular roots of their inverses."""

    def __init__(self, X: Floats, floor: float) -> None:
        self._X, self._floor = X, np.asarray(floor, dtype=X.dtype)
        self._one = np.eye(X.shape[1], dtype=X.dtype)
        self._factor, self._solve = _of_lapack("potrf", X), _of_lapack("trtrs", X)

    def n_parameters(self, k: int) -> int:
        """Count the free parameters of k covariances."""
        return k * len(self._one) * (len(self._one) + 1) // 2

    def roots_of_precisions(self, precisions: Floats) -> Floats:
        """Return the roots of inverse covariances."""
        if not all((np.linalg.eigvalsh(each) > 0.0).all() for each in precisions):
            raise ValueError(_ILL_DEFINED)
        factor = _of_lapack("potrf", precisions)
        return np.stack([_lower(each[::-1, ::-1], factor)[::-1, ::-1] for each in precisions])

    def roots(self, share: Floats, mass: Floats, means: Floats) -> Floats:
        """Estimate the covariances, and return the roots of their inverses."""
        X, d = self._X, len(self._one)
        found = np.empty((len(means), d, d), dtype=X.dtype)
        for c, mean in enumerate(means):
            away = X - mean
            found[c] = ((share[:, c] * away.T) @ away) / mass[c]
            found[c].flat[:: d + 1] += self._floor
            found[c] = self._solve(_lower(found[c], self._factor), self._one, lower=1)[0].T
        return found

    def log_densities(self, means: Floats, roots: Floats) -> Floats:
        """Return the logarithm of the density of each group at each row."""
        X, d = self._X, len(self._one)
        sizes = np.log(roots.reshape(len(means), -1)[:, :: d + 1]).sum(axis=1)
        found = np.empty((len(X), len(means)), dtype=X.dtype)
        for c, (mean, root) in enumerate(zip(means, roots)):
            away = (X @ root) - (mean @ root)
            found[:, c] = np.square(away, out=away).sum(axis=1)
        return _from_squares(found, sizes, d)


def _of_lapack(name: str, array: Floats) -> Factor:
    """Return the function of LAPACK for the array's type."""
    return cast("Factor", get_lapack_funcs(name, (array,)))


def _lower(matrix: Floats, factor: Factor) -> Floats:
    """Return the lower triangular root of a matrix, in Fortran's order."""
    root, wrong = factor(matrix, lower=1, clean=1)
    if wrong or not np.isfinite(root).all():
        raise ValueError(_ILL_DEFINED)
    return root


class _Diagonal:
    """Variances of single columns, held as roots of their inverses."""

    def __init__(self, X: Floats, floor: float) -> None:
        self._X, self._squares, self._floor = X, X * X, floor

    def n_parameters(self, k: int) -> int:
        """Count the free parameters of k lists of variances."""
        return k * int(self._X.shape[1])

    def roots_of_precisions(self, precisions: Floats) -> Floats:
        """Return the roots of inverse variances."""
        if (precisions <= 0.0).any():
            raise ValueError(_ILL_DEFINED)
        return np.sqrt(precisions)

    def roots(self, share: Floats, mass: Floats, means: Floats) -> Floats:
        """Estimate the variances, and return the roots of their inverses."""
        variances = (share.T @ self._squares) / mass[:, None] - means**2 + self._floor
        if (variances <= 0.0).any():
            raise ValueError(_ILL_DEFINED)
        found: Floats = 1.0 / np.sqrt(variances)
        return found

    def log_densities(self, means: Floats, roots: Floats) -> Floats:
        """Return the logarithm of the density of each group at each row."""
        precisions = roots**2
        found = (
            np.sum(means**2 * precisions, axis=1)
            - 2.0 * (self._X @ (means * precisions).T)
            + (self._squares @ precisions.T)
        )
        return _from_squares(found, np.log(roots).sum(axis=1), self._X.shape[1])


def _from_squares(squares: Floats, sizes: Floats, d: int) -> Floats:
    """Turn squared distances, in standard deviations, into logarithms of densities."""
    found: Floats = -0.5 * (d * math.log(2 * math.pi) + squares) + sizes
    return found

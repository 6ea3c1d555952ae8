"""Principal components: fewer columns that keep most of the variance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh
from sklearn.decomposition import PCA

from kwise.types import Floats


@dataclass(frozen=True, eq=False)
class Components:
    """Principal components: the mean, one axis a row, and each one's share of the variance."""

    mean: Floats
    axes: Floats
    shares: Floats


def fit_components(X: Floats, components: float) -> Components:
    """Fit principal components to complete rows.

    Parameters
    ----------
    X : array of shape (n_samples, n_features)
        Finite.
    components : int or float
        How many, or the share of variance to keep, in (0, 1).

    Returns
    -------
    Components
        The same for every call: no random solver is used.

    Raises
    ------
    ValueError
        If more components are asked for than there are.
    """
    largest = min(X.shape)
    if components > largest:
        raise ValueError(
            f"components={components} is more than the {largest} that {X.shape[0]:,} rows of "
            f"{X.shape[1]:,} columns have; pass at most {largest}"
        )
    if X.shape[1] > X.shape[0]:
        return _of_wide(X, components)
    number = int(components) if components >= 1 else float(components)
    solver = "covariance_eigh" if X.shape[0] > 2 * X.shape[1] else "full"
    fitted = PCA(number, svd_solver=solver).fit(X)
    return Components(fitted.mean_, fitted.components_, fitted.explained_variance_ratio_)


def _of_wide(X: Floats, components: float) -> Components:
    """Decompose the small matrix of products of rows: O(n_samples^2 n_features)."""
    mean = X.mean(axis=0)
    centered = X - mean
    variances, vectors = eigh(centered @ centered.T)
    order = np.arange(len(X))[::-1]  # eigh ascends
    variances, vectors = np.maximum(variances[order], 0.0), vectors[:, order]
    shares = variances / variances.sum() if variances.sum() > 0 else variances
    n = int(components)
    if components < 1:
        n = int(np.searchsorted(np.cumsum(shares), components)) + 1
    # Centering leaves one dimension less than there are rows.
    n = max(1, min(n, int((variances > variances[0] * 1e-13).sum())))
    axes = vectors[:, :n].T @ centered
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    # The sign is free; as in scikit-learn, the largest weight of each axis is positive.
    largest = np.abs(axes).argmax(axis=1)
    axes *= np.sign(axes[np.arange(n), largest])[:, None]
    return Components(mean, axes, shares[:n])

"""Evening out skewed columns with the Yeo-Johnson transformation.

References
----------
.. [1] I.-K. Yeo, R. A. Johnson, "A new family of power transformations to improve normality
   or symmetry", Biometrika 87, 2000. https://doi.org/10.1093/biomet/87.4.954
"""

from __future__ import annotations

import numpy as np

from kwise.types import Floats

SKEWED = 1.0  # absolute skewness from which a column is transformed


def fit_powers(X: Floats, skewness: Floats) -> Floats:
    """Return the power of each column: nan where it is even enough to be left as it is."""
    from scipy.stats import yeojohnson_normmax  # a third of a second, for skewed columns alone

    powers = np.full(X.shape[1], np.nan)
    for j in np.flatnonzero(np.abs(skewness) > SKEWED):
        powers[j] = yeojohnson_normmax(X[:, j])
    return powers


def apply_powers(X: Floats, powers: Floats) -> None:
    """Transform the columns that have a power, in place; nan stays nan."""
    if np.isnan(powers).all():
        return
    from scipy.stats import yeojohnson

    for j in np.flatnonzero(~np.isnan(powers)):
        present = ~np.isnan(X[:, j])
        with np.errstate(over="ignore"):  # who goes on with the rows refuses what is infinite
            X[present, j] = yeojohnson(X[present, j], lmbda=powers[j])

"""Dip: how far a sample of numbers is from having a single mode."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kwise import _core
from kwise._core.units import in_unit, unit_exponent
from kwise._inputs import check_rows

__all__ = ["dip_of", "dip_statistic"]


def dip_statistic(values: ArrayLike) -> float:
    """Return the dip of a sample: small where it has one mode; higher means more than one.

    Parameters
    ----------
    values : array-like of shape (n_samples,) or (n_samples, 1)
        Numbers, finite, in any order.

    Returns
    -------
    float
        In [1 / (2 n_samples), 0.25], or 0.5 for a single value. For a uniform sample
        sqrt(n_samples) times the dip is near 0.33, and above 0.5 about once in a hundred samples.

    Raises
    ------
    ValueError
        If there are no values, or one is not finite.

    See Also
    --------
    silhouette_score : How separate given clusters are.

    Notes
    -----
    Costs O(n_samples * log(n_samples)). The two sides of the mode are fitted apart, which
    changes the published statistic by less than 1 / n_samples.

    References
    ----------
    .. [1] J. A. Hartigan and P. M. Hartigan, "The dip test of unimodality", Annals of
       Statistics 13, 1985. https://doi.org/10.1214/aos/1176346577

    Examples
    --------
    >>> from kwise.metrics import dip_statistic
    >>> round(dip_statistic([0.0, 0.1, 0.2, 9.0, 9.1, 9.2]), 3)
    0.244
    """
    column = check_rows(values, name="values", dtype=np.float64, one_column=True)
    if column.shape[1] != 1:
        raise ValueError(f"values has {column.shape[1]} columns; pass one.")
    return dip_of(column[:, 0])


def dip_of(values: NDArray[np.float64]) -> float:
    """Return the dip of checked numbers: where it is asked for so often that checks cost most."""
    return float(_core.dip(np.sort(in_unit(values, unit_exponent(values)))))

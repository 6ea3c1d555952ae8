"""Rows, values and labels as people give them to a figure, checked in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise._inputs import check_labels, check_lengths, check_rows
from kwise.plots._labels import coded

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from kwise.results import Floats

__all__ = ["coded_for", "drawn_points", "drawn_values"]


def drawn_points(points: ArrayLike, name: str = "points") -> Floats:
    """Return coordinates in a plane, finite."""
    xy = check_rows(points, name=name, dtype=np.float64)
    if xy.shape[1] != 2:
        raise ValueError(
            f"{name} has shape {xy.shape}; a picture of a plane needs two columns, such as two of "
            "the data or two principal components"
        )
    return xy


def drawn_values(values: ArrayLike, name: str = "values") -> NDArray[np.float64]:
    """Return one number a row; NaN where it is missing."""
    column = check_rows(values, name=name, dtype=np.float64, one_column=True, finite="allow-nan")
    if column.shape[1] != 1:
        raise ValueError(f"{name} has shape {column.shape}; pass one number per row.")
    return column[:, 0]


def coded_for(
    rows: Floats, labels: ArrayLike, beside: str = "X"
) -> tuple[NDArray[np.int32], list[str]]:
    """Return the code of each row's cluster, from 0, and what each cluster is called."""
    given = check_labels(labels)
    check_lengths(rows, given, beside=beside)
    return coded(given)

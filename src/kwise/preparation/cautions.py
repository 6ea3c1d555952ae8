"""What may mislead in a table: sentences for the account of a preparation."""

from __future__ import annotations

import re
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kwise.preparation.account import Account, listed
from kwise.preparation.kinds import Described

Floats: TypeAlias = NDArray[np.float64]

DOMINANT = 0.9  # share of the variance from which one column decides everything
VERY_SKEWED = 3.0  # absolute skewness that is worth a warning
THE_SAME = 0.999  # absolute correlation from which two columns say the same
MOST_LABELS = 50
MOST_PRODUCTS = 2e9  # of cells, to find columns that say the same
LATITUDE = {"lat", "latitude", "y_lat"}
LONGITUDE = {"lon", "long", "lng", "longitude"}
LABEL_NAME = re.compile(
    r"(.*[\W_])?(class|label|labels|target|truth|species|category|group|cluster|y)", re.IGNORECASE
)


def warn_of_data(account: Account, described: Described, names: list[str]) -> None:
    """Warn of skew, of far outliers and of longitudes that wrap around."""
    position = {name: j for j, name in enumerate(described.numeric)}
    statistics = described.statistics
    n_cells = sum(int(statistics.n_outliers[position[name]]) for name in names)
    if n_cells:
        worst = sorted(names, key=lambda name: -int(statistics.n_outliers[position[name]]))[:3]
        account.steps.append(
            f"{n_cells:,} cells lie more than three interquartile ranges outside the quartiles, "
            f"most of them in {listed(worst)}; they were kept."
        )
    lowered = {name.lower(): name for name in names}
    longitude = next((lowered[each] for each in LONGITUDE if each in lowered), None)
    has_latitude = any(each in lowered for each in LATITUDE)
    if longitude is not None and has_latitude:
        j = position[longitude]
        if statistics.max[j] - statistics.min[j] > 350:
            account.warnings.append(
                f"{longitude} goes round the globe: places on either side of 180 degrees are "
                "neighbors, but far apart for k-means."
            )


def warn_of_skew(account: Account, names: list[str], skewness: Floats) -> None:
    """Warn of strongly skewed columns that were left as they are."""
    skewed = [name for name, each in zip(names, skewness.tolist()) if abs(each) > VERY_SKEWED]
    if skewed:
        account.warnings.append(
            f"Strongly skewed: {listed(skewed)}; few large cells pull centers towards them "
            "(transform_skew=True evens them out)."
        )


def warn_of_dominance(account: Account, X: Floats, names: list[str]) -> None:
    """Warn if one unscaled column holds nearly all of the variance."""
    variance = np.nanvar(X, axis=0)
    total = float(variance.sum())
    if len(names) < 2 or not total > 0:
        return
    j = int(variance.argmax())
    if variance[j] > DOMINANT * total:
        share = min(variance[j] / total, 0.999)  # rounding must not claim all of it
        account.warnings.append(
            f"Without scaling, column {names[j]!r} holds {share:.1%} of the "
            "variance and decides nearly alone; scale='standard' gives every column a say."
        )


def warn_of_labels(account: Account, described: Described, names: list[str]) -> None:
    """Warn of numbers that look like the answer: few whole ones, in a column named so."""
    position = {name: j for j, name in enumerate(described.numeric)}
    whole, n_distinct = described.statistics.is_whole, described.statistics.n_distinct
    for name in names:
        j = position[name]
        if LABEL_NAME.fullmatch(name) and whole[j] and n_distinct[j] <= MOST_LABELS:
            account.warnings.append(
                f"Column {name!r} looks like labels ({n_distinct[j]} different whole numbers), "
                f"and it helps to make the clusters; leave it out with drop=[{name!r}] if it is "
                "an answer that you know."
            )


def warn_of_repetition(account: Account, X: Floats, names: list[str]) -> None:
    """Warn of columns that say the same as another: together they count double."""
    n_rows, n_columns = X.shape
    if n_columns < 2 or n_rows < 3 or n_rows * n_columns**2 > MOST_PRODUCTS:
        return
    centered = X - X.mean(axis=0)
    lengths = np.sqrt(np.einsum("ij,ij->j", centered, centered))
    lengths[lengths == 0.0] = np.inf
    correlation = np.abs(centered.T @ centered) / np.outer(lengths, lengths)
    i, j = np.nonzero(np.triu(correlation > THE_SAME, k=1))
    pairs = [f"{names[a]} and {names[b]}" for a, b in zip(i.tolist(), j.tolist())]
    if pairs:
        account.warnings.append(
            f"Columns that say the same (correlation beyond {THE_SAME:g}) count double: "
            f"{listed(pairs, 4)}."
        )

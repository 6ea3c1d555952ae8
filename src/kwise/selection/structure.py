"""What kind of structure the rows have that k-means misreads, each kind in a plain sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors

from kwise._core.moments import column_moments
from kwise.results import Structure
from kwise.types import Floats

__all__ = ["structure_of_clusters", "structure_of_groups", "structure_of_table"]

# Groups whose longest axis holds so much more than its share of the variance are not round.
LONG = 2.5
# So many rows nearer to the middle of another group: the groups bend around each other.
MISPLACED = 0.05
DENSER = 2.5
LARGER = 8.0
NOISE = 0.02
# The neighborhood of a row: so large a share of its group.
NEARBY = 0.05
FEWEST_ROWS = 6
# A column with more of the variance than this decides alone.
DOMINATES = 0.95
LOOKED_AT = 5_000

Labels = NDArray[np.integer]


def structure_of_groups(data: Floats, labels: Labels) -> list[Structure]:
    """Say what the groups that another method sees have that k-means takes no account of."""
    groups = [data[labels == c] for c in np.unique(labels[labels >= 0])]
    groups = [rows for rows in groups if len(rows) >= FEWEST_ROWS]
    found = []
    if len(groups) > 1:
        found = [_bent(groups), _long(groups), _unequal_density(groups), _unequal_size(groups)]
    noise = float((labels < 0).mean())
    if noise > NOISE:
        found.append(
            Structure("outliers", f"{100 * noise:.0f} % of the rows belong to no group: noise.")
        )
    return [each for each in found if each is not None]


def structure_of_clusters(k: int, shape: Mapping[str, float]) -> list[Structure]:
    """Say which assumption of k-means its own clusters break."""
    found = []
    if k > 1 and shape["smallest_share"] < 0.02 and shape["size_ratio"] > math.log(LARGER):
        words = "A few rows far from all others take a cluster for themselves."
        found.append(Structure("outliers", words))
    if shape["elongation"] > LONG:
        words = "The clusters of k-means are long in some direction, not round."
        found.append(Structure("shape", words))
    if k > 1 and shape["radius_ratio"] > math.log(3.0):
        ratio = math.exp(shape["radius_ratio"])
        words = (
            f"The widest cluster is {ratio:.0f} times as wide as the narrowest; k-means draws the "
            "border half-way all the same."
        )
        found.append(Structure("density", words))
    if shape["cut"] > 0.05:
        words = "Borders between the clusters of k-means run through dense regions."
        found.append(Structure("shape", words))
    return found


def structure_of_table(X: NDArray[np.floating], names: Sequence[str]) -> list[Structure]:
    """Say what in the table itself misleads k-means: one dominating column, duplicates."""
    found = []
    spread = column_moments(X)[1] / len(X)
    total = float(spread.sum())
    if X.shape[1] > 1 and total > 0.0 and spread.max() > DOMINATES * total:
        widest, share = names[int(np.argmax(spread))], spread.max() / total
        words = (
            f"Column {widest} alone holds {100.0 * share:.0f} % of "
            "the variance, so the others hardly count: scale the columns if they should."
        )
        found.append(Structure("column", words))
    rows = X[:LOOKED_AT]
    distinct = len(np.unique(rows, axis=0))
    if distinct < 0.5 * len(rows):
        some = "the first " if len(X) > len(rows) else ""
        words = (
            f"Only {distinct:,} of {some}{len(rows):,} rows are distinct: duplicates look like "
            "dense groups."
        )
        found.append(Structure("duplicates", words))
    return found


def _bent(groups: list[Floats]) -> Structure | None:
    """See whether groups bend around or enclose each other."""
    middles = np.array([rows.mean(axis=0) for rows in groups])
    away = [(cdist(rows, middles).argmin(axis=1) != c).mean() for c, rows in enumerate(groups)]
    share = float(np.average(away, weights=[len(rows) for rows in groups]))
    if share <= MISPLACED:
        return None
    words = (
        f"The groups are no round heaps: {100 * share:.0f} % of the rows are nearer to the middle "
        "of another group than to their own."
    )
    return Structure("shape", words)


def _long(groups: list[Floats]) -> Structure | None:
    """See whether groups are long in some direction."""
    stretch = []
    for rows in groups:
        spread = np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False) ** 2
        stretch.append(float(spread[0] * rows.shape[1] / max(spread.sum(), 1e-300)))
    stretched = np.average(stretch, weights=[len(rows) for rows in groups])
    # No more than n_features is possible: in two columns 1.7 is an axis of 2.4 times the other.
    if groups[0].shape[1] == 1 or stretched <= min(LONG, 1.0 + 0.35 * groups[0].shape[1]):
        return None
    return Structure("shape", "The groups are long in some direction, not round.")


def _unequal_density(groups: list[Floats]) -> Structure | None:
    """See whether the rows of some group lie much more tightly than those of another."""
    reaches = []
    for rows in groups:
        # A share of the group's rows, so that more rows alone do not make it denser.
        near = max(1, round(NEARBY * len(rows)))
        reach = NearestNeighbors(n_neighbors=near).fit(rows).kneighbors()[0][:, -1]
        reaches.append(float(np.median(reach)) + 1e-300)
    ratio = max(reaches) / min(reaches)
    if ratio <= DENSER:
        return None
    times = f"{ratio:.0f} times" if ratio < 1_000 else "very much"
    words = f"The groups differ in density: one lies {times} wider spread than another."
    return Structure("density", words)


def _unequal_size(groups: list[Floats]) -> Structure | None:
    """See whether some group has many more rows than another."""
    sizes = [len(rows) for rows in groups]
    if max(sizes) <= LARGER * min(sizes):
        return None
    words = (
        f"The groups differ in size: {max(sizes):,} rows and {min(sizes):,}; k-means cuts large "
        "groups to gain from small ones."
    )
    return Structure("size", words)

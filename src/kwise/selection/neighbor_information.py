"""How well a partition follows the data: what a row's group tells of its near neighbors' groups.

Links join each row with its nearest others. The mutual information between the groups at both
ends of a link is large where groups are many, of some size, and divided along sparse regions; it
is small for one group and a speck, and for borders that run through dense regions. It asks
nothing of the shape of groups, so partitions by any method are compared by it: at equal numbers
of groups, since more groups always can tell more. After the neighbor consistency of [1]_, which
counts links inside groups whatever their sizes.

References
----------
.. [1] C. Ding, X. He, "K-nearest-neighbor consistency in data clustering: incorporating local
   information into global optimization", SAC 2004. https://doi.org/10.1145/967900.968021
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr

__all__ = ["entropy_of", "kept_information", "neighbor_information"]


def neighbor_information(labels: NDArray[np.integer], ends: NDArray[np.integer]) -> float:
    """Return the mutual information of the groups at both ends of links, in bits.

    Parameters
    ----------
    labels : ndarray of shape (n_links_from,)
        Group of each row that links start from; negative: none (noise).
    ends : ndarray of shape (n_links_from, n_neighbors)
        Groups of its neighbors.

    Returns
    -------
    float
        From 0 to the base-2 logarithm of the number of groups, higher is better. Links of rows
        without a group tell nothing, and count.
    """
    starts = np.repeat(labels, ends.shape[1])
    grouped = (starts >= 0) & (ends.ravel() >= 0)
    if not grouped.any():
        return 0.0
    names, codes = np.unique(
        np.concatenate([starts[grouped], ends.ravel()[grouped]]), return_inverse=True
    )
    k = len(names)
    one, other = codes.reshape(2, -1)
    joint = np.bincount(one * k + other, minlength=k * k).reshape(k, k) / len(one)
    expected = joint.sum(axis=1)[:, None] * joint.sum(axis=0)
    seen = joint > 0
    bits = float((joint[seen] * np.log2(joint[seen] / expected[seen])).sum())
    return max(0.0, bits) * float(grouped.mean())


def entropy_of(labels: NDArray[np.integer]) -> float:
    """Return the entropy of the groups' sizes in bits: the most that neighbors' groups can tell."""
    sizes = np.bincount(labels[labels >= 0])
    if not sizes.any():
        return 0.0
    # As scipy.stats.entropy with base 2, whose import would take half a second.
    return float(entr(sizes / sizes.sum()).sum() / math.log(2))


def kept_information(labels: NDArray[np.integer], ends: NDArray[np.integer]) -> float:
    """Return the neighbor information as a share of all that groups of these sizes could tell.

    1 where no link joins two groups and no row is without one; 0 for a single group. It compares
    groups of unequal sizes with those of equal ones.
    """
    most = entropy_of(labels)
    return neighbor_information(labels, ends) / most if most > 0.0 else 0.0

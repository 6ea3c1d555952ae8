"""Agreement of two labelings, asked for so often in one comparison that checks would cost most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["agreement"]


def agreement(labels: NDArray[np.integer], others: NDArray[np.integer]) -> float:
    """Return the adjusted Rand index of two labelings by whole numbers from 0; 0 for no rows."""
    if len(labels) == 0:
        return 0.0
    width = int(others.max()) + 1
    table = np.bincount(np.asarray(labels, dtype=np.int64) * width + others)
    n, both = len(labels), int((table**2).sum())
    ours, theirs = (int((np.bincount(each) ** 2).sum()) for each in (labels, others))
    # Ordered pairs of rows: together in both, in one only, in neither.
    only_ours, only_theirs, together = ours - both, theirs - both, both - n
    neither = n * n - both - only_ours - only_theirs
    if only_ours == only_theirs == 0:
        return 1.0
    expected = (together + only_ours) * (only_ours + neither)
    expected += (together + only_theirs) * (only_theirs + neither)
    return 2.0 * (together * neither - only_ours * only_theirs) / expected

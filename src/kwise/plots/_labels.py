"""Labels of any kind as codes and the names that figures write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["coded"]


def coded(labels: ArrayLike) -> tuple[NDArray[np.int32], list[str]]:
    """Return the code of each row's cluster, from 0, and what each cluster is called.

    Whole numbers from 0 on, as estimators give them, are shown from 1 on as everywhere in kwise;
    labels of any other kind (words, numbers from 1 on, -1 for noise) are shown as they are given.
    """
    given = np.asarray(labels)
    if given.dtype.kind in "iub":
        from_zero = len(given) == 0 or int(given.min()) == 0
        if from_zero and len(np.unique(given)) == int(given.max(initial=0)) + 1:
            n_clusters = int(given.max(initial=-1)) + 1
            return given.astype(np.int32), [str(c + 1) for c in range(n_clusters)]
    words = given if given.dtype.kind in "iufb" else given.astype(str)
    names, codes = np.unique(words, return_inverse=True)
    return np.asarray(codes, dtype=np.int32), [str(name) for name in names.tolist()]

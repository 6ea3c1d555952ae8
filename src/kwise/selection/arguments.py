"""The arguments that ``sweep_k`` and ``select_k`` share: read, checked, and said again."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from kwise._inputs import check_rows, check_weights
from kwise._progress import Progress
from kwise._random_state import random_stream
from kwise._registry import resolve
from kwise._sparse import summed
from kwise.selection.context import MOST_CELLS, SweepContext
from kwise.selection.criteria import CRITERIA, Criterion
from kwise.types import RandomState

__all__ = ["RandomState", "begin_context", "read_criteria"]


def begin_context(
    X: ArrayLike,
    *,
    n_init: int,
    sample_weight: ArrayLike | None,
    random_state: RandomState,
    progress: Progress,
) -> SweepContext:
    """Check the data and set up what all fits and scores share."""
    words: list[str] = []
    data: Any = check_rows(X, accept_sparse="csr")
    if sparse.issparse(data):
        data = summed(data)
        if data.shape[0] * data.shape[1] <= MOST_CELLS:
            data = data.toarray()
            words.append("The sparse rows were written out whole, with their zeros.")
    weight, told = _read_weights(check_weights(sample_weight, data))
    context = SweepContext(
        data, weight, n_init=_read_starts(n_init), seed=_read_seed(random_state), progress=progress
    )
    context.notes += [*words, *told]
    return context


def read_criteria(criteria: Sequence[str | Criterion]) -> list[Criterion]:
    """Look up criteria by name; those of your own stay as they are."""
    if isinstance(criteria, str | Criterion) or not isinstance(criteria, Iterable):
        shown = criteria if isinstance(criteria, str) else type(criteria).__name__
        raise TypeError(f"criteria={shown!r} is no list; pass a list, such as [{shown!r}].")
    wanted = [resolve(CRITERIA, each, what="criterion") for each in criteria]
    for each in wanted:
        if not isinstance(each, Criterion):
            raise TypeError(
                f"criteria holds a {type(each).__name__}; pass names in CRITERIA, or Criterion "
                "objects."
            )
        if CRITERIA.get(each.name, each) is not each:
            raise ValueError(
                f"a criterion of your own is named {each.name!r}, as one of CRITERIA is; "
                "give it another name."
            )
    return list({each.name: each for each in wanted}.values())


def _read_weights(
    weight: NDArray[np.floating] | None,
) -> tuple[NDArray[np.floating] | None, list[str]]:
    """Return weights as numbers of rows, and how they were read; equal ones are none."""
    if weight is None or weight.min() == weight.max():
        return None, []
    whole = bool((weight == np.rint(weight)).all()) and float(weight.max()) < 2**53
    if whole:
        common = int(np.gcd.reduce(weight.astype(np.int64)))
        told = "Weights were read as numbers of rows"
        told += f", {common:,} of them as one." if common > 1 else "."
        return weight / weight.dtype.type(common), [told]
    mean = float(weight.sum(dtype=np.float64)) / int(np.count_nonzero(weight))
    told = "Weights are not whole numbers: only their proportions count, and their mean is 1 row."
    return (weight / mean).astype(weight.dtype), [told]


def _read_starts(n_init: Any) -> int:
    """Return the number of starts."""
    try:
        starts = operator.index(n_init)
    except TypeError:
        raise TypeError(f"n_init={n_init!r} is no whole number; pass at least 1.") from None
    if starts < 1:
        raise ValueError(f"n_init={n_init} is not positive; pass at least 1.")
    return starts


def _read_seed(random_state: RandomState) -> int:
    """Return an int as it is, and draw one from anything else."""
    if isinstance(random_state, np.random.Generator):
        raise TypeError(
            "random_state is a Generator; pass an int, such as int(rng.integers(2**31)), a "
            "RandomState, or None."
        )
    if isinstance(random_state, int | np.integer):
        random_stream(int(random_state))  # refuses what is no seed
        return int(random_state)
    return int(random_stream(random_state).randint(np.iinfo(np.int32).max))

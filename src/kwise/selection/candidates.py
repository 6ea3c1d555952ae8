"""Which numbers of clusters are asked for, which are possible, and how far to look unasked."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise._core.columns import Matrix
from kwise._inputs import check_n_clusters
from kwise.metrics.silhouette_sharing import shared_silhouettes
from kwise.selection.context import SweepContext
from kwise.selection.fitter import Fitter, fit_many

__all__ = [
    "FIRST",
    "LIMIT",
    "Ks",
    "check_candidates",
    "check_given",
    "distinct_rows",
    "first_candidates",
    "most_candidates",
    "wider_candidates",
]

Ks = Iterable[int] | Literal["auto"]

# Unasked, candidates begin as 1 to FIRST and never go beyond LIMIT, nor beyond one for every
# ROWS_A_CLUSTER rows.
FIRST, LIMIT, ROWS_A_CLUSTER = 10, 80, 10
# The coarse look beyond the first candidates: at these, on so many rows, from so few starts.
COARSE = (12, 15, 20, 25, 30, 40, 50, 60, 75)
COARSE_ROWS, COARSE_STARTS = 2_000, 2
# A mean silhouette that is higher by less is chance: on 150 structureless tables of 120 to 1,000
# rows it was 0.03 at most.
HIGHER = 0.04
# Up to here candidates have no gaps; where more groups show, those far below are passed over.
WITHOUT_GAPS = 40
# So far below and above the number of groups that shows, as shares of it.
BELOW, ABOVE = 0.75, 1.4


def check_candidates(ks: Ks, n_samples: int) -> tuple[int, ...]:
    """Return the candidates ascending and without duplicates, after checking each."""
    if isinstance(ks, str):
        raise TypeError(
            f"ks={ks!r} is text; pass 'auto', or numbers such as range(1, 11) or [2, 3, 5]."
        )
    if not isinstance(ks, Iterable):
        raise TypeError(
            f"ks={ks!r} is a single {type(ks).__name__}; pass a collection of whole numbers, such "
            f"as [{ks}] or range(1, 11), or 'auto'."
        )
    given = list(ks)
    try:
        candidates = tuple(sorted({operator.index(k) for k in given}))
    except TypeError:
        raise TypeError(
            f"ks={given!r} is not a collection of whole numbers; pass such as range(1, 11) or "
            "[2, 3, 5], or 'auto'."
        ) from None
    if not candidates:
        raise ValueError("ks is empty; pass at least one number of clusters, or 'auto'.")
    if candidates[0] < 1:
        raise ValueError(f"ks holds {candidates[0]}; pass numbers of clusters from 1.")
    if candidates[-1] > n_samples:
        raise ValueError(
            f"ks holds {candidates[-1]}, larger than n_samples={n_samples}; "
            f"pass at most {n_samples}."
        )
    return candidates


def check_given(X: NDArray[np.floating], k: int) -> None:
    """Refuse a number of clusters that the rows cannot have."""
    check_n_clusters(k, name="k")
    distinct = distinct_rows(X, k)
    if distinct < k:
        raise ValueError(
            f"k={k} is larger than the {distinct:,} distinct rows; pass at most {distinct}"
        )


def distinct_rows(X: Matrix, enough: int) -> int:
    """Return how many rows are distinct; where that is ``enough`` or more, any such number.

    So many sparse rows as are not written out are taken to be distinct.
    """
    if sparse.issparse(X):
        n_samples: int = X.shape[0]
        return n_samples
    # Most tables show enough distinct rows at once; only others are looked at as a whole.
    for rows in (X[: 50 * enough], X):
        distinct = len(np.unique(rows, axis=0))
        if distinct >= enough:
            break
    return int(distinct)


def most_candidates(context: SweepContext) -> int:
    """Return the largest number of clusters that is looked at unasked."""
    n_samples: int = context.X.shape[0]
    wanted = min(LIMIT, max(FIRST, n_samples // ROWS_A_CLUSTER))
    return context.shared(
        ("most candidates",), lambda: min(wanted, distinct_rows(context.X, wanted))
    )


def first_candidates(context: SweepContext) -> tuple[int, ...]:
    """Return 1 to 10, or as far as a coarse look at larger numbers shows more groups.

    The look fits a sample and compares mean silhouettes: O(rows**2 * n_features) for at most
    2,000 rows. It depends on the data alone.
    """
    most = most_candidates(context)
    few = tuple(range(1, min(FIRST, most) + 1))
    if most <= FIRST:
        return few
    seen = context.shared(("groups seen",), lambda: _groups_seen(context, most))
    return _around(seen, most) if seen >= FIRST else few


def wider_candidates(
    ks: tuple[int, ...], k: int, others_see: int, most: int
) -> tuple[int, ...] | None:
    """Return more candidates where ``k`` is in the upper third of ``ks``, or others see more.

    None where the candidates reach far enough, or as far as ``most``.
    """
    top = ks[-1]
    block = next(i for i in range(top, 0, -1) if i - 1 not in ks)
    near_the_top = k > block + 2 * (top - block) / 3
    target = max(k if near_the_top else 0, others_see if others_see > top else 0)
    if target == 0 or top >= most:
        return None
    wider = sorted({*ks, *_around(min(target, most), most)})
    return tuple(wider) if wider[-1] > top else None


def _around(k: int, most: int) -> tuple[int, ...]:
    """Return the candidates where about ``k`` groups show: without gaps if these are few."""
    top = min(most, math.ceil(ABOVE * k) + 2)
    if top <= WITHOUT_GAPS:
        return tuple(range(1, top + 1))
    return (*range(1, FIRST + 1), *range(math.floor(BELOW * k), top + 1))


def _coarse_labels(fitter: Fitter, k: int) -> NDArray[np.int32]:
    """Return the labels of a coarse fit."""
    return fitter.fit(k, n_init=COARSE_STARTS, random_state=0).best.labels


def _groups_seen(context: SweepContext, most: int) -> int:
    """Return the number of clusters, among a coarse choice, with the highest mean silhouette."""
    places, rows = context.places(COARSE_ROWS), context.rows(COARSE_ROWS)
    sample, fitter = places.rows, places.fitter()
    context.fit_all(range(2, FIRST + 1))
    labelings = {k: context.run(k).labels[rows] for k in range(2, FIRST + 1)}
    coarse = [k for k in COARSE if k <= min(most, len(sample) // 2)]

    def say(number: int) -> None:
        context.progress("a coarse look at more groups", coarse[number], COARSE[-1])

    labelings |= zip(coarse, fit_many(fitter, _coarse_labels, coarse, say))
    possible = {k: each for k, each in labelings.items() if len(np.unique(each)) == k}
    silhouettes = shared_silhouettes(sample, possible, np.arange(len(sample)))
    means = {k: float(values.mean()) for k, values in silhouettes.items()}
    best = max((k for k in means if k <= FIRST), key=means.__getitem__, default=1)
    beyond = max((k for k in means if k > FIRST), key=means.__getitem__, default=best)
    return beyond if means.get(beyond, -1.0) > means.get(best, -1.0) + HIGHER else best

"""From the last cuts of every prefix to clusters, and the checks that both programmes share."""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kwise.results import Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["candidates", "exact_run", "in_own_unit", "trace_cuts"]


def candidates(ks: Iterable[int] | None, most: int, what: str) -> tuple[int, ...]:
    """Return the numbers of clusters ascending and without duplicates, after checking each.

    ``None`` stands for 1 to 10, as far as there are so many.
    """
    if ks is None:
        return tuple(range(1, min(10, most) + 1))
    try:
        wanted = tuple(sorted({operator.index(k) for k in ks}))
    except TypeError as error:
        raise TypeError(f"ks={ks!r} is not a collection of whole numbers.") from error
    if not wanted:
        raise ValueError("ks is empty; pass at least one number of clusters.")
    if wanted[0] < 1:
        raise ValueError(f"ks holds {wanted[0]}; pass numbers of clusters from 1.")
    if wanted[-1] > most:
        raise ValueError(
            f"ks holds {wanted[-1]}, and there are only {most} {what}; pass at most {most}."
        )
    return wanted


def trace_cuts(cuts: Sequence[NDArray[np.integer]], k: int) -> list[int]:
    """Return the k + 1 bounds of k clusters, from 0 to the number of rows.

    ``cuts[c - 1][stop]`` is where the last of c clusters of the first ``stop`` rows begins.
    """
    bounds = [len(cuts[0]) - 1]
    for c in range(k, 0, -1):
        bounds.append(int(cuts[c - 1][bounds[-1]]))
    return bounds[::-1]


def exact_run(
    X: NDArray[np.float64], labels: NDArray[np.int32], k: int, weight: NDArray[np.float64]
) -> Run:
    """Return the run of these labels; the inertia is computed afresh, from differences."""
    mass = np.bincount(labels, weight, minlength=k)
    sums = np.stack([np.bincount(labels, weight * x, minlength=k) for x in X.T], axis=1)
    # A cluster whose rows all weigh nothing has their plain mean.
    plain = np.bincount(labels, minlength=k)
    means = np.stack([np.bincount(labels, x, minlength=k) for x in X.T], axis=1) / plain[:, None]
    centers = np.divide(sums, mass[:, None], out=means, where=mass[:, None] > 0)
    differences = X - centers[labels]
    inertia = float(np.einsum("ij,ij->i", differences, differences) @ weight)
    return Run(centers=centers, labels=labels, inertia=inertia, n_iter=1, converged=True)


def in_own_unit(run: Run, exponent: int) -> Run:
    """Return a run of data in units of ``2**exponent`` in the unit that they had."""
    with np.errstate(over="ignore"):
        centers, inertia = np.ldexp(run.centers, exponent), np.ldexp(run.inertia, 2 * exponent)
    if not np.isfinite(inertia):
        raise ValueError(
            "The values of X spread so widely that sums of squared distances overflow float64. "
            "Divide them by a power of ten."
        )
    return replace(run, centers=centers, inertia=float(inertia))

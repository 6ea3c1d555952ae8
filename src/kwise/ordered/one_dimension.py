"""Exact k-means on a line, for every number of clusters at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise import _core
from kwise._core.units import in_unit, unit_exponent
from kwise._inputs import check_rows, check_weights
from kwise._progress import AnyProgress, Progress, silent, with_bar
from kwise.ordered.cuts import candidates, exact_run, in_own_unit, trace_cuts
from kwise.ordered.prefix import Prefix, prefix_sums
from kwise.results import Sweep

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

__all__ = ["kmeans_1d"]


@with_bar
def kmeans_1d(
    x: ArrayLike,
    ks: Iterable[int] | None = None,
    *,
    sample_weight: ArrayLike | None = None,
    progress: AnyProgress = silent,
) -> Sweep:
    """Find the k-means clusters of numbers: the best there are, not the best of some starts.

    Parameters
    ----------
    x : array-like of shape (n_samples,) or (n_samples, 1)
        The numbers, finite.
    ks : iterable of int, optional
        Numbers of clusters, each from 1 to the number of distinct values. ``None`` stands for 1
        to 10, or as many as there are distinct values.
    sample_weight : array-like of shape (n_samples,), optional
        Non-negative. ``None`` weighs all samples equally.
    progress : bool, "bar" or callable, default=False
        Called as ``progress(task, done, total)``; it may raise to stop.

    Returns
    -------
    Sweep
        For each k the run of lowest inertia; clusters are numbered from the smallest value up.
        Hand it to ``sweep_k(x, ks, sweep=...)`` to score the runs and to ``select_k`` to
        choose among them.

    Raises
    ------
    ValueError
        If ``ks`` is empty, or holds a number below 1 or above the number of distinct values of
        positive weight.

    See Also
    --------
    kwise.sweep_k : Scores such a sweep, and fits data with more columns.
    segment : Clusters of neighbors in time.

    Notes
    -----
    Takes O(n) time for each k up to the largest, after the values are sorted, and 4 bytes of
    memory for each and each value; n is the number of distinct values.

    References
    ----------
    .. [1] H. Wang and M. Song, "Ckmeans.1d.dp: optimal k-means clustering in one dimension by
       dynamic programming", The R Journal 3(2), 2011.
    .. [2] A. Aggarwal et al., "Geometric applications of a matrix-searching algorithm",
       Algorithmica 2, 1987.
    .. [3] A. Gronlund et al., "Fast exact k-means, k-medians and Bregman divergence clustering
       in 1D", 2017. https://arxiv.org/abs/1701.07204

    Examples
    --------
    >>> from kwise.ordered import kmeans_1d
    >>> sweep = kmeans_1d([1.0, 9.0, 2.0, 10.0, 30.0], [2, 3])
    >>> sweep.run(3).labels, sweep.run(3).inertia
    (array([0, 1, 0, 1, 2], dtype=int32), 1.0)
    """
    assert callable(progress)  # as with_bar has it
    data = check_rows(x, name="x", dtype=np.float64, one_column=True)
    if data.shape[1] != 1:
        raise ValueError(
            f"x has {data.shape[1]} columns; pass one, or use KMeans, which takes any number."
        )
    exponent = unit_exponent(data)
    data = in_unit(data, exponent)
    weight = check_weights(sample_weight, data)
    weight = np.ones(len(data)) if weight is None else weight
    values, place = np.unique(data[:, 0], return_inverse=True)
    # Equal values share a cluster, so each distinct value stands for all its rows.
    mass = np.bincount(place, weight, minlength=len(values)).astype(np.float64)
    heavy = np.flatnonzero(mass > 0)
    wanted = candidates(ks, len(heavy), "distinct values of positive weight")
    cuts = _cut_line(prefix_sums(values[heavy, None], mass[heavy]), max(wanted), progress)
    runs = []
    for k in wanted:
        groups = _groups(values, mass, heavy, trace_cuts(cuts, k))
        runs.append(in_own_unit(exact_run(data, groups[place], k, weight), exponent))
    return Sweep(
        ks=wanted,
        runs=tuple(runs),
        scores={},
        inertias=tuple((run.inertia,) for run in runs),
        n_samples=len(data),
        n_features=1,
    )


def _cut_line(prefix: Prefix, most: int, progress: Progress) -> list[NDArray[np.int32]]:
    """Return, for 1 to ``most`` clusters, the last cut of each prefix."""
    stops = np.arange(len(prefix.weight))
    layer = prefix.cost(np.zeros_like(stops), stops)
    cuts = [np.zeros(len(stops), dtype=np.int32)]
    values = np.ascontiguousarray(prefix.sums[:, 0])
    for k in range(2, most + 1):
        progress("k-means on a line", k - 2, most - 1)
        layer, cut = _core.next_layer(prefix.weight, values, prefix.squares, layer, k - 1)
        cuts.append(cut)
    progress("k-means on a line", most - 1, most - 1)
    return cuts


def _groups(
    values: NDArray[np.float64],
    mass: NDArray[np.float64],
    heavy: NDArray[np.intp],
    bounds: list[int],
) -> NDArray[np.int32]:
    """Return the cluster of each distinct value; one without weight goes to the nearest center."""
    weighted = mass[heavy] * values[heavy]
    starts = bounds[:-1]
    means = np.add.reduceat(weighted, starts) / np.add.reduceat(mass[heavy], starts)
    groups = np.searchsorted((means[1:] + means[:-1]) / 2, values).astype(np.int32)
    groups[heavy] = np.repeat(np.arange(len(means), dtype=np.int32), np.diff(bounds))
    return groups

"""Exact k-means with clusters that are stretches of neighboring rows: segments in time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kwise import _core
from kwise._core.threads import effective_n_threads
from kwise._core.units import in_unit, unit_exponent
from kwise._inputs import check_rows, check_weights
from kwise._progress import AnyProgress, Progress, silent, with_bar
from kwise.ordered.cuts import candidates, exact_run, in_own_unit, trace_cuts
from kwise.ordered.prefix import Prefix, prefix_sums

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

    from kwise.results import Run

__all__ = ["Segmentation", "segment"]


@dataclass(frozen=True, slots=True)
class Segmentation:
    """The best partitions of rows into stretches; made by ``segment``.

    ``runs[i]`` and ``bic[i]`` (lower is better) belong to ``ks[i]``; ``k`` is the number of
    segments with the lowest modified BIC.
    """

    k: int
    ks: tuple[int, ...]
    runs: tuple[Run, ...]
    bic: tuple[float, ...]

    def run(self, k: int | None = None) -> Run:
        """Return the run with ``k`` segments; by default the chosen one."""
        return self.runs[self.ks.index(self.k if k is None else k)]

    def starts(self, k: int | None = None) -> list[int]:
        """Return the first row of each segment, from 0."""
        labels = self.run(k).labels
        return [0, *(np.flatnonzero(np.diff(labels)) + 1).tolist()]


@with_bar
def segment(
    X: ArrayLike,
    ks: Iterable[int] | None = None,
    *,
    sample_weight: ArrayLike | None = None,
    progress: AnyProgress = silent,
) -> Segmentation:
    """Cut rows in order into stretches so that the rows of each lie near their mean.

    The objective is that of k-means; only neighbors in order (time, place along a line) may
    share a cluster. The answer is the best there is, for every number of segments.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or (n_samples,)
        Rows in order, finite. Columns should be scaled as for ``KMeans``.
    ks : iterable of int, optional
        Numbers of segments, each from 1 to n_samples. ``None`` stands for 1 to 10, or as many as
        there are rows.
    sample_weight : array-like of shape (n_samples,), optional
        Positive. ``None`` weighs all rows equally.
    progress : bool, "bar" or callable, default=False
        Called as ``progress(task, done, total)``; it may raise to stop.

    Returns
    -------
    Segmentation
        For each k the segments of lowest inertia, numbered in order; and the chosen k.

    Raises
    ------
    ValueError
        If ``ks`` is empty, or holds a number below 1 or above n_samples, or a weight is not
        positive.

    See Also
    --------
    kmeans_1d : Clusters of numbers in any order.

    Notes
    -----
    Takes O(n_samples**2 * n_features * max(ks)) time at most; nearly all cuts are passed over in
    blocks by a bound (as PELT prunes), so that 100,000 rows take seconds. Memory is 4 bytes a row
    for each number of segments.

    The number of segments is chosen by a modified BIC, which pays for the mean of each segment
    and for the place of each cut; rows are taken as independent with one variance, so slowly
    drifting or autocorrelated series get too many segments.

    References
    ----------
    .. [1] I. E. Auger and C. E. Lawrence, "Algorithms for the optimal identification of segment
       neighborhoods", Bulletin of Mathematical Biology 51(1), 1989.
    .. [2] R. Killick, P. Fearnhead and I. A. Eckley, "Optimal detection of changepoints with a
       linear computational cost", Journal of the American Statistical Association 107, 2012.
    .. [3] N. R. Zhang and D. O. Siegmund, "A modified Bayes information criterion with
       applications to the analysis of comparative genomic hybridization data", Biometrics
       63(1), 2007.

    Examples
    --------
    >>> from kwise.ordered import segment
    >>> calm, busy = [0.0, 0.3, -0.2, 0.1, -0.3], [5.0, 5.2, 4.8, 5.3, 4.9]
    >>> found = segment(4 * calm + 4 * busy + 4 * calm)
    >>> found.k, found.starts()
    (3, [0, 20, 40])
    """
    assert callable(progress)  # as with_bar has it
    data = check_rows(X, dtype=np.float64, one_column=True)
    exponent = unit_exponent(data)
    data = in_unit(data, exponent)
    weight = check_weights(sample_weight, data)
    weight = np.ones(len(data)) if weight is None else weight
    if not (weight > 0).all():
        raise ValueError("sample_weight holds a weight that is not positive; leave that row out.")
    wanted = candidates(ks, len(data), "rows")
    cuts = _cut_rows(prefix_sums(data, weight), max(wanted), progress)
    runs = []
    for k in wanted:
        lengths = np.diff(trace_cuts(cuts, k))
        labels = np.repeat(np.arange(k, dtype=np.int32), lengths)
        runs.append(exact_run(data, labels, k, weight))
    # A unit adds the same to all.
    bic = tuple(_bic(run, data) + 2 * data.size * exponent * math.log(2) for run in runs)
    own = tuple(in_own_unit(run, exponent) for run in runs)
    return Segmentation(k=wanted[int(np.argmin(bic))], ks=wanted, runs=own, bic=bic)


def _cut_rows(prefix: Prefix, most: int, progress: Progress) -> list[NDArray[np.int32]]:
    """Return, for 1 to ``most`` segments, where the last segment of each prefix begins."""
    n, n_threads = len(prefix.weight) - 1, effective_n_threads()
    stops = np.arange(n + 1)
    layer = prefix.cost(np.zeros_like(stops), stops)
    cuts = [np.zeros(n + 1, dtype=np.int32)]
    values = np.ascontiguousarray(prefix.sums)
    for k in range(2, most + 1):
        progress("segments", k - 2, most - 1)
        # Of the last layer nothing but the whole is asked.
        low = k if k < most else n
        layer, cut = _core.next_segments(
            prefix.weight, values, prefix.squares, layer, k - 1, low, n_threads
        )
        cuts.append(cut)
    progress("segments", most - 1, most - 1)
    return cuts


def _bic(run: Run, X: NDArray[np.float64]) -> float:
    """Return the modified BIC of means that jump, with one unknown variance.

    A mean known from few rows costs less than one known from many, and a cut, which may lie
    anywhere, costs twice the logarithm of the number of rows. Beyond the source, segments of
    fewer than eight rows pay as if they had eight: with many columns, outliers would be cut out.
    """
    n_samples, n_features = X.shape
    n_values = n_samples * n_features
    # Below rounding, segments fit exactly: more of them explain nothing.
    floor = 1e-14 * max(float(np.square(X).sum()), float(np.finfo(np.float64).tiny))
    spread = max(run.inertia, floor) / n_values
    lengths = np.maximum(np.bincount(run.labels), 8)
    paid = n_features * float(np.log(lengths).sum()) + 2 * (len(lengths) - 1) * math.log(n_samples)
    return float(n_values * math.log(spread) + paid)

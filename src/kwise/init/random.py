"""Distinct rows at random."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kwise._core.dataset import Dataset
from kwise.init.base import Start


def draw_rows(packed: Dataset, n_clusters: int, rng: np.random.RandomState) -> Start:
    """Choose distinct rows with probability proportional to their weight.

    The rows are those of ``rng.choice(n, n_clusters, replace=False, p=...)``, at 8 bytes a row.
    """
    return Start(draw_rows_of_runs(packed, n_clusters, rng, 1)[0])


def draw_rows_of_runs(
    packed: Dataset, n_clusters: int, rng: np.random.RandomState, n_starts: int
) -> NDArray[np.floating]:
    """Choose rows for several runs: what ``draw_rows`` called so often returns, stacked."""
    X = packed.X
    chosen = draw_indices(X.shape[0], X.dtype, packed.weights, rng, n_clusters, n_starts)
    rows: NDArray[np.floating] = packed.rows(chosen)
    return rows.reshape(n_starts, n_clusters, rows.shape[1])


def draw_indices(
    n_rows: int,
    dtype: np.dtype,
    weights: NDArray[np.floating] | None,
    rng: np.random.RandomState,
    n_clusters: int,
    n_starts: int = 1,
) -> NDArray[np.intp]:
    """Choose rows of that type for several runs, one run after the other."""
    if weights is not None and np.count_nonzero(weights) < n_clusters:
        raise ValueError(
            f"init='random' needs n_clusters={n_clusters} rows with a weight above 0 and found "
            f"{np.count_nonzero(weights)}; pass fewer clusters."
        )
    draws = _Draws(n_rows, dtype, weights, rng, n_starts * n_clusters)
    return np.concatenate([draws.distinct(n_clusters) for _ in range(n_starts)])


class _Draws:
    """Rows drawn one after the other from one stream, which is read no further than needed.

    ``needed`` draws are needed in any case; rows drawn twice for one start need more.
    """

    def __init__(
        self,
        n_rows: int,
        dtype: np.dtype,
        weights: NDArray[np.floating] | None,
        rng: np.random.RandomState,
        needed: int,
    ) -> None:
        self._rows_of, self._rng = (n_rows, dtype, weights), rng
        self._cumulative = _cumulative(*self._rows_of)
        self._uniforms = rng.random_sample(needed)
        self._rows = np.searchsorted(self._cumulative, self._uniforms, side="right")
        self._place = 0

    def distinct(self, count: int) -> NDArray[np.intp]:
        """Return the rows of the next start."""
        hits = self._rows[self._take(count)]
        chosen = dict.fromkeys(hits.tolist())
        if len(chosen) == count:
            return hits
        while len(chosen) < count:
            missing = count - len(chosen)
            self._read(missing)
            cumulative = _cumulative(*self._rows_of, without=list(chosen))
            again = np.searchsorted(cumulative, self._uniforms[self._take(missing)], side="right")
            chosen.update(dict.fromkeys(again.tolist()))
        return np.fromiter(chosen, np.intp, count)

    def _take(self, count: int) -> slice:
        """Move on by so many draws."""
        self._place += count
        return slice(self._place - count, self._place)

    def _read(self, count: int) -> None:
        """Read as many more uniforms: rows drawn twice shift all that follows."""
        more = self._rng.random_sample(count)
        self._uniforms = np.concatenate([self._uniforms, more])
        rows = np.searchsorted(self._cumulative, more, side="right")
        self._rows = np.concatenate([self._rows, rows])


def _cumulative(
    n_rows: int,
    dtype: np.dtype,
    weights: NDArray[np.floating] | None,
    without: list[int] | None = None,
) -> NDArray[np.float64]:
    """Return the running sums of the probabilities of the rows, 0 for some."""
    kind = dtype.type
    if weights is None:
        sums = np.full(n_rows, kind(1) / kind(n_rows), np.float64)
    else:
        sums = np.divide(weights, weights.sum(), dtype=dtype)
        sums = sums.astype(np.float64)
    if without:
        sums[without] = 0.0
    np.cumsum(sums, out=sums)
    sums /= sums[-1]
    return sums

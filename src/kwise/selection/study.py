"""What the criteria of one sweep share: data, fits, samples and streams of random numbers."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from kwise._progress import Progress, silent
from kwise.results import Run
from kwise.selection.fits import Starts, fit_k

__all__ = ["Study"]

Floats = NDArray[np.floating]


class Study:
    """The data under study, every fit made of them, and repeatable randomness.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Checked data, float32 or float64.
    sample_weight : ndarray of shape (n_samples,) or None
        Checked weights.
    n_init : int
        Starts for each number of clusters.
    seed : int
        Every random draw follows from it and from the names given to ``rng``.
    progress : callable, optional
        Called as ``progress(task, done, total)``.

    See Also
    --------
    Criterion : Scores the runs of a study.

    Examples
    --------
    >>> import numpy as np
    >>> from kwise.selection import Study
    >>> study = Study(np.array([[0.0], [1.0], [9.0], [10.0]]), None, n_init=2, seed=0)
    >>> study.run(2).inertia
    1.0
    """

    def __init__(
        self,
        X: Floats,
        sample_weight: Floats | None,
        *,
        n_init: int,
        seed: int,
        progress: Progress = silent,
    ) -> None:
        self.X = X
        self.sample_weight = sample_weight
        self.n_init = n_init
        self.seed = seed
        self.progress = progress
        self.starts: dict[int, Starts] = {}
        self._shared: dict[object, object] = {}

    def run(self, k: int) -> Run:
        """Return the best run with ``k`` clusters, fitting it if it is not there yet."""
        if k not in self.starts:
            self.starts[k] = fit_k(
                self.X,
                k,
                n_init=self.n_init,
                random_state=self.seed,
                sample_weight=self.sample_weight,
            )
        return self.starts[k].best

    def rng(self, *names: str | int) -> np.random.Generator:
        """Return the stream of random numbers that belongs to these names."""
        words = [zlib.crc32(str(name).encode()) for name in names]
        return np.random.default_rng([self.seed, *words])

    def rows(self, limit: int) -> NDArray[np.intp]:
        """Return all row numbers, or a sorted random sample of ``limit`` that all criteria share.

        Rows are drawn in proportion to their weight, with replacement, where weights are given.
        """
        n_samples = len(self.X)
        weight = self.sample_weight
        if weight is None and n_samples <= limit:
            return np.arange(n_samples)
        key = ("rows", limit)
        if key not in self._shared:
            rng = self.rng("rows", limit)
            if weight is None:
                drawn = rng.choice(n_samples, limit, replace=False)
            else:
                share = weight / weight.sum(dtype=np.float64)
                drawn = rng.choice(n_samples, min(limit, n_samples), p=share)
            self._shared[key] = np.sort(drawn)
        rows = self._shared[key]
        assert isinstance(rows, np.ndarray)
        return rows

    def describe_rows(self, limit: int) -> str:
        """Say in a note which rows ``rows(limit)`` are; empty where they are simply all."""
        if self.sample_weight is not None:
            return f"{min(limit, len(self.X)):,} rows drawn by weight"
        return f"a sample of {limit:,} rows" if len(self.X) > limit else ""

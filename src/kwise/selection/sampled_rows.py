"""The choice of k for rows that memory does not hold: from a sample, with sums over all rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kwise.estimators._assign import assign_inertia
from kwise.estimators._reading import check_weight_array
from kwise.init.hashing import uniforms_of
from kwise.results import RowSample, Run, Selection
from kwise.row_sources import Rows

__all__ = ["SAMPLE_ROWS", "SampledRows", "sampled"]

# Rows expected in the sample: a share p of all is known to sqrt(p (1 - p) / 50,000), 0.22 %.
SAMPLE_ROWS = 50_000
_BLOCK_ROWS = 2**16


@dataclass(frozen=True)
class SampledRows:
    """Rows chosen by hashes of their numbers, so that none depends on another, and their weights.

    Where all rows are no more than the sample may have, they are all here.
    """

    rows: Rows
    all_weights: NDArray[np.floating] | None
    X: NDArray[np.floating]
    weights: NDArray[np.floating] | None

    def told(self, found: Selection) -> Selection:
        """Say what is a sample's, and give sums over all rows beside."""
        n, m = len(self.rows), len(self.X)
        if m == n:
            return found
        inertias, sizes = self._sums(found.sweep.runs, found.shown)
        share = self._mass()
        told = RowSample(n, m, 0.5 / math.sqrt(m), dict(zip(found.sweep.ks, inertias)), sizes)
        at = found.sweep.ks.index(found.shown)
        alone = found.sweep.runs[at].inertia / share
        off = 100 * abs(alone / inertias[at] - 1) if inertias[at] > 0 else 0.0
        reason = (
            f"k and its reasons rest on a sample of {m:,} of {n:,} rows, by which a share of rows "
            f"is known to {told.share_error:.1%} (one standard error), while sums are over all "
            f"rows: with {found.shown} clusters their inertia is {inertias[at]:.6g}, {off:.2g} % "
            "from what the sample says."
        )
        return replace(found, reasons=(reason, *found.reasons), sample=told)

    def _mass(self) -> float:
        """Return the sample's share of all weight."""
        if self.all_weights is None or self.weights is None:
            return len(self.X) / len(self.rows)
        return float(self.weights.sum() / self.all_weights.sum(dtype=np.float64))

    def _sums(self, runs: Sequence[Run], shown: int) -> tuple[list[float], tuple[int, ...]]:
        """Return the inertia of all rows at the centers of each run, and the sizes of one's."""
        parts: list[list[float]] = [[] for _ in runs]
        sizes, at = np.zeros(shown, np.int64), 0
        for block in self.rows.blocks(_BLOCK_ROWS):
            held = np.ascontiguousarray(block)
            own = None if self.all_weights is None else self.all_weights[at : at + len(block)]
            at += len(block)
            for run, inertias in zip(runs, parts):
                centers = np.ascontiguousarray(run.centers, held.dtype)
                labels, inertia = assign_inertia(held, centers, own)
                inertias.append(inertia)
                if len(centers) == shown:
                    sizes += np.bincount(labels, minlength=shown)
        return [math.fsum(each) for each in parts], tuple(sizes.tolist())


def sampled(rows: Rows, sample_weight: ArrayLike | None) -> SampledRows:
    """Draw about so many rows; all of them where there are no more."""
    weights = check_weight_array(sample_weight, rows)
    share, at = SAMPLE_ROWS / max(len(rows), 1), 0
    found: list[NDArray[np.floating]] = []
    chosen: list[NDArray[np.intp]] = []
    for block in rows.blocks(_BLOCK_ROWS):
        here = np.arange(len(block))
        if share < 1.0:
            here = np.flatnonzero(uniforms_of(0, 0, at, len(block)) < share)
        found.append(block[here])
        chosen.append(here + at)
        at += len(block)
    own = None if weights is None else weights[np.concatenate(chosen)]
    return SampledRows(rows, weights, np.concatenate(found), own)

"""Sums of products in one fixed order, so that every program gets the same bits.

A sum has eight lanes, as the engine's canonical distance: term j is added to lane j mod 8, and the
lanes are added in pairs. BLAS adds in an order of its own, which differs between machines; the
programs that ``io.exporters`` writes add as is done here.
"""

from __future__ import annotations

import numpy as np

from kwise.types import Floats

LANES = 8
_HELD = 1 << 21  # numbers of the lanes of a chunk of rows


def lane_products(A: Floats, B: Floats) -> Floats:
    """Return ``A @ B.T``, shape (len(A), len(B)), each number summed in lanes."""
    out = np.empty((len(A), len(B)))
    columns = _in_blocks(B)
    step = max(1, _HELD // (LANES * max(1, len(B))))
    for start in range(0, len(A), step):
        rows = _in_blocks(A[start : start + step])
        sums = np.zeros((rows.shape[1], len(B), LANES))
        for mine, theirs in zip(rows, columns):
            sums += mine[:, None, :] * theirs[None, :, :]
        out[start : start + step] = _added(sums)
    return out


def lane_squares(A: Floats) -> Floats:
    """Return the sum of squares of each row, summed in lanes."""
    out = np.empty(len(A))
    step = max(1, _HELD // LANES)
    for start in range(0, len(A), step):
        rows = _in_blocks(A[start : start + step])
        sums = np.zeros((rows.shape[1], LANES))
        for mine in rows:
            sums += mine * mine
        out[start : start + step] = _added(sums)
    return out


def _in_blocks(A: Floats) -> Floats:
    """Return rows as blocks of eight numbers, the last one filled with 0: (blocks, rows, 8)."""
    n_blocks = -(-A.shape[1] // LANES)
    filled = np.zeros((len(A), n_blocks * LANES))
    filled[:, : A.shape[1]] = A
    return np.ascontiguousarray(filled.reshape(len(A), n_blocks, LANES).swapaxes(0, 1))


def _added(sums: Floats) -> Floats:
    """Add the lanes: halves upon halves."""
    for half in (4, 2, 1):
        sums = sums[..., :half] + sums[..., half : 2 * half]
    return np.asarray(sums[..., 0])

"""Numbers of rows as they travel in the page: little-endian, compressed, as text."""

from __future__ import annotations

import base64
import gzip
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from kwise.report.data import ReportData

__all__ = ["MOST_CARRIED", "packed", "packed_alternative", "packed_labels", "packed_margins",
           "packed_rows"]  # fmt: skip

# Labels of every candidate travel in the page up to so many rows, those of the chosen k up
# to ten times as many; beyond that ``kwise predict`` writes them.
_MOST_LABELED = 200_000
MOST_CARRIED = 10 * _MOST_LABELED


def packed(values: np.ndarray) -> str:
    """Compress numbers for a browser's DecompressionStream; the same bytes every time."""
    return base64.b64encode(gzip.compress(values.tobytes(), 6, mtime=0)).decode("ascii")


def packed_labels(data: ReportData) -> dict[int, str]:
    """Pack the labels that readers can download, from 1, by candidate."""
    n = len(data.X)
    if n > MOST_CARRIED:
        return {}
    ks = [k for k in data.labels if n <= _MOST_LABELED or k == data.selection.shown]
    return {k: packed((data.labels[k] + 1).astype("<u2")) for k in ks}


def packed_alternative(data: ReportData) -> str | None:
    """Pack the groups of the better method, from 1; 0 for rows without one."""
    other = data.selection.alternative
    if other is None or len(data.X) > MOST_CARRIED:
        return None
    return packed((other.labels + 1).astype("<u2"))


def packed_margins(data: ReportData) -> str | None:
    """Pack the margin of every row under the k shown, in percent."""
    if data.margins is None or len(data.X) > MOST_CARRIED:
        return None
    return packed(np.floor(100 * data.margins.margin).astype("u1"))


def packed_rows(data: ReportData) -> str | None:
    """Pack the rows' places in the table, from 0, where some were left out."""
    if len(data.rows) == data.account.n_rows or len(data.rows) > MOST_CARRIED:
        return None
    return packed(data.rows.astype("<u4"))

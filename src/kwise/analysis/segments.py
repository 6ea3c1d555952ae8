"""Segments of a table whose rows have an order, in time or along a line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import numpy as np

from kwise._progress import AnyProgress, silent, with_bar
from kwise.analysis.analyze import prepared_rows, split_options
from kwise.io.reading import read_table
from kwise.ordered import Segmentation, segment
from kwise.preparation import Preparation
from kwise.report.account import table_facts
from kwise.results import Floats, Labels
from kwise.table_options import PreparationOptions, TableOptions, known_options, takes_options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from narwhals.typing import IntoFrame
    from numpy.typing import NDArray

    from kwise.io.table import Table
    from kwise.report.summary import TableFacts

__all__ = ["TableSegments", "find_segments"]

# In what columns are told and drawn, however they are prepared to be cut.
_AS_THEY_ARE: PreparationOptions = {"scale": "none", "transform_skew": False, "components": None}


@dataclass(frozen=True, eq=False)
class TableSegments:
    """Segments of a table's rows; made by ``find_segments``.

    Attributes
    ----------
    segmentation : Segmentation
        The segments for every candidate, and the chosen number.
    k : int
        The number of segments shown.
    X : ndarray of shape (n_used, n_features)
        The rows that were cut, in order and in their own units.
    rows : ndarray of shape (n_used,)
        Their places in the table, from 0.
    columns : tuple of str
        Names of their columns.
    labels : ndarray of shape (n_samples,)
        Segment of each row of the table, from 0; -1 where a cell is missing.
    account : TableFacts
        What was used of the table.
    """

    segmentation: Segmentation
    k: int
    X: Floats
    rows: NDArray[np.int64]
    columns: tuple[str, ...]
    labels: Labels
    account: TableFacts

    def table(self) -> list[dict[str, object]]:
        """Return a row a segment: its number, first and last row, rows, and means.

        Returns
        -------
        list of dict
            In order; rows of the table count from 1.
        """
        labels = self.segmentation.run(self.k).labels
        told = []
        for c in range(self.k):
            places = np.flatnonzero(labels == c)
            row: dict[str, object] = {
                "segment": c + 1,
                "from": int(self.rows[places[0]]) + 1,
                "to": int(self.rows[places[-1]]) + 1,
                "rows": len(places),
            }
            means = self.X[places].mean(axis=0).tolist()
            told.append(row | {f"mean of {name}": m for name, m in zip(self.columns, means)})
        return told


@takes_options(TableOptions)
@with_bar
def find_segments(
    frame_or_path: str | Path | IntoFrame | NDArray[np.generic] | Table,
    *,
    ks: Iterable[int] | None = None,
    k: int | None = None,
    progress: AnyProgress = silent,
    **options: Unpack[TableOptions],
) -> TableSegments:
    """Cut the rows of a table, in their order, into segments of rows that are alike.

    Parameters
    ----------
    frame_or_path : path, data frame, array or Table
        The table; its rows are in order.
    ks : iterable of int, optional
        Candidate numbers of segments; by default 1 to 10.
    k : int, optional
        The number of segments, where it is known.
    progress : bool, "bar" or callable, default=False
        Called as ``progress(task, done, total)``; it may raise to stop.
    **options : Unpack[TableOptions]
        How the table is read and prepared.

    Returns
    -------
    TableSegments
        The best segments there are, and how many by a modified BIC.

    See Also
    --------
    kwise.ordered.segment : The segments alone, of an array.

    Examples
    --------
    >>> import polars as pl
    >>> from kwise.analysis import find_segments
    >>> frame = pl.DataFrame({"level": [1.0, 1.2, 0.9, 1.1] * 5 + [5.0, 5.2, 4.9, 5.1] * 5})
    >>> [row["from"] for row in find_segments(frame, k=2).table()]
    [1, 21]
    """
    assert callable(progress)  # as with_bar has it
    reading, preparing = split_options(known_options(find_segments, options))
    table = read_table(frame_or_path, **reading, progress=progress)
    preparation = Preparation(**preparing)
    X, rows = prepared_rows(preparation, table)
    unscaled = Preparation(**(preparing | _AS_THEY_ARE))
    own, _ = prepared_rows(unscaled, table)
    found = segment(X, [k] if k is not None else ks, progress=progress)
    shown = found.k if k is None else k
    labels = np.full(table.frame.height, -1, dtype=np.int32)
    labels[rows] = found.run(shown).labels
    return TableSegments(
        segmentation=found,
        k=shown,
        X=own,
        rows=rows,
        columns=tuple(str(name) for name in unscaled.get_feature_names_out()),
        labels=labels,
        account=table_facts(table, preparation, outside=[], truth=None),
    )

"""Natural breaks of one column of a table: classes that are the best there are, and how many."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Unpack

import numpy as np

from kwise._inputs import check_n_clusters
from kwise._progress import AnyProgress, silent, with_bar
from kwise.analysis.analyze import prepared_rows, split_options
from kwise.exceptions import DataFileError
from kwise.io.reading import read_table
from kwise.ordered import kmeans_1d
from kwise.preparation import Preparation
from kwise.report.account import table_facts
from kwise.results import Floats, Labels, Selection
from kwise.selection import select_k
from kwise.table_options import SourceOptions, known_options, takes_options

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame
    from numpy.typing import NDArray

    from kwise.io.table import Table
    from kwise.report.summary import TableFacts
    from kwise.results import Run

__all__ = ["Breaks", "find_breaks"]

# So many classes are tried first; the verdict looks at more where they show.
FIRST = 10


@dataclass(frozen=True, eq=False)
class Breaks:
    """Classes of one column; made by ``find_breaks``.

    Attributes
    ----------
    column : str
        The column.
    bounds : tuple of float
        The lowest value, then the highest of each class: one more than there are classes.
    lowest, means : tuple of float
        The lowest value of each class, and its weighted mean.
    counts : tuple of int
        Rows in each class.
    goodness_of_fit : float
        Share of the variance that the classes explain, in [0, 1].
    labels : ndarray of shape (n_samples,)
        Class of each row of the table, from 0 upwards; -1 where the cell is missing.
    selection : Selection
        How many classes the data support, with the evidence.
    account : TableFacts
        What was used of the table.
    """

    column: str
    bounds: tuple[float, ...]
    lowest: tuple[float, ...]
    means: tuple[float, ...]
    counts: tuple[int, ...]
    goodness_of_fit: float
    labels: Labels
    selection: Selection
    account: TableFacts

    @property
    def verdict(self) -> str:
        """How many classes there are, in a sentence."""
        return self.selection.verdict

    def table(self) -> list[dict[str, object]]:
        """Return a row a class: its number from 1, its values, rows, share and mean.

        Returns
        -------
        list of dict
            From the lowest class up.
        """
        total = sum(self.counts)
        rows = zip(self.lowest, self.bounds[1:], self.counts, self.means)
        return [
            {
                "class": i + 1,
                "from": low,
                "to": high,
                "rows": count,
                "share": count / total,
                "mean": mean,
            }
            for i, (low, high, count, mean) in enumerate(rows)
        ]


@takes_options(SourceOptions)
@with_bar
def find_breaks(
    frame_or_path: str | Path | IntoFrame | NDArray[np.generic] | Table,
    column: str,
    classes: int | Literal["auto"] = "auto",
    *,
    weights: str | None = None,
    random_state: int = 0,
    progress: AnyProgress = silent,
    **options: Unpack[SourceOptions],
) -> Breaks:
    """Cut the values of a column into classes of least inertia (Fisher-Jenks), and say how many.

    Parameters
    ----------
    frame_or_path : path, data frame, array or Table
        The table.
    column : str
        A column of numbers; rows where it is missing are left out and counted.
    classes : int or "auto", default="auto"
        Number of classes; by default what the data support.
    weights : str, optional
        A column of non-negative weights, such as the inhabitants of each place.
    random_state : int, default=0
        For the draws of the verdict; the classes of a number are the same for any.
    progress : bool, "bar" or callable, default=False
        Called as ``progress(task, done, total)``; it may raise to stop.
    **options : Unpack[SourceOptions]
        How the table is read.

    Returns
    -------
    Breaks
        The classes, with the verdict.

    Raises
    ------
    ValueError
        If there are fewer distinct values than classes.

    See Also
    --------
    kwise.ordered.kmeans_1d : The classes alone, of an array.

    Examples
    --------
    >>> import polars as pl
    >>> from kwise.analysis import find_breaks
    >>> frame = pl.DataFrame({"income": [10, 11, 12, 30, 31, 33, 90, 94] * 4})
    >>> find_breaks(frame, "income", 3).bounds
    (10.0, 12.0, 33.0, 94.0)
    """
    assert callable(progress)  # as with_bar has it
    reading, _ = split_options(known_options(find_breaks, options))
    table = read_table(frame_or_path, **reading, progress=progress)
    preparation = Preparation(columns=[column], scale="none")
    X, rows = prepared_rows(preparation, table)
    weight = None if weights is None else _weights(table, weights, rows)
    distinct = len(np.unique(X if weight is None else X[weight > 0]))
    if classes != "auto" and check_n_clusters(classes, name="classes") > distinct:
        raise ValueError(
            f"classes={classes}, and column {column!r} holds {distinct} distinct values; pass 1 "
            f"to {distinct}, or 'auto'."
        )
    asked = range(1, min(FIRST, distinct) + 1) if classes == "auto" else [classes]
    sweep = kmeans_1d(X, asked, sample_weight=weight, progress=progress)
    selection = select_k(
        X,
        "auto" if classes == "auto" else asked,
        sample_weight=weight,
        random_state=random_state,
        sweep=sweep,
        progress=progress,
        feature_names=[column],
    )
    run = kmeans_1d(X, [selection.shown], sample_weight=weight).run(selection.shown)
    labels = np.full(table.frame.height, -1, dtype=np.int32)
    labels[rows] = run.labels
    values = X[:, 0].astype(np.float64)
    lowest = [float(values[run.labels == c].min()) for c in range(selection.shown)]
    highest = [float(values[run.labels == c].max()) for c in range(selection.shown)]
    return Breaks(
        column=column,
        bounds=(lowest[0], *highest),
        lowest=tuple(lowest),
        means=tuple(run.centers[:, 0].tolist()),
        counts=tuple(np.bincount(run.labels).tolist()),
        goodness_of_fit=_goodness(values, weight, run),
        labels=labels,
        selection=selection,
        account=table_facts(table, preparation, outside=[], truth=None),
    )


def _weights(table: Table, name: str, rows: NDArray[np.int64]) -> Floats:
    """Return the weights of the rows that are used; none may be missing."""
    found = Preparation(columns=[name], scale="none").fit_transform(table)[rows, 0]
    lacking = np.flatnonzero(np.isnan(found))
    if len(lacking):
        raise DataFileError(
            f"{table.name}: row {rows[lacking[0]] + 1} has no weight in column {name!r}; every "
            "row with a value needs one, 0 to leave it out"
        )
    weights: Floats = found
    return weights


def _goodness(values: Floats, weight: Floats | None, run: Run) -> float:
    """Return the share of the variance between classes; 1 where there is no variance."""
    mean = np.average(values, weights=weight)
    total = float(np.average(np.square(values - mean), weights=weight))
    mass = len(values) if weight is None else float(weight.sum())
    return 1.0 - run.inertia / mass / total if total > 0 else 1.0

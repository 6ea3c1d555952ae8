"""From a table to a defended clustering: the one place where all the parts meet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from sklearn.pipeline import Pipeline

from kwise._numbering import size_order
from kwise._progress import Progress, silent
from kwise.analysis.check_columns import check_set_beside
from kwise.analysis.result import Analysis
from kwise.estimators import KMeans
from kwise.exceptions import DataFileError
from kwise.io.reading import read_table
from kwise.preparation import Preparation
from kwise.results import Floats, Selection
from kwise.selection import select_k
from kwise.selection.sweep import check_given

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame
    from numpy.typing import NDArray

    from kwise.io.table import Table

__all__ = ["Categories", "Missing", "Names", "Scale", "analyze", "prepared_rows"]

Names: TypeAlias = Sequence[str] | str | None
Missing: TypeAlias = Literal["drop", "median", "mean", "error"]
Categories: TypeAlias = Literal["drop", "one-hot"]
Scale: TypeAlias = Literal["standard", "minmax", "robust", "none", "normalize-rows"]


def analyze(  # noqa: PLR0913 - the one call that has every setting
    frame_or_path: str | Path | IntoFrame | NDArray[np.generic] | Table,
    *,
    columns: Names = None,
    drop: Names = (),
    outside: Names = None,
    truth: str | None = None,
    ks: Iterable[int] = range(1, 11),
    k: int | None = None,
    scale: Scale = "standard",
    components: float | None = None,
    missing: Missing = "drop",
    categories: Categories = "drop",
    transform_skew: bool = False,
    delimiter: str | None = None,
    transpose: bool = False,
    random_state: int = 0,
    progress: Progress = silent,
    executor: Executor | None = None,
) -> Analysis:
    """Find the groups in a table: how many, whether they are real, what they are.

    Parameters
    ----------
    frame_or_path : path, data frame, array or Table
        The table: a file of any format that ``read_table`` knows, a frame of pandas, polars
        or Arrow, or an array.
    columns : str or sequence of str, optional
        Columns to cluster by; by default all that hold numbers, less ``drop``, ``outside`` and
        ``truth``.
    drop : str or sequence of str, default=()
        Columns to leave out.
    outside : str or sequence of str, optional
        Columns to set beside the clusters; they take no part in making them.
    truth : str, optional
        A column of true labels to compare with; it takes no part either.
    ks : iterable of int, default=range(1, 11)
        Candidate numbers of clusters.
    k : int, optional
        The number of clusters, where it is known: nothing is chosen then.
    scale : str, default="standard"
        How columns are brought to one scale; a name in ``kwise.preparation.SCALINGS``.
    components : int or float, optional
        Principal components to keep: a count, or the share of variance to be reached.
    missing : {"drop", "median", "mean", "error"}, default="drop"
        What is done about missing cells: leave the row out, fill with the column's median or
        mean, or refuse.
    categories : {"drop", "one-hot"}, default="drop"
        What is done about columns of categories: left out, or an indicator for each category.
    transform_skew : bool, default=False
        Whether strongly skewed columns are evened out before they are scaled.
    delimiter : str, optional
        What stands between cells of a text file, as for ``read_table``; found out by default.
    transpose : bool, default=False
        Whether samples stand in columns.
    random_state : int, default=0
        The same number gives the same analysis, on any number of threads.
    progress : callable, optional
        Called as ``progress(task, done, total)``; it may raise to stop.
    executor : concurrent.futures.Executor, optional
        Works beside this process, as ``ProcessPoolExecutor(1)`` does; the answer is the same.

    Returns
    -------
    Analysis
        The answer, with everything it rests on.

    Raises
    ------
    DataFileError
        If the file cannot be read as a table.
    ValueError
        If a column is unknown, no column holds numbers, or no number of clusters fits.

    See Also
    --------
    select_k : The choice of k alone, from an array.
    read_table : The table alone.

    Examples
    --------
    >>> import kwise
    >>> import polars as pl
    >>> frame = pl.DataFrame({"x": [0.0, 1.0, 9.0, 10.0] * 5})
    >>> analysis = kwise.analyze(frame, k=2)
    >>> analysis.k, analysis.labels[:4].tolist()
    (2, [0, 0, 1, 1])
    """
    table = read_table(frame_or_path, delimiter=delimiter, transpose=transpose, progress=progress)
    beside, used = _names(outside), _names(columns)
    away = [*beside, *([truth] if truth is not None else [])]
    check_set_beside(table.frame, beside, truth)
    preparation = Preparation(
        columns=used or None,
        drop=[name for name in dict.fromkeys([*_names(drop), *away]) if name not in used],
        scale=scale,
        missing=missing,
        components=components,
        categories=categories,
        transform_skew=transform_skew,
    )
    progress("preparing the table", 0, 1)
    X, rows = prepared_rows(preparation, table)
    selection = _selection(X, [k] if k is not None else ks, random_state, progress, executor)
    kmeans = _by_size(X, selection, random_state)
    asked = _changed(
        columns=used, drop=_names(drop), outside=beside, truth=truth, k=k,
        ks=[] if k is not None or ks == range(1, 11) else sorted(set(ks)), scale=scale,
        components=components, missing=missing, categories=categories,
        transform_skew=transform_skew, delimiter=delimiter,
        transpose=transpose,
    )  # fmt: skip
    return Analysis(
        table=table,
        model=Pipeline([("preparation", preparation), ("kmeans", kmeans)]),
        selection=selection,
        X=X,
        rows=rows,
        outside=tuple(beside),
        truth=truth,
        random_state=random_state,
        options=asked,
    )


def _changed(**asked: object) -> dict[str, object]:
    """Return the arguments that say more than their defaults do."""
    unchanged: dict[str, object] = {"scale": "standard", "missing": "drop", "categories": "drop"}
    return {
        name: value
        for name, value in asked.items()
        if value not in (None, [], False) and value != unchanged.get(name)
    }


def _names(names: Names) -> list[str]:
    """Return the names as a list, each once."""
    if names is None:
        return []
    return [names] if isinstance(names, str) else list(dict.fromkeys(names))


def prepared_rows(preparation: Preparation, table: Table) -> tuple[Floats, NDArray[np.int64]]:
    """Prepare a table, and return its complete rows with their places."""
    X = preparation.fit_transform(table.frame)
    complete = ~np.isnan(X).any(axis=1)
    rows = np.flatnonzero(complete)
    if len(rows) < 2:
        raise DataFileError(
            f"{table.name}: {len(rows)} of {table.frame.height} rows can be clustered and at "
            "least 2 are needed; missing='median' fills missing cells instead of leaving rows out"
        )
    return (X if complete.all() else np.ascontiguousarray(X[rows])), rows


def _selection(
    X: Floats,
    ks: Iterable[int],
    random_state: int,
    progress: Progress,
    executor: Executor | None,
) -> Selection:
    """Choose k among candidates that the rows allow; of one candidate nothing is chosen."""
    wanted = sorted(set(ks))
    if len(wanted) == 1:
        check_given(X, wanted[0])
    else:
        wanted = [k for k in wanted if k <= len(X)] or wanted[:1]
    return select_k(X, wanted, random_state=random_state, progress=progress, executor=executor)


def _by_size(X: Floats, selection: Selection, random_state: int) -> KMeans:
    """Return the chosen clustering as an estimator, its clusters numbered by size."""
    run = selection.sweep.run(selection.k)
    order = size_order(run.labels, selection.k)
    kmeans = KMeans(
        n_clusters=selection.k, init=run.centers[order], n_init=1, random_state=random_state
    )
    kmeans.fit(X)
    return kmeans

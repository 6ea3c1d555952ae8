"""Rows that lie elsewhere: larger than memory, or on other machines.

To add a kind: a class of ``Rows`` in a file of its own, and a row in ``SOURCES``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from os import PathLike
from typing import Any, NamedTuple

import numpy as np

from kwise.engines import check_engine
from kwise.engines.memory import budget_of
from kwise.row_sources.arrays import ArrayRows, open_npy
from kwise.row_sources.arrow import dataset_rows, reader_rows
from kwise.row_sources.base import Rows
from kwise.row_sources.dask_collections import DaskRows, is_dask
from kwise.row_sources.pandas_frames import pandas_rows
from kwise.row_sources.paths import expanded
from kwise.row_sources.spark_frames import SparkRows
from kwise.row_sources.tables import FrameRows, scan_files

__all__ = ["SOURCES", "RowSource", "Rows", "as_rows", "is_elsewhere", "rows"]


class RowSource(NamedTuple):
    """A kind of rows: how it is known, and what takes it (with the columns that are chosen).

    ``elsewhere`` says that estimators take it as it is, since its rows are in nobody's memory.
    """

    knows: Callable[[Any], bool]
    take: Callable[[Any, Any], Rows]
    elsewhere: bool


def _is(module: str, *names: str) -> Callable[[Any], bool]:
    """Tell things of a class by name: their library is not imported for it."""

    def knows(thing: Any) -> bool:
        kinds = type(thing).__mro__
        return any(
            kind.__module__.partition(".")[0] == module and kind.__name__ in names for kind in kinds
        )

    return knows


def _files(source: Any, columns: Any) -> Rows:
    """Take paths, globs and folders, in the order of names."""
    given = list(source) if isinstance(source, list | tuple) else [source]
    paths = [path for each in given for path in expanded(str(each))]
    name = str(given[0]) if len(given) == 1 else f"{given[0]} and {len(given) - 1} more"
    if all(path.suffix.lower() == ".npy" for path in paths):
        return ArrayRows([open_npy(path) for path in paths], columns, name)
    return scan_files(paths, columns, name)


def _is_path(thing: Any) -> bool:
    """Tell paths, and lists of paths."""
    if isinstance(thing, list | tuple):
        return bool(thing) and all(isinstance(each, str | PathLike) for each in thing)
    return isinstance(thing, str | PathLike)


# The kinds of rows, in the order in which they are tried.
SOURCES: dict[str, RowSource] = {
    "files": RowSource(_is_path, _files, False),
    "array": RowSource(
        lambda thing: isinstance(thing, np.ndarray),
        lambda array, columns: ArrayRows([array], columns, "array"),
        False,
    ),
    "dask": RowSource(is_dask, DaskRows, True),
    "lazy frame": RowSource(
        _is("polars", "LazyFrame"),
        lambda frame, columns: FrameRows(frame, columns, "lazy frame"),
        True,
    ),
    "frame": RowSource(
        _is("polars", "DataFrame"),
        lambda frame, columns: FrameRows(frame.lazy(), columns, "frame"),
        False,
    ),
    "pandas frame": RowSource(_is("pandas", "DataFrame"), pandas_rows, False),
    "arrow dataset": RowSource(_is("pyarrow", "Dataset"), dataset_rows, True),
    "arrow table": RowSource(_is("pyarrow", "Table"), dataset_rows, False),
    "spark frame": RowSource(_is("pyspark", "DataFrame"), SparkRows, True),
    "record batches": RowSource(callable, reader_rows, False),
}


def rows(
    source: Any,
    columns: Sequence[Any] | None = None,
    *,
    max_memory: int | str | None = None,
    engine: str | None = None,
) -> Rows:
    """Describe rows that lie elsewhere, for estimators to read in parts.

    Parameters
    ----------
    source : path, list of paths, array, or a collection of another library
        A file, a folder or a pattern (``"parts/*.parquet"``) of ``.npy``, Parquet, Arrow or CSV
        files; a NumPy array, mapped or not; a frame of pandas or polars, lazy or not; a pyarrow
        ``Dataset`` or ``Table``; a function that opens record batches, each time from the first on;
        a Dask array or frame; a frame of Spark.
    columns : sequence of str or int, default=None
        Columns to read, by name, or by number in arrays; ``None`` is all.
    max_memory : int or str, default=None
        Bytes that a fit on this machine may take, or text such as "2 GB"; ``None`` is half of
        what is free, the limits of a container included.
    engine : str, default=None
        Where work is done: "local" (in parts on this machine), or "dask", "ray" or "spark", with
        the cluster's address if need be ("dask://HOST:PORT"); ``None`` is "dask" for Dask's
        collections, "spark" for Spark's frames, "local" else.

    Returns
    -------
    rows : Rows
        What ``KMeans.fit``, ``predict``, ``transform`` and ``score`` take in place of an array.

    Raises
    ------
    DataFileError
        If a file is not there, or a column holds no numbers.

    Examples
    --------
    >>> import numpy as np, kwise
    >>> X = np.arange(20.0).reshape(10, 2)
    >>> kwise.rows(X)
    <kwise rows: array, 10 x 2, float64>
    >>> kwise.KMeans(2, random_state=0).fit(kwise.rows(X)).inertia_
    180.0
    """
    if isinstance(source, Rows):
        raise TypeError("These are rows already; pass what they were made of.")
    budget_of(max_memory)
    kind = next((each for each in SOURCES.values() if each.knows(source)), None)
    if kind is None:
        once = (
            " It can be read once only: pass a function that makes it."
            if isinstance(source, Iterator) or hasattr(source, "read_next_batch")
            else ""
        )
        raise TypeError(
            f"{type(source).__name__} is no rows that kwise can read.{once} Pass a path or a "
            "pattern, an array, a frame of pandas or polars, a pyarrow dataset, a Dask array or "
            "frame, or a function that opens record batches."
        )
    found = kind.take(source, columns)
    found.max_memory = max_memory
    if engine is not None:
        check_engine(engine)
        found.engine = engine
    return found


def is_elsewhere(X: object) -> bool:
    """Tell whether X is ``Rows``, or what estimators take as such."""
    if isinstance(X, Rows):
        return True
    return any(kind.elsewhere and kind.knows(X) for kind in SOURCES.values())


def as_rows(X: Any) -> Rows:
    """Return ``Rows`` as they are, and describe other things that ``is_elsewhere`` tells."""
    return X if isinstance(X, Rows) else rows(X)

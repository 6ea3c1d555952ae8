"""Arrow: datasets, tables, and record batches that can be read again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from typing import Any

import numpy as np

from kwise._registry import unknown_name
from kwise.exceptions import DataFileError
from kwise.results import Floats
from kwise.row_sources.base import Rows, as_floats, float_type

__all__ = ["BatchRows", "dataset_rows", "reader_rows"]


class BatchRows(Rows):
    """Rows of record batches, which ``reopen`` gives from the first on each time it is called."""

    def __init__(
        self,
        reopen: Callable[[Sequence[str] | None], Iterator[Any]],
        schema: Any,
        n_rows: int | None,
        columns: Sequence[str] | None,
        name: str,
    ) -> None:
        names = list(schema.names)
        for column in columns or ():
            if column not in names:
                raise ValueError(f"{name}: {unknown_name(str(column), names, what='column')}")
        self.columns = tuple(names if columns is None else columns)
        kinds = [str(schema.field(column).type) for column in self.columns]
        for column, kind in zip(self.columns, kinds):
            if not kind.startswith(("int", "uint", "float", "double", "half", "bool", "decimal")):
                raise DataFileError(
                    f"{name}: column {column!r} holds {kind}, no numbers. Name the columns to "
                    "cluster by: columns=[...]"
                )
        self._reopen, self.name = reopen, name
        self.dtype = float_type([np.dtype("f4" if kind == "float" else "f8") for kind in kinds])
        if n_rows is None:
            n_rows = sum(batch.num_rows for batch in reopen(self.columns))
        self.shape = (n_rows, len(self.columns))

    def batches(self) -> Iterator[Floats]:
        """Yield the rows in order."""
        first = 0
        for batch in self._reopen(self.columns):
            if batch.num_rows:
                yield self._numbers(batch, first)
            first += batch.num_rows
        if first != self.shape[0]:
            raise DataFileError(
                f"{self.name}: {first:,} rows came where {self.shape[0]:,} had come before. Rows "
                "are read several times: pass a function that begins anew each time it is called."
            )

    def _numbers(self, batch: Any, first: int) -> Floats:
        """Return the cells as numbers; refuse a missing one."""
        cells = np.empty((batch.num_rows, len(self.columns or ())), self.dtype)
        for j, column in enumerate(self.columns or ()):
            values = batch.column(column)
            if values.null_count:
                missing = values.is_null().to_numpy(zero_copy_only=False)
                raise DataFileError(
                    f"{self.name}: column {column!r} has no value in row "
                    f"{first + int(missing.argmax()) + 1}. Leave such rows or the column out."
                )
            cells[:, j] = values.to_numpy(zero_copy_only=False)
        return as_floats(cells, self.dtype)


def dataset_rows(dataset: Any, columns: Sequence[str] | None) -> BatchRows:
    """Take a dataset or a table of pyarrow, read in its own order."""
    if hasattr(dataset, "scanner"):

        def reopen(names: Sequence[str] | None) -> Iterator[Any]:
            options: Any = {"columns": list(names)} if names is not None else {}
            yield from dataset.to_batches(**options)

        return BatchRows(reopen, dataset.schema, dataset.count_rows(), columns, "pyarrow dataset")
    chosen = dataset if columns is None else dataset.select(list(columns))
    return BatchRows(
        lambda _names: iter(chosen.to_batches()),
        chosen.schema,
        chosen.num_rows,
        None,
        "pyarrow table",
    )


def reader_rows(make: Callable[[], Any], columns: Sequence[str] | None) -> BatchRows:
    """Take a function that opens record batches: a reader, or any iterable of batches."""
    opened = make()
    schema = getattr(opened, "schema", None)
    if not _is_schema(schema):
        first = next(iter(opened), None) if isinstance(opened, Iterable) else None
        schema = getattr(first, "schema", None)
        if not _is_schema(schema):
            found = (
                "nothing"
                if isinstance(opened, Sized) and not len(opened)
                else type(opened).__name__
            )
            raise DataFileError(
                f"record batches: the function gives {found}; it opens a reader of pyarrow's "
                "record batches, or an iterable of some, each time it is called"
            )
    elif hasattr(opened, "close"):
        opened.close()
    return BatchRows(lambda _names: iter(make()), schema, None, columns, "record batches")


def _is_schema(thing: Any) -> bool:
    """Tell schemas of pyarrow, whose names are a list."""
    return isinstance(getattr(thing, "names", None), list)

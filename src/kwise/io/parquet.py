"""Reader of Parquet files."""

from __future__ import annotations

import io

import polars as pl

from kwise.exceptions import DataFileError
from kwise.io.options import ReadOptions
from kwise.io.signatures import ends_whole
from kwise.io.sources import Source
from kwise.io.table import RawTable


def read(source: Source, options: ReadOptions) -> RawTable:
    """Read a Parquet file."""
    if not ends_whole(source.data, b"PAR1"):
        raise DataFileError(
            f"{source.name}: the Parquet data is cut off; write or fetch the file again"
        )
    try:
        frame = pl.read_parquet(io.BytesIO(source.data), n_rows=options.n_rows)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise DataFileError(
            f"{source.name}: the Parquet data is damaged or cut off ({_first_line(error)}); "
            "write or fetch the file again"
        ) from error
    return RawTable(frame)


def _first_line(error: Exception) -> str:
    """Return the first line of an error's text."""
    return str(error).partition("\n")[0][:200]

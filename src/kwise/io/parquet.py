"""Reader of Parquet files."""

from __future__ import annotations

import io

import polars as pl

from kwise.exceptions import DataFileError
from kwise.io.options import ReadOptions
from kwise.io.signatures import ends_whole
from kwise.io.sources import Source
from kwise.io.table import RawTable
from kwise.io.trial import refuse_damaged


def read(source: Source, options: ReadOptions) -> RawTable:
    """Read a Parquet file."""
    if not ends_whole(source.data, b"PAR1"):
        raise DataFileError(
            f"{source.name}: the Parquet data is cut off; write or fetch the file again"
        )
    refuse_damaged(source.data, "read_parquet", options.n_rows, name=source.name, what="Parquet")
    return RawTable(pl.read_parquet(io.BytesIO(source.data), n_rows=options.n_rows))

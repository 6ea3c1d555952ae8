"""Reader of Arrow files (Feather version 2) and Arrow streams."""

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
    """Read an Arrow file, or an Arrow stream where the content is one."""
    is_file = source.data[:6] == b"ARROW1"
    if source.data[:4] == b"FEA1":
        raise DataFileError(
            f"{source.name}: this is Feather version 1, which is no longer read; "
            "write it again as Arrow, Parquet or CSV"
        )
    if is_file and not ends_whole(source.data, b"ARROW1"):
        raise DataFileError(
            f"{source.name}: the Arrow data is cut off; write or fetch the file again"
        )
    reader = "read_ipc" if is_file else "read_ipc_stream"
    refuse_damaged(source.data, reader, options.n_rows, name=source.name, what="Arrow")
    read_ipc = pl.read_ipc if is_file else pl.read_ipc_stream
    return RawTable(read_ipc(io.BytesIO(source.data), n_rows=options.n_rows))

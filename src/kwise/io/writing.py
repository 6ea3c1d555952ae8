"""Tables out: one format a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import IO, TYPE_CHECKING

from kwise._atomic import written_whole
from kwise._registry import unknown_name

if TYPE_CHECKING:
    import polars as pl

__all__ = ["WRITERS", "write_table"]

# Suffix -> what writes a frame to a binary stream.
WRITERS: Mapping[str, Callable[[pl.DataFrame, IO[bytes]], object]] = MappingProxyType(
    {
        ".csv": lambda frame, file: frame.write_csv(file),
        ".tsv": lambda frame, file: frame.write_csv(file, separator="\t"),
        ".txt": lambda frame, file: frame.write_csv(file, separator="\t"),
        ".parquet": lambda frame, file: frame.write_parquet(file),
        ".pq": lambda frame, file: frame.write_parquet(file),
        ".arrow": lambda frame, file: frame.write_ipc(file),
        ".feather": lambda frame, file: frame.write_ipc(file),
        ".ipc": lambda frame, file: frame.write_ipc(file),
        ".jsonl": lambda frame, file: frame.write_ndjson(file),
        ".ndjson": lambda frame, file: frame.write_ndjson(file),
        ".json": lambda frame, file: file.write(frame.write_json().encode()),
    }
)


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Write a table in the format that its name ends with, whole or not at all.

    Raises
    ------
    ValueError
        If nothing is written so; the formats are named.
    """
    suffix = path.suffix.lower()
    if suffix not in WRITERS:
        raise ValueError(unknown_name(suffix, list(WRITERS), what="ending of a table to write"))
    from polars.exceptions import PolarsError

    try:
        with written_whole(path) as file:
            WRITERS[suffix](frame, file)
    except PolarsError as error:
        raise ValueError(f"{path}: {str(error).partition(chr(10))[0]}; write Parquet") from error

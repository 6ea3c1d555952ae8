"""Tables in parts: files larger than memory, folders and patterns, for commands that take them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import polars as pl

    from kwise.io.table import Table

# What a table's cells take in memory beside its files, at most: text and compressed columns grow.
_GROWTH = 8

__all__ = [
    "CheckpointOption",
    "EngineOption",
    "MemoryOption",
    "is_in_parts",
    "sample_table",
    "tables_of",
    "write_parquet",
]


def _known_engine(engine: str | None) -> str | None:
    """Refuse the name of no engine before anything is read."""
    if engine is not None:
        from kwise.engines import check_engine

        check_engine(engine)
    return engine


EngineOption = Annotated[
    str | None,
    typer.Option(
        "--engine",
        metavar="WHERE",
        help="In parts: local, dask, ray or spark; dask://HOST:PORT.",
        callback=_known_engine,
    ),
]
MemoryOption = Annotated[
    str | None,
    typer.Option("--max-memory", metavar="SIZE", help="In parts, in so much memory: 2GB."),
]
CheckpointOption = Annotated[
    Path | None,
    typer.Option("--checkpoint", metavar="FILE", help="In parts; go on from here after a stop."),
]


def is_in_parts(table: str, *asked: object) -> bool:
    """Tell whether a table is read in parts: where options ask for it, or memory does."""
    if table == "-":
        return False
    if any(asked):
        return True
    from kwise._memory import free_memory

    free = free_memory()
    path = Path(table)
    files = [path] if path.is_file() else []
    if not files and (path.is_dir() or any(sign in table for sign in "*?[")):
        from kwise.row_sources.paths import expanded

        files = [] if "://" in table else expanded(table)
    known = {".parquet", ".pq", ".arrow", ".feather", ".ipc", ".csv", ".tsv", ".npy"}
    size = sum(file.stat().st_size for file in files if file.suffix.lower() in known)
    return free is not None and size * _GROWTH > free


def sample_table(files: str, seed: int) -> Table:
    """Return a sample of the rows of files as a table, whose notes say that it is one."""
    from kwise._formatting import legible
    from kwise.analysis.at_scale import SAMPLE_ROWS
    from kwise.analysis.frames import Frames
    from kwise.io.table import Table

    frames = Frames(files)
    frame = frames.sample(SAMPLE_ROWS, seed)
    note = (
        f"{frame.height:,} of {frames.n_rows:,} rows are shown, a sample by hashes of the rows' "
        f"numbers: shares of rows are known to {0.98 / frame.height**0.5:.1%} at worst"
    )
    known = tuple(str(path.resolve()) for path in frames.files)
    name = legible(Path(files).stem.strip("*")) or "rows"
    some = frames.n_rows if frame.height < frames.n_rows else None
    return Table(frame, name, files, (note,), files=known, sampled_from=some)


def tables_of(files: str) -> Iterator[Table]:
    """Yield the rows of files as tables, in order."""
    from kwise._formatting import legible
    from kwise.analysis.frames import Frames
    from kwise.io.table import Table

    frames = Frames(files)
    frames.check_rows()
    name = legible(Path(files).stem.strip("*")) or "rows"
    for frame in frames:
        yield Table(frame, name, files)


def write_parquet(parts: Iterator[tuple[pl.DataFrame, int]], output: Path) -> tuple[int, int]:
    """Write parts to a Parquet file as they come; return the rows, and those without a cluster."""
    from polars.io.plugins import register_io_source

    from kwise._atomic import written_whole

    counts, first = [0, 0], next(parts)

    def source(*_: object) -> Iterator[pl.DataFrame]:
        for frame, lost in chain([first], parts):
            counts[0] += frame.height
            counts[1] += lost
            yield frame

    with written_whole(output) as file:
        rows = register_io_source(source, schema=first[0].schema)
        rows.sink_parquet(file, maintain_order=True, engine="streaming")
    return counts[0], counts[1]

"""Tables in parts: files larger than memory, folders and patterns, for commands that take them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kwise.io.model import Model
    from kwise.io.table import Table

# What a table's cells take in memory beside its files, at most: text and compressed columns grow.
_GROWTH = 8

__all__ = [
    "CheckpointOption",
    "EngineOption",
    "MemoryOption",
    "is_in_parts",
    "sample_table",
    "write_labels",
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
    name = Path(files).stem.strip("*") or "rows"
    some = frames.n_rows if frame.height < frames.n_rows else None
    return Table(frame, name, files, (note,), files=known, sampled_from=some)


def write_labels(model: Model, table: str, output: Path | None) -> tuple[int, int]:
    """Write the cluster of every row, block by block; return the rows, and those without one."""
    from kwise._atomic import written_whole
    from kwise.analysis.frames import Frames

    frames = Frames(table)
    counts = [0, 0]
    if output is not None and output.suffix.lower() in (".parquet", ".pq"):
        _write_parquet(model, frames, output, counts)
    elif output is not None and str(output) != "-":
        with written_whole(output) as file:
            _write_csv(model, frames, file, counts)
    else:
        _print_csv(model, frames, counts)
    return counts[0], counts[1]


def _told(model: Model, frames: object, counts: list[int]) -> Iterator[object]:
    """Yield a frame of rows and clusters, from 1, for every block."""
    import polars as pl

    for frame in frames:  # type: ignore[attr-defined]
        labels = model.predict(frame)
        first = counts[0] + 1
        counts[0] += len(labels)
        counts[1] += int((labels < 0).sum())
        clusters = pl.Series("cluster", labels + 1)
        yield pl.DataFrame({"row": pl.int_range(first, counts[0] + 1, eager=True)}).with_columns(
            clusters.set(clusters == 0, None)
        )


def _write_csv(model: Model, frames: object, file: IO[bytes], counts: list[int]) -> None:
    """Write blocks of CSV, with one header."""
    for i, told in enumerate(_told(model, frames, counts)):
        file.write(told.write_csv(include_header=i == 0).encode())  # type: ignore[attr-defined]


def _print_csv(model: Model, frames: object, counts: list[int]) -> None:
    """Print blocks of CSV."""
    from kwise.cli._output import put

    for i, told in enumerate(_told(model, frames, counts)):
        put(told.write_csv(include_header=i == 0))  # type: ignore[attr-defined]


def _write_parquet(model: Model, frames: object, output: Path, counts: list[int]) -> None:
    """Write a Parquet file of rows and clusters: 12 bytes a row are held."""
    import polars as pl

    from kwise._atomic import written_whole

    told = pl.concat(list(_told(model, frames, counts)))  # type: ignore[type-var]
    with written_whole(output) as file:
        told.write_parquet(file)  # type: ignore[attr-defined]

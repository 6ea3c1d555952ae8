"""Many files, one table: a folder, or a pattern such as ``parts/*.parquet``."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from kwise._cells.numbers import NumberFormat
from kwise.exceptions import DataFileError
from kwise.io.archives import TABLE_SUFFIXES
from kwise.io.sources import ADDRESS
from kwise.io.table import RawTable

_NUMBERED = re.compile(r"column [0-9]+")


def files_of(source: str | Path) -> list[Path] | None:
    """Return the files that a folder or a pattern stands for; None for one plain path."""
    path = Path(source).expanduser()
    if path.is_dir():
        files = [each for each in sorted(path.iterdir()) if _may_be_part(each)]
        suffixes = {each.suffix.lower() for each in files}
        if len(suffixes) > 1:
            raise DataFileError(
                f"{path}: this is a folder of several kinds of files; name one file in it, such "
                f"as {', '.join(each.name for each in files[:3])}, or a pattern such as "
                f"{path / ('*' + files[0].suffix)}"
            )
        if not files:
            raise DataFileError(f"{path}: this is a folder that holds no table")
        return files
    if not glob.has_magic(str(path)) or path.exists() or ADDRESS.match(str(path)):
        return None
    root = Path(path.anchor)
    files = sorted(root.glob(str(path.relative_to(root))))
    files = [each for each in files if each.is_file() and not each.name.startswith((".", "_"))]
    if not files:
        raise DataFileError(f"{path}: no file has such a name")
    return files


def _may_be_part(path: Path) -> bool:
    """Tell parts of a table from what programs leave beside them."""
    documentation = path.stem.lower() in {"readme", "license", "licence", "changelog"}
    table = path.suffix.lower() in TABLE_SUFFIXES
    return table and path.is_file() and not path.name.startswith((".", "_")) and not documentation


def stacked(parts: Sequence[RawTable], files: Sequence[Path], name: str) -> RawTable:
    """Put the rows of tables of the same columns one below the other.

    Text stays text where one part has it, so that all cells of a column are read alike.
    """
    first = parts[0].frame
    frames = [_as_first(part.frame, first, files, i, name) for i, part in enumerate(parts)]
    for column in first.columns:
        if len({frame.schema[column] for frame in frames}) > 1 and any(
            frame.schema[column] == pl.String for frame in frames
        ):
            frames = [frame.with_columns(pl.col(column).cast(pl.String)) for frame in frames]
    try:
        frame = pl.concat(frames, how="vertical_relaxed")
    except pl.exceptions.PolarsError as error:
        reason = str(error).partition("\n")[0][:200]
        raise DataFileError(
            f"{name}: the files hold columns of different types ({reason})"
        ) from error
    said = f"{len(files)} files were read as one table: {files[0].name} to {files[-1].name}"
    notes = (said if len(files) > 1 else f"{files[0].name} was read", *parts[0].notes)
    return RawTable(frame, notes, parts[0].comma, parts[0].as_text, parts[0].loose, _formats(parts))


def _formats(parts: Sequence[RawTable]) -> dict[str, NumberFormat]:
    """Return how the columns were written in the parts: a decimal mark counts, if one has it."""
    return {name: told for part in reversed(parts) for name, told in part.formats.items()}


def _as_first(
    frame: pl.DataFrame, first: pl.DataFrame, files: Sequence[Path], i: int, name: str
) -> pl.DataFrame:
    """Return a part with the columns of the first, in its order; refuse one that has others."""
    headless = all(_NUMBERED.fullmatch(each) for each in frame.columns)
    if headless and frame.width == first.width:  # only the first piece of a file has its header
        return frame.rename(dict(zip(frame.columns, first.columns)))
    if set(frame.columns) != set(first.columns):
        odd = sorted(set(frame.columns) ^ set(first.columns))[0]
        has, lacks = (files[i], files[0]) if odd in frame.columns else (files[0], files[i])
        kind = "this is a folder whose files" if Path(name).is_dir() else "the files"
        raise DataFileError(
            f"{name}: {kind} are no one table: {has.name} has a column {odd!r}, {lacks.name} has "
            "none; name one file in it, or a pattern for those that are alike"
        )
    return frame.select(first.columns)

"""Labels beside the rows that they are of: the table as it was read, with columns more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kwise._atomic import written_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl
    from numpy.typing import NDArray

__all__ = ["flat", "joined", "write_joined"]


def joined(
    frame: pl.DataFrame, rows: NDArray[np.int64], labels: Mapping[str, NDArray[np.integer]]
) -> pl.DataFrame:
    """Return the table with a column for each of ``labels``, counted from 1 as on the page.

    ``labels`` are of the ``rows`` of ``frame``, below 0 where a row is in no cluster; what has no
    cluster, or was left out, has an empty cell. A name that the table has already gets a number.
    """
    import polars as pl

    made = []
    taken = set(frame.columns)
    for name, values in labels.items():
        column = np.full(frame.height, -1, dtype=np.int64)
        column[rows] = values
        free = (
            name
            if name not in taken
            else next(f"{name}_{i}" for i in range(2, len(taken) + 3) if f"{name}_{i}" not in taken)
        )
        taken.add(free)
        counted = pl.Series(free, column + 1)
        made.append(counted.set(counted < 1, None))
    return frame.with_columns(made)


def write_joined(frame: pl.DataFrame, path: Path) -> Path:
    """Write rows whole or not at all: as Parquet or Arrow where the name ends so, else as CSV."""
    written = frame if path.suffix in (".parquet", ".arrow", ".feather") else flat(frame)
    with written_whole(path) as file:
        if path.suffix == ".parquet":
            written.write_parquet(file)
        elif path.suffix in (".arrow", ".feather"):
            written.write_ipc(file)
        else:
            written.write_csv(file)
    return path


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn cells that hold lists or records, for which CSV has no place, into text."""
    import polars as pl

    nested = [name for name, kind in frame.schema.items() if kind.is_nested()]
    return frame.with_columns(
        pl.Series(name, [None if cell is None else str(cell) for cell in frame[name].to_list()])
        for name in nested
    )

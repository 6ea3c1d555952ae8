"""Labels written beside the rows of the whole table, also where a sample of it was clustered."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from kwise.analysis import Analysis
    from kwise.analysis.frames import Frames
    from kwise.io import Model

__all__ = ["LabeledRows", "label_files", "write_all_labels"]


@dataclass(frozen=True, slots=True)
class LabeledRows:
    """What was written: rows, how many have no cluster, and of how many rows the centers are."""

    file: str
    rows: int
    without_cluster: int
    centers_of: int

    def __str__(self) -> str:
        none = self.without_cluster
        told = f"labels: {self.file} (all {self.rows:,} rows"
        told += f", {none:,} of them without a cluster)" if none else ")"
        if self.centers_of + none < self.rows:
            told += (
                f"; each row is in the cluster of its nearest center, centers and limits of sizes "
                f"are those of the sample of {self.centers_of:,} rows"
            )
        return told


def write_all_labels(analysis: Analysis, path: Path, parts: str | None) -> LabeledRows:
    """Write every row with its cluster; ``parts`` names the files that ``analysis`` sampled."""
    from kwise.cli._output import write_labels

    clustered = len(analysis.rows)
    if parts is not None:
        return label_files(analysis.to_model(), parts, path, clustered)
    rows = analysis.labeled()
    write_labels(rows, path, analysis.table.files)
    return LabeledRows(str(path), rows.height, rows.height - clustered, clustered)


def label_files(model: Model, parts: str, path: Path, centers_of: int | None = None) -> LabeledRows:
    """Write every row of files with its cluster; ``centers_of`` rows, or all, made the centers."""
    from kwise.analysis.frames import Frames
    from kwise.io.overwriting import refuse_overwriting

    frames = Frames(parts)
    refuse_overwriting([("table", str(file)) for file in frames.files], path)
    counts = [0, 0]
    blocks = _blocks(model, frames, counts)
    if path.suffix in (".parquet", ".arrow", ".feather"):
        _write_columns(blocks, frames, path)
    else:
        _write_csv(blocks, path)
    return LabeledRows(str(path), counts[0], counts[1], centers_of or counts[0])


def _blocks(model: Model, frames: Frames, counts: list[int]) -> Iterator[pl.DataFrame]:
    """Yield blocks of rows with their clusters, and count rows and those without a cluster."""
    import numpy as np

    from kwise.analysis.joined import joined

    for frame in frames:
        labels = model.predict(frame)
        counts[0] += len(labels)
        counts[1] += int((labels < 0).sum())
        yield joined(frame, np.arange(len(labels)), {"cluster": labels})


def _write_csv(blocks: Iterator[pl.DataFrame], path: Path) -> None:
    """Write blocks as CSV with one header; - is stdout."""
    from kwise._atomic import written_whole
    from kwise.analysis.joined import flat
    from kwise.cli._output import put

    if str(path) == "-":
        for i, block in enumerate(blocks):
            put(flat(block).write_csv(include_header=i == 0))
        return
    with written_whole(path) as file:
        for i, block in enumerate(blocks):
            file.write(flat(block).write_csv(include_header=i == 0).encode())


def _write_columns(blocks: Iterator[pl.DataFrame], frames: Frames, path: Path) -> None:
    """Write Parquet or Arrow: the clusters are held, the rows beside them are read once more."""
    import polars as pl

    from kwise._atomic import written_whole

    clusters = pl.concat([block[:, -1:] for block in blocks])
    with warnings.catch_warnings():  # of what polars 1.43 does with unequal heights: none are
        warnings.simplefilter("ignore", DeprecationWarning)
        rows = pl.concat([frames.lazy(), clusters.lazy()], how="horizontal")
    with written_whole(path) as file:
        if path.suffix == ".parquet":
            rows.sink_parquet(file)
        else:
            rows.sink_ipc(file)

"""From very many rows to a model: what is decided on a sample, what is found on all rows.

How columns are prepared, and how many groups there are, is decided on a sample, whose size is told;
then k-means goes on over all rows, from the sample's centers. Centers and inertia are exact. Rows
are those of files, which memory need not hold, or of a long table that it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from kwise._progress import AnyProgress, silent, with_bar
from kwise.analysis.analyze import analyze
from kwise.analysis.frames import Frames, HeldFrames
from kwise.analysis.result import Analysis
from kwise.estimators import KMeans
from kwise.estimators._elsewhere import fit_rows, keep_found
from kwise.exceptions import DataFileError
from kwise.io.model import Model, with_rows_of_fit
from kwise.io.modeling import as_model
from kwise.preparation import Preparation
from kwise.preparation.missing import CellError, any_nan, rows_from
from kwise.results import Floats
from kwise.row_sources import Rows
from kwise.row_sources.versions import Version, size_and_time, unchanged, version_of
from kwise.table_options import PreparationOptions, TableOptions

if TYPE_CHECKING:
    from kwise.io.table import Table

__all__ = ["LONG", "SAMPLE_ROWS", "PreparedRows", "ScaleFit", "fit_files", "fit_table"]

# Rows of the sample; a share p of rows is known from so many to sqrt(p (1 - p) / 50,000): 0.22 %.
SAMPLE_ROWS = 50_000
# Rows above which a table is long: where a model of it is all that is wanted, a sample decides.
LONG = 1_000_000


class PreparedRows(Rows):
    """The complete rows of files, as a fitted preparation makes numbers of them."""

    dtype, carried = np.dtype(np.float64), False

    def __init__(self, frames: Frames, preparation: Preparation) -> None:
        self._frames, self._preparation = frames, preparation
        self.name = frames.name
        self.n_read = frames.n_rows
        d = len(preparation.get_feature_names_out())
        self._sizes: list[int] = []
        before = 0
        for file in (Frames(str(path)) for path in frames.files):
            self._sizes.append(sum(len(block) for block in _prepared(file, preparation, before)))
            before += file.n_rows
        self.shape = (sum(self._sizes), d)

    def batches(self) -> Iterator[Floats]:
        """Yield the rows in order; those that the preparation leaves out are missing."""
        return _prepared(self._frames, self._preparation)

    def pieces(self, edges: Sequence[int]) -> Iterator[Callable[[], Floats]]:
        """Yield what reads and prepares the rows between edges, wherever the files are seen."""
        starts = np.concatenate([[0], np.cumsum(self._sizes)]).tolist()
        files, versions = self._frames.files, [version_of(path) for path in self._frames.files]
        for first, end in pairwise(edges):
            wanted = [
                (str(path), known, max(first - start, 0), min(end, after) - start)
                for path, known, (start, after) in zip(files, versions, pairwise(starts))
                if start < end and first < after
            ]
            yield partial(_prepared_windows, wanted, self._preparation, end - first)

    def _versions(self) -> list[object]:
        """Return times, sizes and digests of the files."""
        files = self._frames.files
        return [*map(size_and_time, files), *map(version_of, files)]


def _prepared(frames: Frames, preparation: Preparation, before: int = 0) -> Iterator[Floats]:
    """Yield the complete rows as numbers; errors count the rows that came ``before``, too."""

    def prepared(first: int, frame: Any) -> Floats:
        with rows_from(before + first):
            block = preparation.transform(frame)
        gaps = any_nan(block)
        return np.ascontiguousarray(block[~gaps]) if gaps.any() else block

    return frames.each(prepared)


def _prepared_windows(
    wanted: Sequence[tuple[str, Version, int, int]], preparation: Preparation, n_rows: int
) -> Floats:
    """Return complete rows of files: of each, those between two numbers."""
    parts = []
    for path, version, low, high in wanted:
        unchanged(Path(path), version)
        at = 0
        for block in _prepared(Frames(path), preparation):
            parts.append(block[max(low - at, 0) : max(high - at, 0)])
            at += len(block)
    rows: Floats = np.concatenate(parts)
    if len(rows) != n_rows:
        raise DataFileError(f"{wanted[0][0]}: the file has changed since; begin anew")
    return rows


@dataclass(frozen=True)
class ScaleFit:
    """What was found: the sample's analysis, the model of all rows, and sentences about both."""

    sample: Analysis
    model: Model
    kmeans: KMeans
    n_rows: int
    steps: tuple[str, ...]


@with_bar
def fit_files(
    files: str,
    *,
    k: int | None = None,
    ks: Any = "auto",
    random_state: int = 0,
    engine: str | None = None,
    max_memory: int | str | None = None,
    checkpoint: str | PathLike[str] | None = None,
    progress: AnyProgress = silent,
    say: Callable[[str], object] | None = None,
    **options: Unpack[TableOptions],
) -> ScaleFit:
    """Cluster all rows of files, in parts.

    Parameters
    ----------
    files : str
        A file, a folder or a pattern; see ``kwise.rows``.
    k, ks, random_state, options
        As in ``analyze``, which the sample goes through.
    engine, max_memory : str or int, optional
        As in ``kwise.rows``.
    checkpoint : path, optional
        As in ``KMeans.fit``.
    progress : bool, "bar" or callable, default=False
        Called as ``progress(task, done, total)``.
    say : callable, optional
        Told what the fit of all rows takes, and what is free, before it begins.

    Returns
    -------
    ScaleFit
        Model and account.
    """
    assert callable(progress)  # as with_bar has it
    frames = Frames(files)
    sample = frames.sample(SAMPLE_ROWS, random_state)
    settings = {"k": k, "ks": ks, "random_state": random_state, "progress": progress}
    with _rows_of_all(frames, random_state):
        analysis = analyze(sample, **settings, **options)
    preparation, start, learned = _of_all_rows(analysis, frames)
    rows = PreparedRows(frames, preparation)
    rows.max_memory, rows.engine = max_memory, engine or "local"
    kmeans = KMeans(len(start), init=start, n_init=1, random_state=random_state)
    if say is not None:
        say(str(rows.estimate(len(start))))
    found = fit_rows(kmeans, rows, 1, None, checkpoint=checkpoint, progress=progress)
    keep_found(kmeans, rows, found)
    read = f"{frames.n_rows:,} rows of {len(frames.files):,} files were read in parts."
    steps = (read, *_said(analysis, kmeans, len(rows), learned))
    return ScaleFit(analysis, _model(analysis, preparation, kmeans), kmeans, len(rows), steps)


@with_bar
def fit_table(
    table: Table,
    *,
    k: int | None = None,
    ks: Any = "auto",
    random_state: int = 0,
    progress: AnyProgress = silent,
    **options: Unpack[PreparationOptions],
) -> ScaleFit:
    """Cluster all rows of a long table.

    Parameters
    ----------
    table : Table
        As ``read_table`` returns it.
    k, ks, random_state, options
        As in ``analyze``, which the sample goes through.
    progress : bool, "bar" or callable, default=False
        Called as ``progress(task, done, total)``.

    Returns
    -------
    ScaleFit
        Model and account.
    """
    assert callable(progress)  # as with_bar has it
    frames = HeldFrames(table)
    sample = replace(table, frame=frames.sample(SAMPLE_ROWS, random_state))
    with ThreadPoolExecutor(1) as beside:  # what is decided leaves cores idle
        coming = beside.submit(_prepared_whole, Preparation(**options), sample, frames)
        settings = {"k": k, "ks": ks, "random_state": random_state, "progress": progress}
        with _rows_of_all(frames, random_state):
            analysis = analyze(sample, outside=[], **settings, **options)
        analysis.judging.selection()
        preparation, X = coming.result()
    start, learned = _moved(analysis, preparation)
    progress("k-means of all rows", 0, 1)
    kmeans = KMeans(len(start), init=start, n_init=1, random_state=random_state).fit(X)
    steps = _said(analysis, kmeans, len(X), learned)
    return ScaleFit(analysis, _model(analysis, preparation, kmeans), kmeans, len(X), steps)


@contextmanager
def _rows_of_all(frames: Frames, random_state: int) -> Iterator[None]:
    """Tell a cell of the sample that cannot be used by its row among all, file after file."""
    try:
        yield
    except CellError as error:
        row = frames.sampled_row(SAMPLE_ROWS, random_state, error.row)
        raise error.in_row(row) from None


def _prepared_whole(
    preparation: Preparation, sample: Table, frames: HeldFrames
) -> tuple[Preparation, Floats]:
    """Return the preparation with the numbers of all rows, and their complete ones as numbers."""
    preparation.fit_parts(sample, frames)
    X = np.empty((frames.n_rows, len(preparation.get_feature_names_out())))
    n = 0
    for block in _prepared(frames, preparation):
        X[n : n + len(block)] = block
        n += len(block)
    return preparation, X[:n]


def _said(
    analysis: Analysis, kmeans: KMeans, n_rows: int, learned: tuple[str, ...]
) -> tuple[str, ...]:
    """Say what is the sample's, and what is of all rows."""
    sampled = analysis.table.frame.height
    return (
        f"Columns and the number of groups were decided on a sample of {sampled:,} rows: a share "
        f"of rows is known to {0.98 / np.sqrt(sampled):.1%} there.",
        *learned,
        f"Centers and inertia ({kmeans.inertia_:.6g}) are those of all {n_rows:,} complete "
        f"rows, after {kmeans.n_iter_} iterations from the sample's centers.",
    )


def _of_all_rows(analysis: Analysis, frames: Frames) -> tuple[Preparation, Floats, tuple[str, ...]]:
    """Return the preparation with the numbers of all rows, the sample's centers in it, and words.

    A sample that has all rows has their numbers already.
    """
    decided: Preparation = analysis.model[0]
    start: Floats = analysis.model["kmeans"].cluster_centers_
    if analysis.table.frame.height == frames.n_rows:
        return decided, start, ()
    preparation = clone(decided).fit_parts(analysis.table.frame, frames)
    return preparation, *_moved(analysis, preparation)


def _moved(analysis: Analysis, preparation: Preparation) -> tuple[Floats, tuple[str, ...]]:
    """Return the sample's centers as the preparation by all rows has them, and what it told."""
    start: Floats = analysis.model["kmeans"].cluster_centers_
    X = preparation.transform(analysis.table.frame)[analysis.rows]
    labels = analysis.model["kmeans"].labels_
    means = [X[labels == c].mean(axis=0) for c in range(len(start)) if (labels == c).any()]
    decided = analysis.model[0].summary_.steps
    return np.array(means), preparation.summary_.steps[len(decided) :]


def _model(analysis: Analysis, preparation: Preparation, kmeans: KMeans) -> Model:
    """Return the model of all rows; what it remembers of rows is the sample's."""
    metadata: dict[str, Any] = {"verdict": analysis.verdict, "n_rows": int(kmeans.labels_.shape[0])}
    centers = kmeans.cluster_centers_.astype(np.float64)
    fitted = Pipeline([("preparation", preparation), ("kmeans", analysis.model["kmeans"])])
    model = replace(as_model(fitted, metadata=metadata), centers=centers)
    X = preparation.transform(analysis.table.frame)
    labels = np.full(len(X), -1, np.int32)
    complete = ~np.isnan(X).any(axis=1)
    labels[complete] = kmeans.predict(X[complete])
    originals = model.preparation.originals(analysis.table.frame)
    return with_rows_of_fit(model, originals, X, labels, analysis.random_state)

"""From a table to a defended clustering: the one place where all the parts meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from sklearn.pipeline import Pipeline

from kwise._beside import begin
from kwise._progress import Progress, silent
from kwise.estimators import KMeans
from kwise.exceptions import DataFileError
from kwise.io.model import as_model
from kwise.io.model_file import save_model
from kwise.io.reading import read_table
from kwise.preparation import Preparation
from kwise.report import build_study, draw_sections, render_page, summarize, write_text
from kwise.report.beside import check_beside
from kwise.report.building import with_stability
from kwise.report.ordering import size_order
from kwise.selection import select_k
from kwise.selection.given import check_given

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame
    from numpy.typing import NDArray

    from kwise.io.table import Table
    from kwise.report import Study, Summary
from kwise.results import Floats, Kind, Labels, Selection

__all__ = ["Analysis", "analyze", "prepared_rows"]

Names: TypeAlias = Sequence[str] | str | None
Missing: TypeAlias = Literal["drop", "median", "mean", "error"]
Categories: TypeAlias = Literal["drop", "one-hot"]
Scale: TypeAlias = Literal["standard", "minmax", "robust", "none", "normalize-rows"]


def analyze(  # noqa: PLR0913 - the one call that has every setting
    frame_or_path: str | Path | IntoFrame | NDArray[np.generic] | Table,
    *,
    columns: Names = None,
    drop: Names = (),
    outside: Names = None,
    truth: str | None = None,
    ks: Iterable[int] = range(1, 11),
    k: int | None = None,
    scale: Scale = "standard",
    components: float | None = None,
    missing: Missing = "drop",
    categories: Categories = "drop",
    transform_skew: bool = False,
    delimiter: str | None = None,
    transpose: bool = False,
    random_state: int = 0,
    progress: Progress = silent,
    executor: Executor | None = None,
) -> Analysis:
    """Find the groups in a table: how many, whether they are real, what they are.

    Parameters
    ----------
    frame_or_path : path, data frame, array or Table
        The table: a file of any format that ``read_table`` knows, a frame of pandas, polars
        or Arrow, or an array.
    columns : str or sequence of str, optional
        Columns to cluster by; by default all that hold numbers, less ``drop``, ``outside`` and
        ``truth``.
    drop : str or sequence of str, default=()
        Columns to leave out.
    outside : str or sequence of str, optional
        Columns to set beside the clusters; they take no part in making them.
    truth : str, optional
        A column of true labels to compare with; it takes no part either.
    ks : iterable of int, default=range(1, 11)
        Candidate numbers of clusters.
    k : int, optional
        The number of clusters, where it is known: nothing is chosen then.
    scale : str, default="standard"
        How columns are brought to one scale; a name in ``kwise.preparation.SCALINGS``.
    components : int or float, optional
        Principal components to keep: a count, or the share of variance to be reached.
    missing : {"drop", "median", "mean", "error"}, default="drop"
        What is done about missing cells: leave the row out, fill with the column's median or
        mean, or refuse.
    categories : {"drop", "one-hot"}, default="drop"
        What is done about columns of categories: left out, or an indicator for each category.
    transform_skew : bool, default=False
        Whether strongly skewed columns are evened out before they are scaled.
    delimiter : str, optional
        What stands between cells of a text file, as for ``read_table``; found out by default.
    transpose : bool, default=False
        Whether samples stand in columns.
    random_state : int, default=0
        The same number gives the same analysis, on any number of threads.
    progress : callable, optional
        Called as ``progress(task, done, total)``; it may raise to stop.
    executor : concurrent.futures.Executor, optional
        Works beside this process, as ``ProcessPoolExecutor(1)`` does; the answer is the same.

    Returns
    -------
    Analysis
        The answer, with everything it rests on.

    Raises
    ------
    DataFileError
        If the file cannot be read as a table.
    ValueError
        If a column is unknown, no column holds numbers, or no number of clusters fits.

    See Also
    --------
    select_k : The choice of k alone, from an array.
    read_table : The table alone.

    Examples
    --------
    >>> import kwise
    >>> import polars as pl
    >>> frame = pl.DataFrame({"x": [0.0, 1.0, 9.0, 10.0] * 5})
    >>> analysis = kwise.analyze(frame, k=2)
    >>> analysis.k, analysis.labels[:4].tolist()
    (2, [0, 0, 1, 1])
    """
    table = read_table(frame_or_path, delimiter=delimiter, transpose=transpose, progress=progress)
    beside, used = _names(outside), _names(columns)
    away = [*beside, *([truth] if truth is not None else [])]
    check_beside(table.frame, beside, truth)
    preparation = Preparation(
        columns=used or None,
        drop=[name for name in dict.fromkeys([*_names(drop), *away]) if name not in used],
        scale=scale,
        missing=missing,
        components=components,
        categories=categories,
        transform_skew=transform_skew,
    )
    progress("preparing the table", 0, 1)
    X, rows = prepared_rows(preparation, table)
    selection = _selection(X, [k] if k is not None else ks, random_state, progress, executor)
    kmeans = _by_size(X, selection, random_state)
    asked = _changed(
        columns=used, drop=_names(drop), outside=beside, truth=truth, k=k,
        ks=[] if k is not None or ks == range(1, 11) else sorted(set(ks)), scale=scale,
        components=components, missing=missing, categories=categories,
        transform_skew=transform_skew, delimiter=delimiter,
        transpose=transpose,
    )  # fmt: skip
    return Analysis(
        table=table,
        model=Pipeline([("preparation", preparation), ("kmeans", kmeans)]),
        selection=selection,
        X=X,
        rows=rows,
        outside=tuple(beside),
        truth=truth,
        random_state=random_state,
        options=asked,
    )


@dataclass(frozen=True, eq=False)
class Analysis:
    """A clustering of a table, with everything it rests on; made by ``analyze``.

    Attributes
    ----------
    table : Table
        The table that was read.
    model : Pipeline
        ``Preparation``, then ``KMeans``: fitted, ready for new rows.
    selection : Selection
        The choice of k and its evidence.
    X : ndarray of shape (n_samples, n_features)
        The prepared rows.
    rows : ndarray of shape (n_samples,)
        Their places in the table, from 0; rows with missing cells may be left out.
    outside : tuple of str
        Columns that are set beside the clusters.
    truth : str or None
        Column of true labels.
    random_state : int
        The seed.
    options : mapping
        Arguments of ``analyze`` that were not left at their defaults.

    See Also
    --------
    analyze : Makes it.

    Examples
    --------
    >>> import kwise
    >>> import polars as pl
    >>> frame = pl.DataFrame({"x": [0.0, 1.0, 9.0, 10.0] * 5})
    >>> analysis = kwise.analyze(frame, k=2)
    >>> analysis.predict(pl.DataFrame({"x": [0.4, 9.6]})).tolist()
    [0, 1]
    """

    table: Table
    model: Pipeline
    selection: Selection
    X: Floats
    rows: NDArray[np.int64]
    outside: tuple[str, ...]
    truth: str | None
    random_state: int
    options: Mapping[str, object]

    @property
    def k(self) -> int:
        """The number of clusters."""
        return self.selection.k

    @property
    def kind(self) -> Kind:
        """How to read ``k``: "clear", "one group", "unclear" or "unsuitable"."""
        return self.selection.kind

    @property
    def verdict(self) -> str:
        """The answer in a sentence."""
        return self.selection.verdict

    @property
    def labels(self) -> Labels:
        """Cluster of each row of the table, 0 for the largest cluster; -1: left out."""
        labels = np.full(self.table.frame.height, -1, dtype=np.int32)
        labels[self.rows] = self.model["kmeans"].labels_
        return labels

    @cached_property
    def _pictured(self) -> Study:
        """The arrays that pictures are made from."""
        return build_study(
            table=self.table,
            preparation=self.model["preparation"],
            kmeans=self.model["kmeans"],
            X=self.X,
            rows=self.rows,
            selection=self.selection,
            outside=self.outside,
            truth=self.truth,
            random_state=self.random_state,
            options=self.options,
        )

    @cached_property
    def study(self) -> Study:
        """The arrays that summary and page are made from."""
        return with_stability(self._pictured, self.random_state)

    @cached_property
    def summary(self) -> Summary:
        """Everything in words and plain numbers; ``summary.to_dict()`` is ready for JSON."""
        return summarize(self.study)

    def predict(self, frame: str | Path | IntoFrame | NDArray[np.generic] | Table) -> Labels:
        """Say where new rows belong.

        Parameters
        ----------
        frame : path, data frame, array or Table
            Rows with the columns that were clustered, in any order, among any others.

        Returns
        -------
        ndarray of shape (n_samples,)
            Cluster of each row, from 0; -1 for rows with missing cells, where those are left
            out.
        """
        return as_model(self.model).predict(frame)

    def to_html(self, *, progress: Progress = silent, executor: Executor | None = None) -> str:
        """Return the page as text.

        Parameters
        ----------
        progress : callable, optional
            Called as ``progress(task, done, total)``.
        executor : concurrent.futures.Executor, optional
            Draws the pictures while the words are written here; the page is the same.

        Returns
        -------
        str
            One HTML document that needs nothing else.
        """
        if executor is None:
            return render_page(self.study, self.summary, progress=progress)
        drawn = begin(executor, draw_sections, self._pictured)
        return render_page(self.study, self.summary, progress=progress, drawn=drawn)

    def report(self, path: str | Path = "page.html", *, progress: Progress = silent) -> Path:
        """Write the page: one HTML file that needs nothing else.

        Parameters
        ----------
        path : str or Path, default="page.html"
            Where to; an old file is replaced only once the new one is whole.
        progress : callable, optional
            Called as ``progress(task, done, total)``.

        Returns
        -------
        Path
            The file.
        """
        return write_text(Path(path), self.to_html(progress=progress))

    def save(self, path: str | Path) -> Path:
        """Save the model, preparation included, for ``kwise.load`` and ``kwise predict``.

        Parameters
        ----------
        path : str or Path
            Where to, such as "model.kwise".

        Returns
        -------
        Path
            The file.
        """
        save_model(path, as_model(self.model, metadata={"verdict": self.verdict}))
        return Path(path)


def _changed(**asked: object) -> dict[str, object]:
    """Return the arguments that say more than their defaults do."""
    unchanged: dict[str, object] = {"scale": "standard", "missing": "drop", "categories": "drop"}
    return {
        name: value
        for name, value in asked.items()
        if value not in (None, [], False) and value != unchanged.get(name)
    }


def _names(names: Names) -> list[str]:
    """Return the names as a list, each once."""
    if names is None:
        return []
    return [names] if isinstance(names, str) else list(dict.fromkeys(names))


def prepared_rows(preparation: Preparation, table: Table) -> tuple[Floats, NDArray[np.int64]]:
    """Prepare a table, and return its complete rows with their places."""
    X = preparation.fit_transform(table.frame)
    complete = ~np.isnan(X).any(axis=1)
    rows = np.flatnonzero(complete)
    if len(rows) < 2:
        raise DataFileError(
            f"{table.name}: {len(rows)} of {table.frame.height} rows can be clustered and at "
            "least 2 are needed; missing='median' fills missing cells instead of leaving rows out"
        )
    return (X if complete.all() else np.ascontiguousarray(X[rows])), rows


def _selection(
    X: Floats,
    ks: Iterable[int],
    random_state: int,
    progress: Progress,
    executor: Executor | None,
) -> Selection:
    """Choose k among candidates that the rows allow; of one candidate nothing is chosen."""
    wanted = sorted(set(ks))
    if len(wanted) == 1:
        check_given(X, wanted[0])
    else:
        wanted = [k for k in wanted if k <= len(X)] or wanted[:1]
    return select_k(X, wanted, random_state=random_state, progress=progress, executor=executor)


def _by_size(X: Floats, selection: Selection, random_state: int) -> KMeans:
    """Return the chosen clustering as an estimator, its clusters numbered by size."""
    run = selection.sweep.run(selection.k)
    order = size_order(run.labels, selection.k)
    kmeans = KMeans(
        n_clusters=selection.k, init=run.centers[order], n_init=1, random_state=random_state
    )
    kmeans.fit(X)
    return kmeans

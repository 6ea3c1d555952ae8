"""From a table to a defended clustering: the one place where all the parts meet."""

from __future__ import annotations

from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Unpack, cast

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from kwise._inputs import check_n_clusters
from kwise._progress import AnyProgress, Progress, silent, with_bar
from kwise.analysis.check_columns import check_compared
from kwise.analysis.external_categories import external_categories
from kwise.analysis.judging import Judging
from kwise.analysis.last_time import as_last_time, carried_over, last_model
from kwise.analysis.limited import MaxSize, within_limits
from kwise.analysis.result import Analysis
from kwise.analysis.second_table import with_second_tables
from kwise.estimators import KMeans
from kwise.estimators._limits import check_limits
from kwise.estimators.kmeans import fitted_kmeans
from kwise.exceptions import DataFileError
from kwise.io.reading import read_table
from kwise.preparation import Preparation
from kwise.results import Floats, Selection
from kwise.selection.candidates import Ks, check_given
from kwise.selection.fitter import Starts
from kwise.selection.select import OpenChoice, begin_choice
from kwise.table_options import (
    Names,
    PreparationOptions,
    SourceOptions,
    TableOptions,
    changed_options,
    known_options,
    takes_options,
)

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame
    from numpy.typing import NDArray

    from kwise.io.model import Model
    from kwise.io.table import Table

__all__ = ["analyze", "prepared_rows", "split_options"]


@takes_options(TableOptions)
@with_bar
def analyze(  # noqa: PLR0913 - what a table, its groups and their sizes can be told
    frame_or_path: str | Path | IntoFrame | NDArray[np.generic] | Table,
    *,
    outside: Names = None,
    truth: str | None = None,
    ks: Ks = "auto",
    k: int | None = None,
    min_size: int | None = None,
    max_size: MaxSize = None,
    preparation: Preparation | None = None,
    join: str | None = None,
    like: str | Path | Model | None = None,
    random_state: int = 0,
    progress: AnyProgress = silent,
    executor: Executor | None = None,
    **options: Unpack[TableOptions],
) -> Analysis:
    """Find the groups in a table: how many, whether they are real, what they are.

    Parameters
    ----------
    frame_or_path : path, data frame, array or Table
        The table: a file of any format that ``read_table`` knows, a frame of pandas, polars
        or Arrow, or an array.
    outside : str or sequence of str, optional
        Columns to set beside the clusters; they take no part in making them. FILE:COLUMN is one
        of another table. By default up to three categories that the distances leave out, such as
        species or region; ``[]`` sets none.
    truth : str, optional
        A column of true labels to compare with, or FILE:COLUMN; it takes no part either.
    ks : iterable of int or "auto", default="auto"
        Candidate numbers of clusters, of which the best supported is shown. By default 1 to 10,
        and more while more groups show; what the data support is judged over those in any case.
    k : int, optional
        The number of clusters to be shown, where it is known. What the data support is then judged
        when it is first asked for (``selection``, ``verdict``, explanations, the page), unless
        ``progress``, ``executor``, ``like`` or limits of sizes are given.
    min_size, max_size : int, optional
        Fewest and most rows of each cluster shown; ``max_size="balanced"`` lets sizes differ by one
        at most. What the data support is judged without them.
    preparation : Preparation, optional
        The treatment of columns and cells as an object, in the place of its options; it is
        copied, and columns in ``outside`` and ``truth`` are left out of it.
    join : str, optional
        The column by which rows of another file belong to those of the table, ``MINE=THEIRS`` where
        its names differ; by default an id that both have, or else the order of the rows.
    like : path or Model, optional
        Last time's model: clusters that go on from it keep their numbers and names
        (``Analysis.match``), what has changed in the table is told (``Analysis.drift``), and
        columns are chosen and treated as then, where nothing is said of them.
    random_state : int, default=0
        The same number gives the same analysis, on any number of threads.
    progress : bool, "bar" or callable, default=False
        Called as ``progress(task, done, total)``; it may raise to stop. True or "bar" draws a bar.
    executor : concurrent.futures.Executor, optional
        Works beside this process, as ``ProcessPoolExecutor(1)`` does; the answer is the same.
    **options : Unpack[TableOptions]
        How the table is read and prepared.

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
    assert callable(progress)  # as with_bar has it
    reading, preparing = split_options(known_options(analyze, options))
    last = last_model(like)
    prepared_by = _preparation(preparation, as_last_time(last, preparing, preparation))
    table = read_table(frame_or_path, **reading, progress=progress)
    wanted = [*_names(outside), *([truth] if truth is not None else [])]
    table, away = with_second_tables(table, wanted, join)
    set_beside, labels = (away[:-1], away[-1]) if truth is not None else (away, None)
    check_compared(table.frame, set_beside, labels)
    asked = changed_options({**reading, **prepared_by.get_params()})
    _leave_out(prepared_by, away)
    progress("preparing the table", 0, 1)
    X, rows = prepared_rows(prepared_by, table)
    if outside is None:
        set_beside = external_categories(prepared_by.summary_, _names(prepared_by.drop))
    if k is not None and len(X) >= check_n_clusters(k, name="k"):
        check_limits(k, len(X), min_size, max_size, 0)
    choice = _begin_choice(X, prepared_by, ks if k is None else [k], random_state, progress)
    limits = _without_none(min_size=min_size, max_size=max_size)
    last_time, bound = None, limits or last or executor or progress is not silent
    if k is not None and not bound:
        judging, kmeans = Judging(choice.decided), _fitted(choice.starts(k))
    else:
        selection = choice.decided(executor)
        selection = within_limits(selection, X, min_size, max_size, random_state, progress)
        selection, last_time = carried_over(selection, last, table, rows)
        judging, kmeans = Judging(lambda: selection), _fitted(_starts_of(selection))
    kmeans.set_params(**limits, random_state=random_state)
    return Analysis(
        table=table,
        model=Pipeline([("preparation", prepared_by), ("kmeans", kmeans)]),
        judging=judging,
        X=X,
        rows=rows,
        outside=tuple(set_beside),
        truth=labels,
        random_state=random_state,
        options=_asked(_names(outside), truth, join, k, ks, like) | limits | asked,
        last_time=last_time,
    )


def split_options(options: TableOptions) -> tuple[SourceOptions, PreparationOptions]:
    """Return what ``read_table`` obeys, and what ``Preparation`` does."""
    given = cast("dict[str, object]", options)
    parts = ({name: given[name] for name in group.__annotations__ if name in given}
             for group in (SourceOptions, PreparationOptions))  # fmt: skip
    return cast("tuple[SourceOptions, PreparationOptions]", tuple(parts))


def _preparation(given: Preparation | None, options: PreparationOptions) -> Preparation:
    """Return a copy of the caller's preparation, or one that does as the options say."""
    if given is None:
        prepared_by = Preparation(**options)
    elif not isinstance(given, Preparation):
        raise TypeError(
            f"preparation is {type(given).__name__}; pass a kwise.preparation.Preparation"
        )
    elif options:
        name = next(iter(options))
        raise ValueError(f"{name} and preparation are both given; pass Preparation({name}=...)")
    else:
        prepared_by = clone(given)
    prepared_by.set_params(
        columns=_names(prepared_by.columns) or None, drop=_names(prepared_by.drop)
    )
    prepared_by.check_parameters()
    return prepared_by


def _leave_out(preparation: Preparation, away: list[str]) -> None:
    """Drop columns that are only compared with, unless they are named to be used."""
    used = _names(preparation.columns)
    dropped = [*_names(preparation.drop), *away]
    preparation.drop = [name for name in dict.fromkeys(dropped) if name not in used]


def _asked(
    outside: list[str],
    truth: str | None,
    join: str | None,
    k: int | None,
    ks: Ks,
    like: str | Path | Model | None,
) -> dict[str, object]:
    """Return the questions that are not those of a call with a table alone."""
    candidates = [] if k is not None or ks == "auto" else sorted(set(ks))
    named = str(like) if isinstance(like, (str, Path)) else None
    asked = {"outside": outside, "truth": truth, "join": join, "k": k, "ks": candidates}
    asked["like"] = named
    return {name: value for name, value in asked.items() if value not in (None, [])}


def _names(names: Names) -> list[str]:
    """Return the names as a list, each once."""
    if names is None:
        return []
    return [names] if isinstance(names, str) else list(dict.fromkeys(names))


def prepared_rows(preparation: Preparation, table: Table) -> tuple[Floats, NDArray[np.int64]]:
    """Prepare a table, and return its complete rows with their places."""
    X = preparation.fit_transform(table)
    complete = ~np.isnan(X).any(axis=1)
    rows = np.flatnonzero(complete)
    if len(rows) < 2:
        raise DataFileError(
            f"{table.name}: {len(rows)} of {table.frame.height} rows can be clustered and at "
            "least 2 are needed; missing='median' fills missing cells instead of leaving rows out"
        )
    return (X if complete.all() else np.ascontiguousarray(X[rows])), rows


def _without_none(**given: object) -> dict[str, object]:
    """Return the arguments that were given."""
    return {name: value for name, value in given.items() if value is not None}


def _begin_choice(
    X: Floats, prepared_by: Preparation, ks: Ks, random_state: int, progress: Progress
) -> OpenChoice:
    """Begin to judge the rows, and to choose what is shown among candidates that they allow."""
    wanted: Ks = "auto"
    names = [str(name) for name in prepared_by.get_feature_names_out()]
    if ks != "auto":
        given = sorted(set(ks))
        if len(given) == 1:
            check_given(X, given[0])
        wanted = [k for k in given if k <= len(X)] or given[:1]
    return begin_choice(
        X, wanted, random_state=random_state, progress=progress, feature_names=names
    )


def _starts_of(selection: Selection) -> Starts:
    """Return the run that is shown, which all scores are of, and the inertias of its starts."""
    sweep = selection.sweep
    return Starts(sweep.run(selection.shown), sweep.inertias[sweep.ks.index(selection.shown)])


def _fitted(starts: Starts) -> KMeans:
    """Return a run as an estimator."""
    return fitted_kmeans(starts.best, starts.inertias, None)

"""From a table to several clusterings of it, side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

import numpy as np

from kwise._inputs import check_labels, check_lengths
from kwise._progress import AnyProgress, silent, with_bar
from kwise.analysis.analyze import analyze, split_options
from kwise.analysis.second_table import with_second_tables
from kwise.comparison import (
    DEFAULT_METHODS,
    Comparison,
    Method,
    compare_methods,
    dbscan_with,
)
from kwise.comparison import k_medoids_with as medoids_with
from kwise.io import Table, read_table
from kwise.table_options import TableOptions, known_options, takes_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from narwhals.typing import IntoFrame
    from numpy.typing import NDArray

    from kwise.preparation import Preparation

__all__ = ["compare"]


@takes_options(TableOptions)
@with_bar
def compare(  # noqa: PLR0913 - what analyze and the methods can be told
    frame_or_path: str | Path | IntoFrame | NDArray[np.generic] | Table,
    *,
    methods: Sequence[str | Method] | None = None,
    k: int | None = None,
    ks: Iterable[int] = range(1, 11),
    truth: str | NDArray[np.generic] | None = None,
    join: str | None = None,
    preparation: Preparation | None = None,
    eps: float | None = None,
    metric: str = "euclidean",
    stability_runs: int = 3,
    random_state: int = 0,
    progress: AnyProgress = silent,
    **options: Unpack[TableOptions],
) -> Comparison:
    """Cluster a table by several methods, and set the answers side by side.

    Parameters
    ----------
    frame_or_path : path, data frame, array or Table
        The table, as for ``analyze``.
    methods : sequence of str or Method, optional
        Names in ``kwise.comparison.METHODS``, or methods of your own; by default those in
        ``DEFAULT_METHODS``.
    k : int, optional
        Number of clusters for the methods that need one; by default chosen as by ``analyze``,
        and 2 where that finds one group.
    ks : iterable of int, default=range(1, 11)
        Candidates, where k is chosen.
    truth : str or array-like of shape (n_samples,), optional
        A column of true labels, FILE:COLUMN for one of another table, or the labels themselves.
    join : str, optional
        The column by which rows of another file belong to those of the table, as for ``analyze``.
    preparation : Preparation, optional
        The treatment of columns and cells, as for ``analyze``.
    eps : float, optional
        Reach of DBSCAN in units of the prepared rows; by default the knee of the distances to
        near neighbors.
    metric : str, default="euclidean"
        Distance of k-medoids; "correlation" is 1 - Pearson r between rows.
    stability_runs : int, default=3
        How often each method is run again on four fifths of the rows; 0 leaves it out.
    random_state : int, default=0
        The same number gives the same answers.
    progress : bool, "bar" or callable, default=False
        Called as ``progress(task, done, total)``; it may raise to stop. True or "bar" draws a bar.
    **options : Unpack[TableOptions]
        How the table is read and prepared.

    Returns
    -------
    Comparison
        One outcome a method; ``table()`` has a row for each.

    Raises
    ------
    ValueError
        If a column or a method is unknown, or no number of clusters fits.

    See Also
    --------
    analyze : One clustering, with all its evidence.
    compare_methods : The same for rows that are already prepared.

    Examples
    --------
    >>> import kwise
    >>> import numpy as np
    >>> rows = np.array([[0.0], [0.1], [9.0], [9.1]] * 5)
    >>> found = kwise.compare(rows, methods=["kmeans", "ward"], k=2)
    >>> [outcome.n_clusters for outcome in found.outcomes]
    [2, 2]
    """
    assert callable(progress)  # as with_bar has it
    reading, preparing = split_options(known_options(compare, options))
    table = read_table(frame_or_path, **reading, progress=progress)
    column = None
    if isinstance(truth, str):
        table, (column,) = with_second_tables(table, [truth], join)
    analysis = analyze(
        table,
        truth=column,
        outside=[],
        k=k,
        ks=ks,
        preparation=preparation,
        random_state=random_state,
        progress=progress,
        **preparing,
    )
    if column is None and truth is not None:
        truth = check_labels(truth, name="truth")
        check_lengths(table.frame, truth, name="truth", beside="the table")
    known = table.frame[column].to_numpy() if column is not None else truth
    found = compare_methods(
        analysis.X,
        k if k is not None else max(analysis.k, min(2, len(analysis.X))),
        methods=_with_settings(methods, eps, metric),
        truth=None if known is None else np.asarray(known)[analysis.rows].astype(str),
        stability_runs=stability_runs,
        random_state=random_state,
        progress=progress,
    )
    return replace(found, account=analysis.account, frame=table.frame, rows=analysis.rows)


def _with_settings(
    methods: Sequence[str | Method] | None, eps: float | None, metric: str
) -> list[str | Method]:
    """Put methods with the caller's settings in the place of those with the stated rule."""
    given: dict[str, Method] = {}
    if eps is not None:
        given["dbscan"] = dbscan_with(eps)
    if metric != "euclidean":
        given["k_medoids"] = medoids_with(metric)
    wanted = list(DEFAULT_METHODS) if methods is None else methods
    return [given.get(each, each) if isinstance(each, str) else each for each in wanted]

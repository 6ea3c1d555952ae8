"""From the parts of an analysis to the data that summary and page are made from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kwise.explain.cluster_stability import cluster_stability
from kwise.explain.external_variables import Variable
from kwise.explain.hierarchy import hierarchy
from kwise.explain.recorded_runs import recorded_runs
from kwise.explain.row_silhouettes import row_silhouettes
from kwise.io.datasets.bundled import BUNDLED
from kwise.report.data import Asked, ReportData

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl
    from numpy.typing import NDArray

    from kwise.io.table import Table
    from kwise.preparation import Preparation
    from kwise.report.summary import TableFacts
    from kwise.results import Floats, Selection

__all__ = ["build_report_data", "with_stability"]

# Candidates that are told of in full; scores are told of all.
MOST_TOLD = 12


def build_report_data(
    *,
    table: Table,
    preparation: Preparation,
    X: Floats,
    rows: NDArray[np.int64],
    selection: Selection,
    outside: tuple[str, ...],
    truth: str | None,
    random_state: int,
    options: Mapping[str, object],
    account: TableFacts,
) -> ReportData:
    """Bring the parts of an analysis together: all that pictures show."""
    originals = preparation.originals(table.frame)
    complete = len(rows) == table.frame.height
    told = {k: selection.sweep.run(k) for k in _told(selection)}
    labels = {k: run.labels for k, run in told.items()}
    scored, silhouettes = row_silhouettes(X, labels, seed=random_state)
    return ReportData(
        asked=Asked(
            table.name,
            table.path,
            options,
            random_state,
            bundled=table.path is None and table.name in BUNDLED,
        ),
        columns=preparation.original_names_,
        originals=originals if complete else originals[rows],
        X=X,
        features=tuple(str(name) for name in preparation.get_feature_names_out()),
        rows=rows,
        account=account,
        selection=selection,
        labels=labels,
        centers={k: run.centers for k, run in told.items()},
        scored_rows=scored,
        silhouettes=silhouettes,
        histories=recorded_runs(X, selection.shown, random_state),
        hierarchy=hierarchy(X, random_state),
        outside=tuple(_variable(table.frame, name, rows) for name in outside),
        truth=_variable(table.frame, truth, rows, words=True) if truth is not None else None,
    )


def with_stability(data: ReportData, random_state: int) -> ReportData:
    """Add how well each cluster comes back, which is told in numbers alone."""
    return replace(data, stability=cluster_stability(data.X, data.labels, random_state))


def _told(selection: Selection) -> list[int]:
    """Return the candidates to be told of, of many those next to the one shown.

    They are what was asked for and what the data support, or all where nothing was asked.
    """
    wanted = selection.asked or selection.sweep.ks
    near = sorted(wanted, key=lambda k: (abs(k - selection.shown), k))
    return sorted({selection.k, *near[:MOST_TOLD]})


def _variable(
    frame: pl.DataFrame, name: str, rows: NDArray[np.int64], *, words: bool = False
) -> Variable:
    """Take one column of the table: numbers as floats, anything else as categories."""
    import polars as pl

    column = frame[name]
    if column.dtype.is_numeric() and not words:
        numbers = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        return Variable(name, np.asarray(numbers, dtype=np.float64)[rows])
    cells = np.array(column.cast(pl.String, strict=False).to_list(), dtype=object)
    return Variable(name, cells[rows])

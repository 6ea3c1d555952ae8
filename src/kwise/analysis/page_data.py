"""From the parts of an analysis to the evidence, and from that to what the page shows."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np

from kwise.analysis.component_view import component_view
from kwise.explain.evidence import ClusterEvidence, gather_evidence
from kwise.explain.external_variables import Variable
from kwise.explain.hierarchy import hierarchy
from kwise.explain.lineage import Lineage, follow, lineage
from kwise.explain.projection import plane
from kwise.explain.recorded_runs import recorded_runs
from kwise.explain.row_names import row_names
from kwise.io.datasets.bundled import BUNDLED
from kwise.metrics.margins import nearest_centers, row_margins
from kwise.preparation.sentinels import without
from kwise.report.data import MOST_PAIRED, Asked, ReportData

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from kwise.analysis.result import Analysis
    from kwise.results import History, Selection

__all__ = ["evidence_of", "page_data"]

# Candidates that are told of in full, and the clusters that they have together; scores are told
# of all.
MOST_TOLD, _MOST_CLUSTERS = 12, 150


def evidence_of(analysis: Analysis) -> ClusterEvidence:
    """Gather what an analysis says of its clusters, but for what resampling says."""
    table, preparation, rows = analysis.table, analysis.model["preparation"], analysis.rows
    originals = preparation.originals(table.frame)
    cleaned = without(table.frame, preparation.state_.sentinels)
    truth = analysis.truth
    asked_for = "outside" in analysis.options  # what is not is a category, also where it is coded
    found = gather_evidence(
        X=analysis.X,
        features=tuple(str(name) for name in preparation.get_feature_names_out()),
        originals=originals if len(rows) == table.frame.height else originals[rows],
        columns=preparation.original_names_,
        rows=rows,
        selection=analysis.selection,
        ks=_told(analysis.selection),
        outside=tuple(
            _variable(cleaned, name, rows, words=not asked_for) for name in analysis.outside
        ),
        truth=None if truth is None else _variable(table.frame, truth, rows, words=True),
        random_state=analysis.random_state,
    )
    carried = {} if analysis.last_time is None else analysis.last_time.names
    return replace(found, row_names=row_names(table, preparation, rows), carried=carried)


def page_data(analysis: Analysis, evidence: ClusterEvidence) -> ReportData:
    """Add to the evidence what the page alone shows."""
    table, k, seed = analysis.table, analysis.k, analysis.random_state
    X, labels = evidence.X, evidence.labels[analysis.k]
    histories = recorded_runs(X, k, seed)
    return ReportData(
        **{each.name: getattr(evidence, each.name) for each in fields(ClusterEvidence)},
        asked=Asked(
            table.name,
            table.path,
            analysis.options,
            seed,
            bundled=table.path is None and table.name in BUNDLED,
        ),
        account=analysis.account,
        plane=plane(evidence),
        paired=evidence.originals[:, evidence.profile.columns[:MOST_PAIRED]],
        margins=row_margins(X, evidence.centers[k], labels) if k > 1 else None,
        histories=histories,
        lineage=_lineage(evidence, k, histories),
        hierarchy=hierarchy(X, seed),
        components=component_view(analysis),
        last_name="" if analysis.last_time is None else analysis.last_time.name,
        match=analysis.match,
        drift=analysis.drift,
    )


def _lineage(evidence: ClusterEvidence, k: int, histories: tuple[History, ...]) -> Lineage:
    """Find which clusters have one color, over every k, the other method and the recorded run."""
    labels = evidence.labels[k]
    of_k = lineage(evidence.labels, k)
    other = evidence.selection.alternative
    recorded: tuple[int, ...] = ()
    if histories:
        centers = np.asarray(histories[0].centers[-1], dtype=np.float64)
        recorded = follow(labels, of_k[k], nearest_centers(evidence.X, centers), len(centers))
    alternative = () if other is None else follow(labels, of_k[k], other.labels, other.n_clusters)
    return Lineage(of_k, alternative, recorded)


def _told(selection: Selection) -> list[int]:
    """Return the candidates to be told of, of many those next to the one shown.

    They are what was asked for and what the data support, or all where nothing was asked.
    """
    wanted = selection.asked or selection.sweep.ks
    near = sorted(wanted, key=lambda k: (abs(k - selection.shown), k))
    told = {selection.shown, selection.k}
    for k in near[:MOST_TOLD]:
        if sum(told) + k > _MOST_CLUSTERS and k not in told:
            break
        told.add(k)
    return sorted(told)


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

"""From what was found to its summary: every number and word of the page, none of its pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise._formatting import finite
from kwise.report.reproduction import asked_in_words, reproduction
from kwise.report.summary import (
    Answer,
    CriterionRow,
    LastTimeFacts,
    Summary,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kwise.explain.explanation import Explanation, OtherClustering
    from kwise.report.data import ReportData

__all__ = ["summarize"]


def summarize(
    data: ReportData,
    explanations: Mapping[int, Explanation],
    alternative: OtherClustering | None = None,
) -> Summary:
    """Put everything that was found in its place: nothing is computed here.

    Parameters
    ----------
    data : ReportData
        The clustering, whole.
    explanations : mapping from k to Explanation
        What the clusters of each candidate are.
    alternative : OtherClustering, optional
        The groups of another method, where they follow the data better.

    Returns
    -------
    Summary
        What the page shows and ``--format json`` prints.

    See Also
    --------
    kwise.report.page.write_page : Draw and write the page.

    Examples
    --------
    >>> import kwise
    >>> import numpy as np
    >>> kwise.analyze(np.array([[0.0], [1.0], [9.0], [10.0]]), k=2).summary.chosen.k
    2
    """
    made = data.profile
    return Summary(
        title=data.asked.table,
        asked=asked_in_words(data),
        answer=_answer(data),
        table=data.account,
        profile=tuple(data.columns[j] for j in made.columns),
        n_profiled=len(data.columns),
        overall=tuple(map(float, made.overall)),
        spread=tuple(map(float, made.spread)),
        means={k: tuple(tuple(map(float, row)) for row in rows) for k, rows in made.means.items()},
        clusterings=tuple(explanations[k] for k in sorted(explanations)),
        n_scored=len(data.scored_rows),
        alternative=alternative,
        reproduction=reproduction(data),
        last_time=_last_time(data),
    )


def _last_time(data: ReportData) -> LastTimeFacts | None:
    """Put down how clusters go on from last time's."""
    if data.match is None:
        return None
    drift = None if data.drift is None else data.drift.to_dict()
    return LastTimeFacts(data.last_name, data.match.to_dict(), drift)


def _answer(data: ReportData) -> Answer:
    """Put down the choice of k."""
    chosen = data.selection
    sweep = chosen.sweep
    rows = []
    for name, scores in sweep.scores.items():
        choice = chosen.choices.get(name)
        rows.append(
            CriterionRow(
                name=name,
                label=chosen.labels_of_criteria.get(name, name),
                direction=str(chosen.directions.get(name, "")),
                choice=choice.k if choice else None,
                reason=choice.reason if choice else "",
                values=tuple(finite(score.value) for score in scores),
                errors=tuple(finite(score.standard_error) for score in scores),
                notes=tuple(dict.fromkeys(score.note for score in scores if score.note)),
            )
        )
    return Answer(
        k=chosen.k,
        shown=chosen.shown,
        asked=tuple(chosen.asked),
        kind=chosen.kind,
        verdict=chosen.verdict,
        confidence=float(chosen.confidence),
        reasons=tuple(chosen.reasons),
        candidates=tuple(chosen.candidates),
        columns=tuple(chosen.columns),
        ks=tuple(sweep.ks),
        support=tuple(map(finite, chosen.support)),
        usefulness=chosen.usefulness,
        division=chosen.division,
        criteria=tuple(rows),
    )

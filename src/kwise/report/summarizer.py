"""From a data to its summary: every number and word of the page, none of its pictures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from kwise._progress import Progress, silent
from kwise.explain.agreement import agreement
from kwise.explain.descriptions import effects_of, names_of, sentence_of
from kwise.explain.external_variables import outside_table
from kwise.explain.margins import RowMargins, center_distances, row_margins
from kwise.explain.profile import Profile, profile
from kwise.explain.rules import Rules, rules_of
from kwise.report.reproduction import asked_in_words, reproduction
from kwise.report.summary import (
    Answer,
    Cluster,
    Clustering,
    CriterionRow,
    OtherClustering,
    OtherGroup,
    RowNote,
    Summary,
)

if TYPE_CHECKING:
    from kwise.report.data import ReportData

__all__ = ["summarize"]

_ROWS_SHOWN = 3
_RULE_COLUMNS = 20  # a rule on the most telling columns; more would not be short


def summarize(data: ReportData, *, progress: Progress = silent) -> Summary:
    """Put what was found into words and plain numbers.

    Parameters
    ----------
    data : ReportData
        The clustering, whole.
    progress : callable, optional
        Called as ``progress(task, done, total)``.

    Returns
    -------
    Summary
        What the page shows and ``--format json`` prints.

    See Also
    --------
    kwise.report.page.write_page : Draw and write the page.

    Notes
    -----
    O(n_samples * (n_columns + k * n_features)) for every candidate k.

    Examples
    --------
    >>> import kwise
    >>> import numpy as np
    >>> kwise.analyze(np.array([[0.0], [1.0], [9.0], [10.0]]), k=2).summary.chosen.k
    2
    """
    made = profile(data.originals, data.labels, data.selection.shown)
    told = []
    for i, k in enumerate(sorted(data.labels)):
        progress("describing clusters", i, len(data.labels))
        told.append(_clustering(data, made, k))
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
        clusterings=tuple(told),
        n_scored=len(data.scored_rows),
        alternative=_alternative(data),
        reproduction=reproduction(data),
    )


def _alternative(data: ReportData) -> OtherClustering | None:
    """Tell of another method's groups, where they follow the data better."""
    other = data.selection.alternative
    if other is None:
        return None
    kept, n = other.labels >= 0, other.n_clusters
    effects = effects_of(profile(data.originals[kept], {n: other.labels[kept]}, n), data.columns, n)
    return OtherClustering(
        label=other.label,
        settings=other.settings,
        n_seen=other.n_seen,
        n_judged=other.n_judged,
        information=other.information,
        information_kmeans=other.information_kmeans,
        error=other.error,
        without_group=other.without_group,
        groups=tuple(
            OtherGroup(c + 1, name, sentence_of(effects[c], n), size, size / len(other.labels))
            for c, (name, size) in enumerate(zip(names_of(effects), other.sizes))
        ),
    )


def _clustering(data: ReportData, made: Profile, k: int) -> Clustering:
    """Tell of one candidate."""
    labels, centers = data.labels[k], data.centers[k]
    shown = made.columns[:_RULE_COLUMNS]
    rules = rules_of(data.originals[:, shown], [data.columns[j] for j in shown], labels, k)
    outside = tuple(
        outside_table(each, labels, k, also_clustered=each.name in data.columns)
        for each in data.outside
    )
    return Clustering(
        k=k,
        inertia=data.selection.sweep.run(k).inertia,
        starts=_starts(data, k),
        silhouette=_mean_silhouette(data, k),
        clusters=_clusters(data, made, k, rules),
        distances=tuple(tuple(map(float, row)) for row in center_distances(centers)),
        fidelity=rules.fidelity if rules else None,
        outside=outside,
        agreement=agreement(data.truth, labels) if data.truth is not None else None,
    )


def _starts(data: ReportData, k: int) -> tuple[float, ...]:
    """Return the inertias of all starts, the best first."""
    sweep = data.selection.sweep
    return tuple(sweep.inertias[sweep.ks.index(k)]) if sweep.inertias else ()


def _mean_silhouette(data: ReportData, k: int) -> float | None:
    """Return the selection's own silhouette where it has one, else that of the scored rows."""
    scores = data.selection.sweep.scores.get("silhouette")
    if scores is not None:
        value = scores[data.selection.sweep.ks.index(k)].value
        if math.isfinite(value):
            return float(value)
    return float(data.silhouettes[k].mean()) if k in data.silhouettes else None


def _clusters(data: ReportData, made: Profile, k: int, rules: Rules | None) -> tuple[Cluster, ...]:
    """Tell of each cluster of one candidate, the largest first."""
    labels = data.labels[k]
    sizes = np.bincount(labels, minlength=k)
    effects = effects_of(made, data.columns, k)
    names = names_of(effects)
    near = row_margins(data.X, data.centers[k], labels) if k > 1 else None
    scored = labels[data.scored_rows]
    told = []
    for c in range(k):
        members = np.flatnonzero(labels == c)
        own = data.silhouettes[k][scored == c] if k in data.silhouettes else np.empty(0)
        typical, borderline = _rows(data, made, members, near)
        told.append(
            Cluster(
                number=c + 1,
                name=names[c],
                sentence=sentence_of(effects[c], k),
                size=int(sizes[c]),
                share=float(sizes[c] / len(labels)),
                silhouette=float(own.mean()) if len(own) else None,
                margin=float(near.margin[members].mean())
                if near is not None and len(members)
                else None,
                stability=_stability(data, k, c),
                effects=effects[c][:8],
                rule=rules.of_cluster[c] if rules else None,
                typical=typical,
                borderline=borderline,
            )
        )
    return tuple(told)


def _stability(data: ReportData, k: int, c: int) -> float | None:
    """Return a cluster's stability where it is known."""
    return _finite(float(data.stability[k][c])) if k in data.stability else None


def _rows(
    data: ReportData, made: Profile, members: np.ndarray, near: RowMargins | None
) -> tuple[tuple[RowNote, ...], tuple[RowNote, ...]]:
    """Pick the rows nearest to the center, and those nearest to another cluster."""
    if near is None or not len(members):
        return (), ()

    def note(i: int) -> RowNote:
        """Write down one row."""
        values = data.originals[i, made.columns[:6]]
        return RowNote(
            row=int(data.rows[i]) + 1,
            values=tuple(map(float, values)),
            margin=float(near.margin[i]),
            next_cluster=int(near.next_cluster[i]) + 1,
        )

    typical = members[_smallest(near.distance[members])]
    borderline = members[_smallest(near.margin[members])]
    return tuple(map(note, typical)), tuple(map(note, borderline))


def _smallest(values: np.ndarray) -> np.ndarray:
    """Return the places of the smallest values; of equal ones the first."""
    n = min(_ROWS_SHOWN, len(values))
    bound = np.partition(values, n - 1)[n - 1]
    few = np.flatnonzero(values <= bound)
    return few[np.argsort(values[few], kind="stable")][:n]


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
                values=tuple(_finite(score.value) for score in scores),
                errors=tuple(_finite(score.standard_error) for score in scores),
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
        ks=tuple(sweep.ks),
        support=tuple(map(_finite, chosen.support)),
        criteria=tuple(rows),
    )


def _finite(value: float) -> float | None:
    """Return the value, or None if it is not a number."""
    return float(value) if math.isfinite(value) else None

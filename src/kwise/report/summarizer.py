"""From a study to its summary: every number and word of the page, none of its pictures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from kwise._progress import Progress, silent
from kwise.report.agreement import agreement
from kwise.report.closeness import Closeness, center_distances, closeness
from kwise.report.meaning import effects_of, names_of, sentence_of
from kwise.report.outside import outside_table
from kwise.report.profile import Profile, profile
from kwise.report.recipe import asked_in_words, recipe
from kwise.report.rules import Rules, rules_of
from kwise.report.summary import (
    Answer,
    Cluster,
    Clustering,
    ColumnRow,
    CriterionRow,
    RowNote,
    Summary,
    TableFacts,
)

if TYPE_CHECKING:
    from kwise.report.study import Study

__all__ = ["summarize"]

_MOST_LISTED = 60  # columns of the table whose fate is told one by one
_ROWS_SHOWN = 3
_RULE_COLUMNS = 20  # a rule on the most telling columns; more would not be short


def summarize(study: Study, *, progress: Progress = silent) -> Summary:
    """Put what was found into words and plain numbers.

    Parameters
    ----------
    study : Study
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
    made = profile(study)
    told = []
    for i, k in enumerate(sorted(study.labels)):
        progress("describing clusters", i, len(study.labels))
        told.append(_clustering(study, made, k))
    return Summary(
        title=study.asked.table,
        asked=asked_in_words(study),
        answer=_answer(study),
        table=_table(study),
        profile=tuple(study.columns[j] for j in made.columns),
        n_profiled=len(study.columns),
        overall=tuple(map(float, made.overall)),
        spread=tuple(map(float, made.spread)),
        means={k: tuple(tuple(map(float, row)) for row in rows) for k, rows in made.means.items()},
        clusterings=tuple(told),
        n_scored=len(study.scored_rows),
        recipe=recipe(study),
    )


def _clustering(study: Study, made: Profile, k: int) -> Clustering:
    """Tell of one candidate."""
    labels, centers = study.labels[k], study.centers[k]
    shown = made.columns[:_RULE_COLUMNS]
    rules = rules_of(study.originals[:, shown], [study.columns[j] for j in shown], labels, k)
    outside = tuple(
        outside_table(each, labels, k, also_clustered=each.name in study.columns)
        for each in study.outside
    )
    return Clustering(
        k=k,
        inertia=study.selection.sweep.run(k).inertia,
        starts=_starts(study, k),
        silhouette=_mean_silhouette(study, k),
        clusters=_clusters(study, made, k, rules),
        distances=tuple(tuple(map(float, row)) for row in center_distances(centers)),
        fidelity=rules.fidelity if rules else None,
        outside=outside,
        agreement=agreement(study.truth, labels) if study.truth is not None else None,
    )


def _starts(study: Study, k: int) -> tuple[float, ...]:
    """Return the inertias of all starts, the best first."""
    sweep = study.selection.sweep
    return tuple(sweep.inertias[sweep.ks.index(k)]) if sweep.inertias else ()


def _mean_silhouette(study: Study, k: int) -> float | None:
    """Return the selection's own silhouette where it has one, else that of the scored rows."""
    scores = study.selection.sweep.scores.get("silhouette")
    if scores is not None:
        value = scores[study.selection.sweep.ks.index(k)].value
        if math.isfinite(value):
            return float(value)
    return float(study.silhouettes[k].mean()) if k in study.silhouettes else None


def _clusters(study: Study, made: Profile, k: int, rules: Rules | None) -> tuple[Cluster, ...]:
    """Tell of each cluster of one candidate, the largest first."""
    labels = study.labels[k]
    sizes = np.bincount(labels, minlength=k)
    effects = effects_of(made, study.columns, k)
    names = names_of(effects)
    near = closeness(study.X, study.centers[k], labels) if k > 1 else None
    scored = labels[study.scored_rows]
    told = []
    for c in range(k):
        members = np.flatnonzero(labels == c)
        own = study.silhouettes[k][scored == c] if k in study.silhouettes else np.empty(0)
        typical, borderline = _rows(study, made, members, near)
        told.append(
            Cluster(
                number=c + 1,
                name=names[c],
                sentence=sentence_of(effects[c], k),
                size=int(sizes[c]),
                share=float(sizes[c] / len(labels)),
                silhouette=float(own.mean()) if len(own) else None,
                confidence=float(near.confidence[members].mean())
                if near is not None and len(members)
                else None,
                stability=_stability(study, k, c),
                effects=effects[c][:8],
                rule=rules.of_cluster[c] if rules else None,
                typical=typical,
                borderline=borderline,
            )
        )
    return tuple(told)


def _stability(study: Study, k: int, c: int) -> float | None:
    """Return a cluster's stability where it is known."""
    return _finite(float(study.stability[k][c])) if k in study.stability else None


def _rows(
    study: Study, made: Profile, members: np.ndarray, near: Closeness | None
) -> tuple[tuple[RowNote, ...], tuple[RowNote, ...]]:
    """Pick the rows nearest to the center, and those nearest to another cluster."""
    if near is None or not len(members):
        return (), ()

    def note(i: int) -> RowNote:
        """Write down one row."""
        values = study.originals[i, made.columns[:6]]
        return RowNote(
            row=int(study.rows[i]) + 1,
            values=tuple(map(float, values)),
            confidence=float(near.confidence[i]),
            next_cluster=int(near.next_cluster[i]) + 1,
        )

    typical = members[_smallest(near.distance[members])]
    borderline = members[_smallest(near.confidence[members])]
    return tuple(map(note, typical)), tuple(map(note, borderline))


def _smallest(values: np.ndarray) -> np.ndarray:
    """Return the places of the smallest values; of equal ones the first."""
    n = min(_ROWS_SHOWN, len(values))
    bound = np.partition(values, n - 1)[n - 1]
    few = np.flatnonzero(values <= bound)
    return few[np.argsort(values[few], kind="stable")][:n]


def _answer(study: Study) -> Answer:
    """Put down the choice of k."""
    chosen = study.selection
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
        kind=chosen.kind,
        verdict=chosen.verdict,
        confidence=float(chosen.confidence),
        reasons=tuple(chosen.reasons),
        candidates=tuple(chosen.candidates),
        ks=tuple(sweep.ks),
        support=tuple(map(float, chosen.support)),
        criteria=tuple(rows),
    )


def _finite(value: float) -> float | None:
    """Return the value, or None if it is not a number."""
    return float(value) if math.isfinite(value) else None


def _table(study: Study) -> TableFacts:
    """Put down what the table is and what was done to it."""
    return TableFacts(
        name=study.asked.table,
        n_rows=study.n_rows,
        n_used=len(study.X),
        n_columns=len(study.facts),
        n_clustered=len(study.columns),
        n_features=study.X.shape[1],
        columns=tuple(
            ColumnRow(each.name, each.kind, each.fate, each.missing, each.summary)
            for each in study.facts[:_MOST_LISTED]
        ),
        steps=study.steps,
        warnings=study.warnings,
    )

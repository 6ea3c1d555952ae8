"""From the evidence to what clusters are: names, sentences, rules, rows worth a look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kwise._formatting import finite
from kwise.explain.agreement import agreement
from kwise.explain.descriptions import effects_of, names_of, sentence_of
from kwise.explain.explanation import (
    ClusterExplanation,
    Explanation,
    OtherClustering,
    OtherGroup,
    RowNote,
)
from kwise.explain.external_variables import outside_table
from kwise.explain.profile import profile
from kwise.explain.rules import RuleColumns, RuleSet, rules_of
from kwise.metrics.margins import RowMargins, center_distances, row_margins

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kwise.explain.evidence import ClusterEvidence
    from kwise.results import Floats, Labels

__all__ = ["cluster_names", "explain_alternative", "explain_clusters"]

_ROWS_SHOWN = 3
_RULE_COLUMNS = 20  # a rule on the most telling columns; more would not be short


def cluster_names(
    originals: Floats,
    labels: Labels,
    k: int,
    columns: tuple[str, ...],
    carried: Mapping[int, str],
) -> tuple[str, ...]:
    """Return the names of clusters alone, those carried over from last time among them."""
    effects = effects_of(profile(originals, {k: labels}, k), columns, k)
    return tuple(_with_carried(names_of(effects), carried))


def _with_carried(names: list[str], carried: Mapping[int, str]) -> list[str]:
    """Put names carried over in the place of those suggested; no two are the same."""
    taken = set(carried.values())
    return [
        carried.get(c, f"{name} · {c + 1}" if name in taken else name)
        for c, name in enumerate(names)
    ]


def explain_clusters(data: ClusterEvidence) -> dict[int, Explanation]:
    """Say what the clusters of every candidate are."""
    shown = data.profile.columns[:_RULE_COLUMNS]
    columns = RuleColumns(tuple(data.columns[j] for j in shown), data.originals[:, shown])
    return {k: _explained(data, k, columns) for k in sorted(data.labels)}


def _explained(data: ClusterEvidence, k: int, columns: RuleColumns) -> Explanation:
    """Say what the clusters of one candidate are."""
    labels, centers = data.labels[k], data.centers[k]
    rules = rules_of(columns, labels, k)
    outside = tuple(
        outside_table(each, labels, k, also_clustered=each.name in data.columns)
        for each in data.outside
    )
    return Explanation(
        k=k,
        inertia=data.selection.sweep.run(k).inertia,
        starts=_starts(data, k),
        silhouette=data.mean_silhouette(k),
        clusters=_clusters(data, k, rules),
        distances=tuple(tuple(map(float, row)) for row in center_distances(centers)),
        fidelity=rules.fidelity if rules else None,
        outside=outside,
        agreement=agreement(data.truth, labels) if data.truth is not None else None,
    )


def explain_alternative(data: ClusterEvidence) -> OtherClustering | None:
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
        entropy=other.entropy,
        entropy_kmeans=other.entropy_kmeans,
        error=other.error,
        without_group=other.without_group,
        groups=tuple(
            OtherGroup(c + 1, name, sentence_of(effects[c], n), size, size / len(other.labels))
            for c, (name, size) in enumerate(zip(names_of(effects), other.sizes))
        ),
    )


def _starts(data: ClusterEvidence, k: int) -> tuple[float, ...]:
    """Return the inertias of all starts, the best first."""
    sweep = data.selection.sweep
    return tuple(sweep.inertias[sweep.ks.index(k)]) if sweep.inertias else ()


def _clusters(
    data: ClusterEvidence, k: int, rules: RuleSet | None
) -> tuple[ClusterExplanation, ...]:
    """Tell of each cluster of one candidate, the largest first."""
    labels = data.labels[k]
    sizes = np.bincount(labels, minlength=k)
    effects = effects_of(data.profile, data.columns, k)
    names = _with_carried(names_of(effects), data.carried.get(k, {}))
    near = row_margins(data.X, data.centers[k], labels) if k > 1 else None
    scored = labels[data.scored_rows]
    told = []
    for c in range(k):
        members = np.flatnonzero(labels == c)
        own = data.silhouettes[k][scored == c] if k in data.silhouettes else np.empty(0)
        typical, borderline = _rows(data, members, near)
        told.append(
            ClusterExplanation(
                number=c + 1,
                name=names[c],
                sentence=sentence_of(effects[c], k),
                size=int(sizes[c]),
                share=float(sizes[c] / len(labels)),
                silhouette=float(own.mean()) if len(own) else None,
                n_scored=len(own),
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


def _stability(data: ClusterEvidence, k: int, c: int) -> float | None:
    """Return a cluster's stability where it is known."""
    return finite(float(data.stability[k][c])) if k in data.stability else None


def _rows(
    data: ClusterEvidence, members: np.ndarray, near: RowMargins | None
) -> tuple[tuple[RowNote, ...], tuple[RowNote, ...]]:
    """Pick the rows nearest to the center, and those nearest to another cluster."""
    if near is None or not len(members):
        return (), ()

    def note(i: int) -> RowNote:
        """Write down one row."""
        values = data.originals[i, data.profile.columns[:6]]
        return RowNote(
            row=int(data.rows[i]) + 1,
            values=tuple(map(float, values)),
            margin=float(near.margin[i]),
            next_cluster=int(near.next_cluster[i]) + 1,
            name=data.row_names[i] if data.row_names is not None else None,
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

"""What clusters are, in records: plain numbers and words, ready for JSON."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kwise._formatting import count, percent

if TYPE_CHECKING:
    from kwise.explain.agreement import Agreement
    from kwise.explain.descriptions import Effect
    from kwise.explain.external_variables import OutsideTable
    from kwise.explain.rules import ClusterRule

__all__ = ["ClusterExplanation", "Explanation", "OtherClustering", "OtherGroup", "RowNote"]


@dataclass(frozen=True, slots=True)
class RowNote:
    """One row of the table worth looking at: its number (from 1), name and values shown.

    ``margin`` in [0, 1] is 1 - nearest / next nearest center's distance; ``next_cluster``
    is the cluster that it would join next.
    """

    row: int
    values: tuple[float, ...]
    margin: float
    next_cluster: int | None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ClusterExplanation:
    """One cluster, numbered from 1, the largest first; ``effects`` run from the strongest.

    ``silhouette`` is the mean over ``n_scored`` of its rows, ``margin`` that over all of them.
    ``stability`` in [0, 1], higher is better, is how well it comes back in bootstrap samples;
    None where its rows were too few to tell.
    """

    number: int
    name: str
    sentence: str
    size: int
    share: float
    silhouette: float | None
    n_scored: int
    margin: float | None
    stability: float | None
    effects: tuple[Effect, ...]
    rule: ClusterRule | None
    typical: tuple[RowNote, ...]
    borderline: tuple[RowNote, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the clusters of one candidate k are; as text, a paragraph for each.

    ``starts`` are the inertias of all starts, the best first. ``distances[a][b]`` are those
    between centers, in units of the prepared columns; ``fidelity`` in [0, 1] is the share of
    rows that the short rules put where k-means did.
    """

    k: int
    inertia: float
    starts: tuple[float, ...]
    silhouette: float | None
    clusters: tuple[ClusterExplanation, ...]
    distances: tuple[tuple[float, ...], ...]
    fidelity: float | None
    outside: tuple[OutsideTable, ...]
    agreement: Agreement | None

    def table(self) -> list[dict[str, object]]:
        """Return one row for each cluster, ready for JSON or a data frame."""
        return [
            {
                "cluster": each.number,
                "name": each.name,
                "rows": each.size,
                "share": each.share,
                "explanation": each.sentence,
                "rule": each.rule.text if each.rule else None,
                "rule_precision": each.rule.precision if each.rule else None,
                "rule_recall": each.rule.recall if each.rule else None,
            }
            for each in self.clusters
        ]

    def __str__(self) -> str:
        return "\n\n".join(map(_paragraph, self.clusters))


@dataclass(frozen=True, slots=True)
class OtherGroup:
    """One group of another method, numbered from 1, the largest first."""

    number: int
    name: str
    sentence: str
    size: int
    share: float


@dataclass(frozen=True, slots=True)
class OtherClustering:
    """Another method's groups, which follow the data better than k-means'.

    The method saw ``n_seen`` rows; ``information`` and ``information_kmeans`` are bits that near
    neighbors' groups tell of each other, ``entropy`` and ``entropy_kmeans`` those that groups of
    these sizes could tell, for it and for as many clusters of k-means, measured from ``n_judged``
    rows with ``error`` as the standard error of the difference of the shares that are told.
    """

    label: str
    settings: str
    n_seen: int
    n_judged: int
    information: float
    information_kmeans: float
    entropy: float
    entropy_kmeans: float
    error: float
    without_group: int
    groups: tuple[OtherGroup, ...]


def _paragraph(cluster: ClusterExplanation) -> str:
    """Write what is told of a cluster in lines."""
    lines = [
        f"{cluster.number}. {cluster.name}: {count(cluster.size)} rows ({percent(cluster.share)})",
        *textwrap.wrap(cluster.sentence, 88, initial_indent="   ", subsequent_indent="   "),
    ]
    rule = cluster.rule
    if rule:
        found = f"{percent(rule.recall)} of its rows; {percent(rule.precision)} of"
        lines.append(f"   Rule: {rule.text} ({found} those that meet it)")
    return "\n".join(lines)

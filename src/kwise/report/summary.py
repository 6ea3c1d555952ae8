"""The records that a page shows: plain numbers and words, ready for JSON."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kwise.explain.agreement import Agreement
    from kwise.explain.descriptions import Effect
    from kwise.explain.external_variables import OutsideTable
    from kwise.explain.rules import ClusterRule

__all__ = [
    "Answer",
    "Cluster",
    "Clustering",
    "ColumnRow",
    "CriterionRow",
    "OtherClustering",
    "OtherGroup",
    "Reproduction",
    "RowNote",
    "Summary",
    "TableFacts",
    "plain",
]


@dataclass(frozen=True, slots=True)
class RowNote:
    """One row of the table worth looking at: its number (from 1), and its values shown.

    ``margin`` in [0, 1] is 1 - nearest / next nearest center's distance; ``next_cluster``
    is the cluster that it would join next.
    """

    row: int
    values: tuple[float, ...]
    margin: float
    next_cluster: int | None


@dataclass(frozen=True, slots=True)
class Cluster:
    """One cluster, numbered from 1, the largest first; ``effects`` run from the strongest.

    ``margin`` is the mean of its rows' margins.
    ``stability`` in [0, 1], higher is better, is how well it comes back in bootstrap samples;
    None where its rows were too few to tell.
    """

    number: int
    name: str
    sentence: str
    size: int
    share: float
    silhouette: float | None
    margin: float | None
    stability: float | None
    effects: tuple[Effect, ...]
    rule: ClusterRule | None
    typical: tuple[RowNote, ...]
    borderline: tuple[RowNote, ...]


@dataclass(frozen=True, slots=True)
class Clustering:
    """All that is told about one candidate k.

    ``starts`` are the inertias of all starts, the best first. ``distances[a][b]`` are those
    between centers, in units of the prepared columns; ``fidelity`` in [0, 1] is the share of
    rows that the short rules put where k-means did.
    """

    k: int
    inertia: float
    starts: tuple[float, ...]
    silhouette: float | None
    clusters: tuple[Cluster, ...]
    distances: tuple[tuple[float, ...], ...]
    fidelity: float | None
    outside: tuple[OutsideTable, ...]
    agreement: Agreement | None


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion: its scores over the candidates, and its own choice."""

    name: str
    label: str
    direction: str
    choice: int | None
    reason: str
    values: tuple[float | None, ...]
    errors: tuple[float | None, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the data support, ``k``, in words and numbers, and what is shown, which may differ.

    ``asked`` are the numbers of groups asked for; ``support`` is each candidate's share of the
    evidence.
    """

    k: int
    shown: int
    asked: tuple[int, ...]
    kind: str
    verdict: str
    confidence: float
    reasons: tuple[str, ...]
    candidates: tuple[int, ...]
    ks: tuple[int, ...]
    support: tuple[float | None, ...]
    criteria: tuple[CriterionRow, ...]


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column of the table, and what became of it."""

    name: str
    kind: str
    fate: str
    missing: int
    summary: str


@dataclass(frozen=True, slots=True)
class TableFacts:
    """The table and what was done to it.

    ``account`` is one line: rows and columns used and left out. ``columns`` may be the first of
    many; ``warnings`` begins with the worst.
    """

    name: str
    account: str
    n_rows: int
    n_used: int
    n_columns: int
    n_clustered: int
    n_features: int
    columns: tuple[ColumnRow, ...]
    steps: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reproduction:
    """How to get the same result again."""

    command: str
    code: str
    seed: int | None
    versions: tuple[tuple[str, str], ...]


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
    neighbors' groups tell of each other, for it and for as many clusters of k-means, measured
    from ``n_judged`` rows with ``error`` as the standard error of their difference.
    """

    label: str
    settings: str
    n_seen: int
    n_judged: int
    information: float
    information_kmeans: float
    error: float
    without_group: int
    groups: tuple[OtherGroup, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What one analysis found, ready to be shown or written as JSON.

    Clusters are numbered from 1, the largest first. ``profile`` names the columns whose
    means are compared, the most telling first; ``means[k][column][cluster]`` and ``overall``
    are in the columns' own units, ``spread`` is the standard deviation of all rows.
    """

    title: str
    asked: tuple[str, ...]
    answer: Answer
    table: TableFacts
    profile: tuple[str, ...]
    n_profiled: int
    overall: tuple[float, ...]
    spread: tuple[float, ...]
    means: dict[int, tuple[tuple[float, ...], ...]]
    clusterings: tuple[Clustering, ...]
    n_scored: int
    alternative: OtherClustering | None
    reproduction: Reproduction

    def clustering(self, k: int) -> Clustering:
        """Return what is told about the candidate ``k``."""
        return next(each for each in self.clusterings if each.k == k)

    @property
    def chosen(self) -> Clustering:
        """What is told about the k that is shown."""
        return self.clustering(self.answer.shown)

    def to_dict(self) -> dict[str, object]:
        """Return plain dicts, lists, numbers and words; what is not a number is None."""
        made = plain(asdict(self))
        assert isinstance(made, dict)
        return made


def plain(value: object) -> object:
    """Make a value ready for JSON: keys text, tuples lists, what is not finite None."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value

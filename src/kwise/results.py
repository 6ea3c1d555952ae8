"""The package's vocabulary: frozen records that one layer makes and another reads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kwise._display import as_html, in_a_line
from kwise._formatting import sureness

__all__ = [
    "Alternative",
    "Choice",
    "ColumnEffect",
    "History",
    "RowSample",
    "Run",
    "Score",
    "Selection",
    "Structure",
    "Sweep",
    "Usefulness",
]

Floats: TypeAlias = NDArray[np.floating]
Labels: TypeAlias = NDArray[np.int32]
Kind: TypeAlias = Literal["clear", "one group", "unclear", "unsuitable"]
StructureKind: TypeAlias = Literal["shape", "density", "size", "outliers", "column", "duplicates"]
Dependability: TypeAlias = Literal["high", "fair", "low", "unknown"]
Direction: TypeAlias = Literal["higher", "lower", "knee", "first within one s.e.", "threshold"]


@dataclass(frozen=True, slots=True)
class History:
    """What one run did, iteration by iteration; entry 0 is the start.

    ``centers`` has shape (n_iter + 1, n_clusters, n_features), ``inertia`` (n_iter + 1,):
    the weighted sum of squared distances to the centers of the same entry.
    """

    centers: Floats
    inertia: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Run:
    """One descent of k-means from one start.

    ``centers`` (n_clusters, n_features), ``labels`` (n_samples,), ``inertia`` in squared
    units of the data, ``converged`` whether it stopped before ``max_iter``.
    """

    centers: Floats
    labels: Labels
    inertia: float
    n_iter: int
    converged: bool
    history: History | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """A criterion's value for one k, with its standard error (nan where it has none).

    ``value`` is nan where the criterion cannot be computed; ``note`` then says why, and
    otherwise how it was computed where that matters (for example "a sample of 10,000 rows").
    """

    value: float
    standard_error: float = math.nan
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What one criterion chooses: a k, or None where it sees no answer, and why."""

    k: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Sweep:
    """Every candidate k, fitted and scored; made by ``sweep_k``.

    ``runs[i]`` and ``scores[criterion][i]`` belong to ``ks[i]``; ``ks`` ascends.
    ``inertias[i]`` holds the inertia of every start of that k, best first. The clusters of a
    run are numbered by size, the largest first.
    """

    ks: tuple[int, ...]
    runs: tuple[Run, ...]
    scores: Mapping[str, tuple[Score, ...]]
    inertias: tuple[tuple[float, ...], ...] = ()
    n_samples: int = 0
    n_features: int = 0

    def __repr__(self) -> str:
        ks = f"k = {self.ks[0]} to {self.ks[-1]}" if self.ks else "no candidates"
        rows = f"{self.n_samples:,} rows" if self.n_samples else ""
        return in_a_line("Sweep", ks, rows, f"{len(self.scores)} criteria")

    def _repr_html_(self) -> str:
        return as_html(repr(self)[1:-1], (), _rows_of(self))

    def run(self, k: int) -> Run:
        """Return the best run with ``k`` clusters."""
        return self.runs[self.ks.index(k)]

    def of(self, ks: tuple[int, ...]) -> Sweep:
        """Return the part of the sweep that belongs to some candidates."""
        if ks == self.ks:
            return self
        at = [self.ks.index(k) for k in ks]
        return replace(
            self,
            ks=ks,
            runs=tuple(self.runs[i] for i in at),
            scores={name: tuple(row[i] for i in at) for name, row in self.scores.items()},
            inertias=tuple(self.inertias[i] for i in at) if self.inertias else (),
        )


@dataclass(frozen=True, slots=True)
class Structure:
    """A trait of the data that k-means misreads: its kind, and what was seen in plain words."""

    kind: StructureKind
    words: str


@dataclass(frozen=True, slots=True)
class ColumnEffect:
    """A column that alone decides the answer: what it would be without it, and how sure."""

    column: str
    k: int
    kind: Kind
    confidence: float


@dataclass(frozen=True, slots=True)
class Usefulness:
    """What k-means' division into ``k`` parts is worth, separate groups or not.

    Each in [0, 1], higher is better, nan where it was not computed: ``variance_explained`` is
    the share of the variance that lies between the parts, ``stability`` the weakest part's
    Jaccard likeness in bootstrap samples, ``prediction_strength`` how well one half of the rows
    foretells the other's parts, ``smallest_share`` the share of rows in the smallest part.
    ``dependability`` is the level that stability and prediction strength reach together.
    """

    k: int
    variance_explained: float
    stability: float
    prediction_strength: float
    smallest_share: float
    dependability: Dependability


@dataclass(frozen=True, slots=True)
class Alternative:
    """The clustering of another method, whose groups follow the data better than k-means'.

    ``labels`` (n_samples,) are the groups of all rows, the largest first, -1 for none (noise);
    ``settings`` says what the method's rule chose. The method itself saw ``n_seen`` rows; any
    other row joined the group of the nearest of them. ``information`` is how many bits near
    neighbors' groups tell of each other, and ``entropy`` how many groups of these sizes could
    tell: the same where no border runs between near neighbors. ``information_kmeans`` and
    ``entropy_kmeans`` are those of as many clusters of k-means, all from ``n_judged`` rows against
    all; ``error`` is the standard error of the difference of the shares that are told, 0 where
    all rows were looked at.
    """

    method: str
    label: str
    settings: str
    n_clusters: int
    labels: Labels
    n_seen: int
    n_judged: int
    information: float
    information_kmeans: float
    entropy: float
    entropy_kmeans: float
    error: float

    @property
    def rows(self) -> NDArray[np.intp]:
        """Places of the rows that ``labels`` belong to: all rows."""
        return np.arange(len(self.labels))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Rows in each group, the largest first."""
        counts = np.bincount(self.labels[self.labels >= 0], minlength=self.n_clusters)
        return tuple(counts.tolist())

    @property
    def without_group(self) -> int:
        """Rows that belong to no group."""
        return len(self.labels) - sum(self.sizes)


@dataclass(frozen=True, slots=True)
class RowSample:
    """On how many of how many rows a choice rests, and what all rows add up to.

    ``share_error`` is the standard error of a share of rows, at most. ``inertias`` are those of
    all rows at the centers that the sample found, by k, and ``sizes`` the counts of all rows with
    the k that is shown.
    """

    n_rows: int
    n_sampled: int
    share_error: float
    inertias: Mapping[int, float]
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """The choice of k, with its evidence; made by ``select_k``.

    ``k`` is the number of clusters that the data support, whatever was asked (where another
    method sees them better, the number that it sees); ``kind`` says how to read it: "clear",
    "one group", "unclear" (see ``candidates``) or "unsuitable" (see ``reasons``).
    ``confidence`` in [0, 1] is how often answers like this one are right. ``asked`` are the
    numbers of clusters that were asked for, if any, and ``shown`` the one to look at: of these
    the best supported, else k.
    ``choices`` holds each criterion's own answer. ``support`` holds each judged candidate's
    share of the evidence, in the order of ``sweep.ks``, nan where one was not judged; ``measures``
    what the comparison with other methods found, and ``alternative`` the one that fits better
    where the kind is "unsuitable". ``structures`` name what was seen in the data that k-means
    misreads: shape, density, size, outliers, one dominating column, duplicates; ``columns`` those
    that alone decide the answer. ``usefulness``
    tells of every candidate what k-means' division is worth, which is another question;
    ``division`` is the number of parts that hold best, None where no division comes back.
    ``sample`` tells what was a sample's where rows lie elsewhere, None else.
    """

    k: int
    shown: int
    kind: Kind
    verdict: str
    confidence: float
    reasons: tuple[str, ...]
    candidates: tuple[int, ...]
    choices: Mapping[str, Choice]
    directions: Mapping[str, Direction]
    labels_of_criteria: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[int, ...] = ()
    sweep: Sweep = field(default_factory=lambda: Sweep((), (), {}))
    support: tuple[float, ...] = ()
    measures: Mapping[str, float] = field(default_factory=dict)
    alternative: Alternative | None = None
    structures: tuple[Structure, ...] = ()
    columns: tuple[ColumnEffect, ...] = ()
    usefulness: tuple[Usefulness, ...] = ()
    division: int | None = None
    sample: RowSample | None = None

    def __repr__(self) -> str:
        shown = f"shown {self.shown}" if self.shown != self.k else ""
        sure = f"{sureness(self.confidence)} sure"
        return in_a_line("Selection", f"k={self.k}", self.kind, sure, shown)

    def _repr_html_(self) -> str:
        return as_html(repr(self)[1:-1], (self.verdict, *self.reasons), self.table())

    def table(self) -> list[dict[str, object]]:
        """Return one row per k: inertia, scores and support, ready for JSON or a data frame."""
        rows = _rows_of(self.sweep)
        for i, (k, row) in enumerate(zip(self.sweep.ks, rows)):
            if self.support:
                row["support"] = self.support[i]
            row["chosen"] = k == self.k
        return rows


def _rows_of(sweep: Sweep) -> list[dict[str, object]]:
    """Return one row per k: inertia and scores."""
    rows: list[dict[str, object]] = []
    for i, k in enumerate(sweep.ks):
        row: dict[str, object] = {"k": k, "inertia": sweep.runs[i].inertia}
        rows.append(row | {name: scores[i].value for name, scores in sweep.scores.items()})
    return rows

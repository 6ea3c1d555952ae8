"""The records that a page shows: plain numbers and words, ready for JSON."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kwise.explain.explanation import Explanation, OtherClustering
    from kwise.results import ColumnEffect, Usefulness

__all__ = [
    "Answer",
    "ColumnRow",
    "CriterionRow",
    "Reproduction",
    "Summary",
    "TableFacts",
    "plain",
]


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
    evidence. ``usefulness`` tells of each what a division by k-means is worth, and ``division`` is
    the number of parts that hold best, None where no division comes back.
    """

    k: int
    shown: int
    asked: tuple[int, ...]
    kind: str
    verdict: str
    confidence: float
    reasons: tuple[str, ...]
    candidates: tuple[int, ...]
    columns: tuple[ColumnEffect, ...]
    ks: tuple[int, ...]
    support: tuple[float | None, ...]
    usefulness: tuple[Usefulness, ...]
    division: int | None
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
class LastTimeFacts:
    """Last time's model: its name, how its clusters go on, and what has changed since."""

    model: str
    match: dict[str, object]
    drift: dict[str, object] | None


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
    clusterings: tuple[Explanation, ...]
    n_scored: int
    alternative: OtherClustering | None
    reproduction: Reproduction
    last_time: LastTimeFacts | None = None

    def clustering(self, k: int) -> Explanation:
        """Return what is told about the candidate ``k``."""
        return next(each for each in self.clusterings if each.k == k)

    @property
    def chosen(self) -> Explanation:
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

"""What a criterion is: a score for one run, and the rule that picks k from the scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from kwise.results import Direction, Run, Score
from kwise.selection.context import SweepContext
from kwise.selection.rules import Rule

__all__ = ["Criterion", "ScoreRun", "Weights"]

Weights: TypeAlias = Literal["used", "rows drawn by weight", "not used"]


class ScoreRun(Protocol):
    """Score one run of a context."""

    def __call__(self, context: SweepContext, run: Run) -> Score:
        """Return the score; value nan and a note where it cannot be computed."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A score with its direction, and the rule that chooses k by it.

    Parameters
    ----------
    name : str
        Key of its scores in ``Sweep.scores``.
    label : str
        Name for people.
    score : callable
        ``score(context, run) -> Score``.
    choose : callable
        ``choose(ks, scores) -> Choice``; one of ``kwise.selection.rules`` or your own.
    direction : str
        How to read the score: "higher", "lower", "knee", "first within one s.e.", "threshold".
    min_k : int, default=2
        Smallest k that it can score.
    source : str, default=""
        Where it was published.
    uncertainty : str, default="none"
        What the standard error of its scores comes from.
    weights : str, default="not used"
        What it does with weights: "used", "rows drawn by weight" or "not used"; in the last case
        its scores say so.

    See Also
    --------
    sweep_k : Takes criteria, by name or as such objects.

    Examples
    --------
    >>> from kwise.results import Score
    >>> from kwise.selection import Criterion, rules
    >>> smallest = Criterion(
    ...     name="smallest_cluster",
    ...     label="Rows in the smallest cluster",
    ...     score=lambda context, run: Score(float(min(map(list(run.labels).count, run.labels)))),
    ...     choose=rules.highest,
    ...     direction="higher",
    ... )
    >>> smallest.min_k
    2
    """

    name: str
    label: str
    score: ScoreRun
    choose: Rule
    direction: Direction
    min_k: int = 2
    source: str = ""
    uncertainty: str = "none"
    weights: Weights = "not used"

"""Inertia, and the knee of its curve: the elbow method."""

from kwise.results import Run, Score
from kwise.selection.context import SweepContext
from kwise.selection.criteria.base import Criterion
from kwise.selection.rules import knee

__all__ = ["INERTIA"]


def score(context: SweepContext, run: Run) -> Score:  # noqa: ARG001 - every criterion's signature
    """Return the inertia of the run."""
    return Score(run.inertia)


INERTIA = Criterion(
    name="inertia",
    label="Inertia (elbow)",
    score=score,
    choose=knee,
    direction="knee",
    min_k=1,
    source="Thorndike 1953; knee: Satopaa et al. 2011",
    weights="used",
)

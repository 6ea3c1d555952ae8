"""Calinski-Harabasz index: between-cluster over within-cluster dispersion."""

from kwise.results import Run, Score
from kwise.selection.context import SweepContext
from kwise.selection.criteria.base import Criterion
from kwise.selection.dispersion import dispersion
from kwise.selection.rules import highest

__all__ = ["CALINSKI_HARABASZ"]


def score(context: SweepContext, run: Run) -> Score:
    """Return the index of the run."""
    return Score(dispersion(context, run).calinski_harabasz)


CALINSKI_HARABASZ = Criterion(
    name="calinski_harabasz",
    label="Calinski-Harabasz",
    score=score,
    choose=highest,
    direction="higher",
    source="Calinski and Harabasz 1974",
    weights="used",
)

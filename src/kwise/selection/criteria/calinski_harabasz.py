"""Calinski-Harabasz index: between-cluster over within-cluster dispersion."""

from kwise.metrics import calinski_harabasz_score
from kwise.results import Run, Score
from kwise.selection.criteria.base import Criterion
from kwise.selection.rules import highest
from kwise.selection.study import Study

__all__ = ["CALINSKI_HARABASZ"]


def score(study: Study, run: Run) -> Score:
    """Return the index of the run."""
    return Score(calinski_harabasz_score(study.X, run.labels, sample_weight=study.sample_weight))


CALINSKI_HARABASZ = Criterion(
    name="calinski_harabasz",
    label="Calinski-Harabasz",
    score=score,
    choose=highest,
    direction="higher",
    source="Calinski and Harabasz 1974",
)

"""Davies-Bouldin index: likeness of each cluster to its most similar one."""

from kwise.results import Run, Score
from kwise.selection.criteria.base import Criterion
from kwise.selection.dispersion import dispersion
from kwise.selection.rules import lowest
from kwise.selection.study import Study

__all__ = ["DAVIES_BOULDIN"]


def score(study: Study, run: Run) -> Score:
    """Return the index of the run."""
    return Score(dispersion(study, run).davies_bouldin)


DAVIES_BOULDIN = Criterion(
    name="davies_bouldin",
    label="Davies-Bouldin",
    score=score,
    choose=lowest,
    direction="lower",
    source="Davies and Bouldin 1979",
    weights="used",
)

"""Davies-Bouldin index: likeness of each cluster to its most similar one."""

from kwise.results import Run, Score
from kwise.selection.context import SweepContext
from kwise.selection.criteria.base import Criterion
from kwise.selection.dispersion import dispersion
from kwise.selection.rules import lowest

__all__ = ["DAVIES_BOULDIN"]


def score(context: SweepContext, run: Run) -> Score:
    """Return the index of the run."""
    return Score(dispersion(context, run).davies_bouldin)


DAVIES_BOULDIN = Criterion(
    name="davies_bouldin",
    label="Davies-Bouldin",
    score=score,
    choose=lowest,
    direction="lower",
    source="Davies and Bouldin 1979",
    weights="used",
)

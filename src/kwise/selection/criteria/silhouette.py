"""Mean silhouette coefficient: exact, or a stated stratified sample of rows on large data."""

from kwise.metrics import silhouette_estimate
from kwise.results import Run, Score
from kwise.selection.criteria.base import Criterion
from kwise.selection.rules import highest
from kwise.selection.study import Study

__all__ = ["SILHOUETTE"]

# Above so many pairs of rows times columns a sweep samples: a second or two for each k.
EXACT_WORK = 2e10
SAMPLE_ROWS = 2_000


def score(study: Study, run: Run) -> Score:
    """Return the mean silhouette, with its standard error where rows were sampled."""
    n_samples, n_features = study.X.shape
    exact = float(n_samples) ** 2 * n_features <= EXACT_WORK
    found = silhouette_estimate(
        study.X,
        run.labels,
        method="exact" if exact else "sampled",
        sample_size=SAMPLE_ROWS,
        random_state=int(study.rng("silhouette").integers(2**31)),
    )
    notes = []
    if not exact:
        notes.append(f"{found.n_sampled:,} sampled rows, each against all")
    if study.sample_weight is not None:
        notes.append("weights not used")
    return Score(found.value, found.standard_error, "; ".join(notes))


SILHOUETTE = Criterion(
    name="silhouette",
    label="Silhouette",
    score=score,
    choose=highest,
    direction="higher",
    source="Rousseeuw 1987",
)

"""Mean silhouette coefficient: exact, or a stated stratified sample of rows on large data."""

import numpy as np

from kwise.metrics import silhouette_estimate
from kwise.metrics.silhouette_sharing import shared_silhouettes
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
    notes = ["weights not used"] if study.sample_weight is not None else []
    if float(n_samples) ** 2 * n_features <= EXACT_WORK:
        ks = tuple(sorted(study.starts))
        means = study.shared(("silhouettes", ks), lambda: _exact_means(study, ks))
        return Score(means[len(run.centers)], 0.0, "; ".join(notes))
    found = silhouette_estimate(
        study.X,
        run.labels,
        method="sampled",
        sample_size=SAMPLE_ROWS,
        random_state=int(study.rng("silhouette").integers(2**31)),
    )
    notes.insert(0, f"{found.n_sampled:,} sampled rows, each against all")
    return Score(found.value, found.standard_error, "; ".join(notes))


def _exact_means(study: Study, ks: tuple[int, ...]) -> dict[int, float]:
    """Return the mean silhouettes of all candidates that have one, from shared passes."""
    n_samples = len(study.X)
    labelings = {
        k: study.run(k).labels
        for k in ks
        if 1 < k < n_samples and len(np.unique(study.run(k).labels)) == k
    }
    found = shared_silhouettes(study.X, labelings, np.arange(n_samples))
    return {k: float(values.mean()) for k, values in found.items()}


SILHOUETTE = Criterion(
    name="silhouette",
    label="Silhouette",
    score=score,
    choose=highest,
    direction="higher",
    source="Rousseeuw 1987",
)

"""Mean silhouette coefficient: exact, or a stated stratified sample of rows on large data."""

import numpy as np

from kwise._numbering import count_distinct
from kwise.metrics import SilhouetteEstimate, silhouette_estimate
from kwise.metrics.silhouette_sharing import shared_estimates, shared_silhouettes
from kwise.results import Run, Score
from kwise.selection.context import SweepContext
from kwise.selection.criteria.base import Criterion
from kwise.selection.rules import highest

__all__ = ["SILHOUETTE"]

# Above so many pairs of rows times columns a sweep samples: a second or two for each k.
EXACT_WORK = 2e10
SAMPLE_ROWS = 1_000


def score(context: SweepContext, run: Run) -> Score:
    """Return the mean silhouette, with its standard error where rows were sampled."""
    if context.sample_weight is not None:
        return _weighted(context, run)
    ks = tuple(sorted(context.starts))
    found = context.shared(("silhouettes", ks), lambda: _of_all(context, ks))[len(run.centers)]
    return Score(found.value, found.standard_error, _note(found))


def _weighted(context: SweepContext, run: Run) -> Score:
    """Return the mean over rows and weights, for this run alone."""
    n_samples, n_features = context.X.shape
    found = silhouette_estimate(
        context.dense,
        run.labels,
        method="exact" if float(n_samples) ** 2 * n_features <= EXACT_WORK else "sampled",
        sample_size=SAMPLE_ROWS,
        sample_weight=context.sample_weight,
        random_state=int(context.rng("silhouette").integers(2**31)),
    )
    return Score(found.value, found.standard_error, _note(found))


def _note(found: SilhouetteEstimate) -> str:
    """Say which rows were looked at, where not all were."""
    return "" if found.method == "exact" else f"{found.n_sampled:,} sampled rows, each against all"


def _of_all(context: SweepContext, ks: tuple[int, ...]) -> dict[int, SilhouetteEstimate]:
    """Return the mean silhouettes of all candidates that have one, from shared passes."""
    n_samples, n_features = context.X.shape
    labelings = {
        k: context.run(k).labels
        for k in ks
        if 1 < k < n_samples and count_distinct(context.run(k).labels) == k
    }
    if float(n_samples) ** 2 * n_features > EXACT_WORK:
        rng = context.rng("silhouette")
        return shared_estimates(context.dense, labelings, SAMPLE_ROWS, rng, alike=context.alike)
    found = shared_silhouettes(context.dense, labelings, np.arange(n_samples))
    means = {k: float(values.mean()) for k, values in found.items()}
    return {
        k: SilhouetteEstimate(mean, 0.0, (mean, mean), "exact", n_samples)
        for k, mean in means.items()
    }


SILHOUETTE = Criterion(
    name="silhouette",
    label="Silhouette",
    score=score,
    choose=highest,
    direction="higher",
    source="Rousseeuw 1987",
    uncertainty="spread over rows, where these are sampled",
    weights="used",
)

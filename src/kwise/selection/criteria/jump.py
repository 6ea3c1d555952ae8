"""Jump: the largest step of the inertia raised to the power -n_features / 2."""

import math

from kwise.results import Run, Score
from kwise.selection.context import SweepContext
from kwise.selection.criteria.base import Criterion
from kwise.selection.rules import highest

__all__ = ["JUMP"]


def score(context: SweepContext, run: Run) -> Score:
    """Return the step from k - 1 to k, relative to one cluster; k - 1 is fitted if need be."""
    k, n_features = len(run.centers), context.n_features
    if run.inertia <= 0.0:
        return Score(math.nan, note="every row lies on its center: the power is infinite")
    whole = context.run(1).inertia
    power = n_features / 2.0
    # Ratios to one cluster keep the power within range; logarithms do so in high dimension.
    rise = power * math.log(whole / run.inertia)
    before = -math.inf if k == 1 else power * math.log(whole / context.run(k - 1).inertia)
    if rise > 700.0:
        return Score(math.nan, note=f"the power n_features / 2 = {power:g} overflows")
    return Score(math.exp(rise) - math.exp(before))


JUMP = Criterion(
    name="jump",
    label="Jump",
    score=score,
    choose=highest,
    direction="higher",
    min_k=1,
    source="Sugar and James 2003",
    weights="used",
)

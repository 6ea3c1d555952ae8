"""Gap statistic: the inertia against that of structureless data of the same extent."""

import math

import numpy as np

from kwise.results import Run, Score
from kwise.selection.context import SweepContext, rows_for
from kwise.selection.criteria.base import Criterion
from kwise.selection.fitter import Fitter, fit_each
from kwise.selection.rules import first_within_one_standard_error
from kwise.types import Floats

__all__ = ["GAP"]

N_REFERENCES = 12
N_INIT = 4
MAX_ROWS = 2_000


def score(context: SweepContext, run: Run) -> Score:
    """Return mean log(reference inertia) - log(inertia), with its standard error.

    References are uniform in the closest box along axes; the same ones serve every k.
    Data and references are fitted alike, from as many rows and starts.
    """
    # Two criteria read the same gaps by different rules.
    return context.shared(
        ("gap", "score", len(run.centers)), lambda: _gap(context, len(run.centers))
    )


def _gap(context: SweepContext, k: int) -> Score:
    """Compare the data with the references at k clusters."""
    limit = rows_for(k, MAX_ROWS)
    data = context.places(limit)
    if len(data) <= k:
        return Score(math.nan, note=f"{len(data)} rows are too few for {k} clusters")
    seed = int(context.rng("gap").integers(2**31))
    fitter = context.shared(("gap", "data", limit), data.fitter)
    references = context.shared(("gap", "references", limit), lambda: _references(context, limit))
    seeds = range(seed, seed + N_REFERENCES + 1)
    runs = fit_each([fitter, *references], k, n_init=N_INIT, seeds=seeds)
    inertia = runs[0].inertia
    if inertia <= 0.0:
        return Score(math.nan, note="every row lies on its center: the logarithm is infinite")
    logs = np.array([math.log(run.inertia) for run in runs[1:]])
    error = float(logs.std() * math.sqrt(1.0 + 1.0 / N_REFERENCES))
    note = f"{N_REFERENCES} references"
    sample = context.describe_rows(limit)
    value = float(logs.mean()) - math.log(inertia)
    return Score(value, error, f"{note}; {sample}" if sample else note)


def _references(context: SweepContext, limit: int) -> list[Fitter]:
    """Draw the references: uniform within the data's extent along columns or principal axes.

    The box of less volume fits more closely. Distances do not change under rotation, so
    references need not be turned back.
    """
    data = context.sample(limit)
    low, high = _narrower(_extent(data), _extent(context.principal(limit)))
    shape = (len(data), len(low))
    return [Fitter(context.rng("gap", b).uniform(low, high, shape)) for b in range(N_REFERENCES)]


def _extent(along: Floats) -> tuple[Floats, Floats]:
    """Return the least and the largest position along every axis that rows differ on."""
    low, high = along.min(axis=0), along.max(axis=0)
    wide = high - low > 1e-9 * (high - low).max()
    return low[wide], high[wide]


def _narrower(first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Return the box of less volume; the one of fewer axes, where these differ."""
    volumes = [(len(low), float(np.log(high - low).sum())) for low, high in (first, second)]
    return first if volumes[0] <= volumes[1] else second


GAP = Criterion(
    name="gap",
    label="Gap statistic",
    score=score,
    choose=first_within_one_standard_error,
    direction="first within one s.e.",
    min_k=1,
    source="Tibshirani, Walther and Hastie 2001",
    uncertainty="spread over 12 references",
    weights="rows drawn by weight",
)

"""Unimodal gap: the inertia against that of single groups with the table's own skew and tails."""

import math
from itertools import repeat

import numpy as np

from kwise.results import Run, Score
from kwise.selection.context import SweepContext, rows_for
from kwise.selection.criteria.base import Criterion
from kwise.selection.fitter import Fitter, fit_each
from kwise.selection.rules import first_within_one_standard_error
from kwise.selection.unimodal import Unimodal

__all__ = ["UNIMODAL_GAP"]

N_REFERENCES = 8
N_INIT = 2
MAX_ROWS = 1_000


def score(context: SweepContext, run: Run) -> Score:
    """Return mean log(reference inertia) - log(inertia), with its standard error.

    Each axis of a reference has the nearest density of one peak to that of the data.
    """
    k = len(run.centers)
    limit = rows_for(k, MAX_ROWS)
    data = context.places(limit)
    if len(data) <= k:
        return Score(math.nan, note=f"{len(data)} rows are too few for {k} clusters")
    seed = int(context.rng("unimodal gap").integers(2**31))
    fitter = context.shared(("unimodal gap", "data", limit), data.fitter)
    references = context.shared(("unimodal gap", limit), lambda: _references(context, limit))
    runs = fit_each([fitter, *references], k, n_init=N_INIT, seeds=repeat(seed))
    inertia = runs[0].inertia
    if inertia <= 0.0:
        return Score(math.nan, note="every row lies on its center: the logarithm is infinite")
    logs = np.log([run.inertia for run in runs[1:]])
    error = float(logs.std() * math.sqrt(1.0 + 1.0 / N_REFERENCES))
    note = "; ".join(filter(None, (f"{N_REFERENCES} references", context.describe_rows(limit))))
    return Score(float(logs.mean()) - math.log(inertia), error, note)


def _references(context: SweepContext, limit: int) -> list[Fitter]:
    """Draw the references."""
    data = context.sample(limit)
    nearest = Unimodal(data, context.principal(limit))
    streams = (context.rng("unimodal gap", b) for b in range(N_REFERENCES))
    return [Fitter(nearest.draw(len(data), rng)) for rng in streams]


UNIMODAL_GAP = Criterion(
    name="unimodal_gap",
    label="Gap to one peak",
    score=score,
    choose=first_within_one_standard_error,
    direction="first within one s.e.",
    min_k=1,
    source="gap statistic (Tibshirani, Walther and Hastie 2001) with references of one peak",
    uncertainty="spread over 8 references",
    weights="rows drawn by weight",
)

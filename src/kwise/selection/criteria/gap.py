"""Gap statistic: the inertia against that of structureless data of the same extent."""

import math

import numpy as np
from numpy.typing import NDArray

from kwise.results import Run, Score
from kwise.selection.criteria.base import Criterion
from kwise.selection.fits import fit_k
from kwise.selection.rules import first_within_one_standard_error
from kwise.selection.study import Study

__all__ = ["GAP"]

N_REFERENCES = 12
N_INIT = 2
MAX_ROWS = 2_000


def score(study: Study, run: Run) -> Score:
    """Return mean log(reference inertia) - log(inertia), with its standard error.

    References are uniform in the box along the principal axes; the same ones serve every k.
    Data and references are fitted alike, from as many rows and starts.
    """
    k = len(run.centers)
    rows = study.rows(MAX_ROWS)
    if len(rows) <= k:
        return Score(math.nan, note=f"{len(rows)} rows are too few for {k} clusters")
    data = np.asarray(study.X[rows], dtype=np.float64)
    data = data - data.mean(axis=0)
    seed = int(study.rng("gap").integers(2**31))
    inertia = fit_k(data, k, n_init=N_INIT, random_state=seed).best.inertia
    if inertia <= 0.0:
        return Score(math.nan, note="every row lies on its center: the logarithm is infinite")
    spread, axes = _extent(data)
    logs = np.empty(N_REFERENCES)
    for b in range(N_REFERENCES):
        reference = study.rng("gap", b).uniform(spread[0], spread[1], (len(data), len(axes)))
        logs[b] = math.log(fit_k(reference, k, n_init=N_INIT, random_state=seed).best.inertia)
    error = float(logs.std() * math.sqrt(1.0 + 1.0 / N_REFERENCES))
    note = f"{N_REFERENCES} references"
    sample = study.describe_rows(MAX_ROWS)
    value = float(logs.mean()) - math.log(inertia)
    return Score(value, error, f"{note}; {sample}" if sample else note)


def _extent(data: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return least and greatest coordinates along the principal axes, and these axes.

    Distances do not change under rotation, so references need not be turned back.
    """
    _, _, axes = np.linalg.svd(data, full_matrices=False)
    along = data @ axes.T
    return np.stack([along.min(axis=0), along.max(axis=0)]), axes


GAP = Criterion(
    name="gap",
    label="Gap statistic",
    score=score,
    choose=first_within_one_standard_error,
    direction="first within one s.e.",
    min_k=1,
    source="Tibshirani, Walther and Hastie 2001",
)

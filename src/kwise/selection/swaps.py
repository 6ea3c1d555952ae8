"""Better optima for many clusters: centers move from where they are spare to where they lack.

With many clusters hardly any start puts one center into every group: somewhere two share a group,
and elsewhere one serves two. Moving a center mends what more starts would not (Fritzke 2020 moves
several at a time, as here).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from kwise._core.dataset import Dataset
from kwise.estimators._runs import descend
from kwise.init import Start
from kwise.results import Run

__all__ = ["swap_centers"]

MOST_ROUNDS = 8
MOST_MOVES = 8  # in one round
ROWS_PER_CLUSTER = 100  # moves are proposed on a sample of rows, and judged on all

Floats = NDArray[np.floating]


def swap_centers(packed: Dataset, run: Run, *, max_iter: int, tol: float) -> Run:
    """Move centers while that lowers the inertia; return the best run found."""
    n_samples = packed.X.shape[0]
    step = max(1, n_samples // (ROWS_PER_CLUSTER * len(run.centers)))
    rows = packed.rows(np.arange(0, n_samples, step))
    weights = np.ones(len(rows)) if packed.weights is None else packed.weights[::step]
    most = MOST_MOVES
    for _ in range(MOST_ROUNDS):
        start, moved = _moved(rows, weights, packed.held(run.centers), most)
        if moved == 0:
            break
        found = descend(packed, Start(start), max_iter=max_iter, tol=tol)
        if found.inertia < run.inertia:
            run = found
        elif moved == 1:
            break
        else:
            most = moved // 2  # too many at once: try the surest ones
    return run


def _moved(rows: Floats, weights: Floats, centers: Floats, most: int) -> tuple[Floats, int]:
    """Return the centers after at most so many moves that should gain, and how many those are."""
    squares = cdist(rows, centers, "sqeuclidean")
    labels = np.argmin(squares, axis=1)
    own = squares[np.arange(len(labels)), labels]
    others = np.partition(squares, 1, axis=1)[:, 1]
    # What each center saves its rows beside their second nearest center.
    cost = np.bincount(labels, weights * (others - own), minlength=len(centers))
    widest = np.argsort(-np.bincount(labels, weights * own, minlength=len(centers)))[:MOST_MOVES]
    gain, halves = _gain_of_division(rows, weights, labels, widest)
    start, touched = np.array(centers), np.zeros(len(centers), dtype=bool)
    spare, lacking = iter(np.argsort(cost)), iter(np.argsort(-gain))
    moved = 0
    while moved < most:
        away = next((c for c in spare if not touched[c]), None)
        place = next((i for i in lacking if not touched[widest[i]] and widest[i] != away), None)
        if away is None or place is None or gain[place] <= cost[away]:
            break
        touched[[away, widest[place]]] = True
        start[[away, widest[place]]] = halves[place]
        moved += 1
    return start, moved


def _gain_of_division(
    rows: Floats, weights: Floats, labels: NDArray[np.intp], clusters: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """Return what dividing each cluster across its longest axis would gain, and the halves."""
    gain, halves = np.zeros(len(clusters)), np.zeros((len(clusters), 2, rows.shape[1]))
    for i, c in enumerate(clusters):
        mine, mass = rows[labels == c], weights[labels == c]
        if len(mine) < 2 or mass.sum() <= 0.0:
            continue
        middle = (mass @ mine) / mass.sum()
        away = mine - middle
        axis = np.linalg.eigh((away * mass[:, None]).T @ away)[1][:, -1]
        above = away @ axis > 0.0
        for side, here in enumerate((above, ~above)):
            total = mass[here].sum()
            step = (mass[here] @ away[here]) / max(total, 1e-300)
            gain[i] += total * float(step @ step)
            halves[i, side] = middle + step
    return gain, halves

"""k-means within limits: a loop of its own around the engine's distances and the transport.

P. S. Bradley, K. P. Bennett and A. Demiriz, "Constrained k-means clustering", MSR-TR-2000-65;
L. A. García-Escudero and A. Gordaliza, "Robustness properties of k means and trimmed k means",
JASA 94 (1999); S. Chawla and A. Gionis, "k-means--", SDM 2013.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise._core.columns import Matrix
from kwise._core.dataset import Dataset
from kwise.estimators._limits import Assignment, Limits, assign_limited, row_blocks
from kwise.estimators._runs import descend
from kwise.init import AnyStart, Start
from kwise.results import History, Run
from kwise.types import Floats

__all__ = ["best_limited_run", "robust_start"]


def best_limited_run(
    packed: Dataset,
    starts: Iterable[AnyStart],
    limits: Limits,
    *,
    max_iter: int,
    tol: float,
    keep_history: bool,
) -> tuple[Run, tuple[float, ...], float]:
    """Descend within the limits from every start; return the best, all inertias and its gap."""
    X: Matrix = packed.X if packed.shift is None else packed.X - packed.shift
    weights = None if packed.weights is None else packed.weights.astype(np.float64)
    best: tuple[Run, float] | None = None
    inertias = []
    for start in starts:
        if not limits.left_out:
            # Where sizes alone are limited, the clusters without limits are the best start.
            start = Start(descend(packed, start, max_iter=max_iter, tol=tol).centers)  # noqa: PLW2901
            start = Start(packed.held(start.centers))  # noqa: PLW2901
        found = _descend(X, weights, start.centers, limits, max_iter, tol, keep_history)
        inertias.append(float(packed.own_inertia(found[0].inertia)))
        if best is None or found[0].inertia < best[0].inertia:
            best = found
    assert best is not None
    return _in_own_unit(packed, best[0]), tuple(inertias), float(packed.own_inertia(best[1]))


def _descend(
    X: Matrix,
    weights: Floats | None,
    start: NDArray[np.floating],
    limits: Limits,
    max_iter: int,
    tol: float,
    keep_history: bool,
) -> tuple[Run, float]:
    """Assign and average in turn until nothing changes; return the run and its gap."""
    centers: Floats = start.astype(np.float64)
    found = assign_limited(X, weights, centers, limits, np.zeros(len(centers)))
    past = [(centers, found.cost)]
    converged, n_iter = False, 0
    while not converged and n_iter < max_iter:
        n_iter += 1
        means = _means(X, weights, found, centers)
        shift = float(((means - centers) ** 2).sum())
        before, centers = found, means
        found = assign_limited(X, weights, centers, limits, before.prices)
        past.append((centers, found.cost))
        converged = shift <= tol or np.array_equal(found.labels, before.labels)
    history = None
    if keep_history:
        history = History(np.array([c for c, _ in past]), np.array([cost for _, cost in past]))
    return Run(centers, found.labels, found.cost, n_iter, converged, history), found.gap


def _means(X: Matrix, weights: Floats | None, found: Assignment, centers: Floats) -> Floats:
    """Return the weighted means of the clusters; one without weight keeps its center."""
    k = len(centers)
    kept = found.labels >= 0
    weight = kept.astype(np.float64) if weights is None else np.where(kept, weights, 0.0)
    labels = np.where(kept, found.labels, 0)
    mass = np.bincount(labels, weights=weight, minlength=k)
    sums = np.zeros((k, X.shape[1]))
    for at in row_blocks(X):
        n = at.stop - at.start
        members = sparse.csc_array((weight[at], labels[at], np.arange(n + 1)), shape=(k, n))
        part = members @ X[at]
        sums += part.toarray() if sparse.issparse(part) else part
    held = mass[:, None] > 0
    return np.where(held, sums / np.where(held, mass[:, None], 1.0), centers)


def _in_own_unit(packed: Dataset, run: Run) -> Run:
    """Return a run of the engine's coordinates in the data's own, in X's float type."""
    dtype = packed.X.dtype
    history = None
    if run.history is not None:
        centers = packed.unshifted(run.history.centers).astype(dtype)
        history = History(centers, packed.own_inertia(run.history.inertia))
    return Run(
        centers=packed.unshifted(run.centers).astype(dtype, copy=False),
        labels=run.labels,
        inertia=float(packed.own_inertia(run.inertia)),
        n_iter=run.n_iter,
        converged=run.converged,
        history=history,
    )


def robust_start(
    packed: Dataset, n_clusters: int, left_out: int, rng: np.random.RandomState
) -> Start:
    """Draw rows by k-means++, each time without the ``left_out`` rows farthest from the drawn.

    So an outlier is drawn only where it is none beside the rows drawn so far.
    """
    n_samples = packed.X.shape[0]
    weights = np.ones(n_samples) if packed.weights is None else packed.weights.astype(np.float64)
    chances, nearest, rows = weights.copy(), np.full(n_samples, np.inf), []
    for _ in range(n_clusters):
        reach = np.cumsum(chances)
        drawn = int(np.searchsorted(reach, rng.random_sample() * reach[-1], side="right"))
        rows.append(min(drawn, n_samples - 1))
        np.minimum(nearest, _squares_to(packed.X, rows[-1]), out=nearest)
        chances = weights * nearest
        chances[np.argsort(-chances, kind="stable")[:left_out]] = 0.0
        if not chances.any():  # all that is left lies on rows that are drawn
            chances = weights * (nearest > 0) if (weights * nearest).any() else weights
    return Start(packed.rows(np.array(rows)))


def _squares_to(X: Matrix, row: int) -> Floats:
    """Return the squared distances of all rows to one of them."""
    center = X[[row]].toarray()[0] if sparse.issparse(X) else X[row]
    found = np.empty(X.shape[0])
    for at in row_blocks(X):
        rows = X[at].toarray() if sparse.issparse(X) else X[at]
        away = rows.astype(np.float64) - center
        found[at] = np.einsum("ij,ij->i", away, away)
    return found

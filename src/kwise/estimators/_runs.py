"""Descents of k-means from given starts, and the best of several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kwise import _core
from kwise._core import LloydResult
from kwise._core.dataset import Dataset
from kwise.estimators._start_tasks import Heard, StartTasks
from kwise.init import AnyStart, SeededStart
from kwise.results import History, Run

# Up to this many products an iteration (rows x clusters x columns), and rows, whole runs share
# the threads; above it all threads work on one run after the other.
_PRODUCTS, _ROWS = 2_000_000, 50_000


def go_together(packed: Dataset, n_clusters: int) -> bool:
    """Tell whether several runs are better handed to the engine at once."""
    n_samples, n_features = packed.X.shape
    return bool(n_samples <= _ROWS and n_samples * n_features * n_clusters <= _PRODUCTS)


def descend(
    packed: Dataset,
    start: AnyStart,
    *,
    max_iter: int,
    tol: float,
    keep_history: bool = False,
    verbose: bool = False,
    heard: Heard | None = None,
) -> Run:
    """Run k-means from ``start``; ``tol`` is in squared units."""
    if verbose:
        heard = partial(_print_iteration, packed, heard)
    if isinstance(start, SeededStart) and not sparse.issparse(packed.X):
        found = _core.seeded_lloyd(
            packed.points,
            start.n_clusters,
            start.uniforms,
            start.n_trials,
            max_iter,
            tol,
            packed.n_threads,
            keep_history,
            heard,
        )
    else:
        centers = np.ascontiguousarray(start.centers)
        found = _core.lloyd(
            packed.points, centers, max_iter, tol, packed.n_threads, keep_history, heard
        )
    if verbose:
        shift, limit = (
            float(np.ldexp(x, 2 * packed.exponent)) for x in (found["center_shift"], tol)
        )
        _print_end(found["n_iter"], found["strict_convergence"], shift, limit)
    return as_run(packed, found)


def as_run(packed: Dataset, found: LloydResult) -> Run:
    """Return what the engine found in the data's own coordinates."""
    history = None
    if "history_centers" in found:
        inertias = packed.own_inertia(found["history_inertia"])
        history = History(packed.unshifted(found["history_centers"]), inertias)
    return Run(
        centers=packed.unshifted(found["centers"]),
        labels=found["labels"],
        inertia=float(packed.own_inertia(found["inertia"])),
        n_iter=found["n_iter"],
        converged=found["converged"],
        history=history,
    )


def best_run(
    packed: Dataset,
    starts: Iterable[AnyStart],
    *,
    max_iter: int,
    tol: float,
    keep_history: bool = False,
    verbose: bool = False,
    tasks: StartTasks | None = None,
) -> tuple[Run, tuple[float, ...]]:
    """Run k-means from every start; return the best run and all inertias in order.

    A run replaces the best so far if its inertia is lower and it groups the rows otherwise:
    of equal partitions the first is kept, whatever rounding says.
    """
    best: Run | None = None
    inertias: list[float] = []
    remaining = iter(starts)
    for start in remaining:
        n_clusters = start.n_clusters
        if go_together(packed, n_clusters) and not (keep_history or verbose or tasks or inertias):
            group = [start, *remaining]
            if len(group) > 1:
                return _best_of_group(packed, group, max_iter, tol)
        down = partial(descend, packed, start, tol=tol, keep_history=keep_history, verbose=verbose)
        run, stop = _followed(down, max_iter, tasks)
        inertias.append(run.inertia)
        if best is None or (
            run.inertia < best.inertia
            and not is_same_partition(run.labels, best.labels, n_clusters)
        ):
            best = run
        if stop:
            break
    assert best is not None
    return best, tuple(inertias)


def _followed(
    down: Callable[..., Run], max_iter: int, tasks: StartTasks | None
) -> tuple[Run, bool]:
    """Descend, with word of it to callbacks; say whether one of them wants no more starts."""
    if tasks is None:
        return down(max_iter=max_iter), False
    return tasks.run(lambda most, heard: down(max_iter=most, heard=heard), max_iter)


def _best_of_group(
    packed: Dataset, starts: list[AnyStart], max_iter: int, tol: float
) -> tuple[Run, tuple[float, ...]]:
    """Let the engine run all of them, several at a time."""
    seeded = [start for start in starts if isinstance(start, SeededStart)]
    if len(seeded) == len(starts) and not sparse.issparse(packed.X):
        uniforms = np.array([[start.uniforms for start in seeded]])
        k, n_trials = seeded[0].n_clusters, seeded[0].n_trials
        return best_of_each([packed], k, uniforms, n_trials, max_iter=max_iter, tols=[tol])[0]
    stacked = np.concatenate([start.centers for start in starts])
    found, inertias = _core.best_of_runs(
        packed.points,
        stacked.reshape(len(starts), *starts[0].centers.shape),
        max_iter,
        tol,
        packed.n_threads,
    )
    return as_run(packed, found), tuple(packed.own_inertia(inertias).tolist())


def best_of_each(
    data: Sequence[Dataset],
    n_clusters: int,
    uniforms: NDArray[np.float64],
    n_trials: int,
    *,
    max_iter: int,
    tols: Sequence[float],
) -> list[tuple[Run, tuple[float, ...]]]:
    """Let the engine seed and run all starts of each data set, several sets at a time.

    The sets are dense, of one type, and all different; ``uniforms`` are the draws of each start of
    each of them.
    """
    points = [packed.points for packed in data]
    found = _core.best_of_seeded_runs(
        points, n_clusters, uniforms, n_trials, max_iter, np.array(tols), data[0].n_threads
    )
    return [
        (as_run(packed, run), tuple(packed.own_inertia(inertias).tolist()))
        for packed, (run, inertias) in zip(data, found)
    ]


def is_same_partition(
    labels: NDArray[np.int32], others: NDArray[np.int32], n_clusters: int
) -> bool:
    """Tell whether two labelings differ by the names of the clusters only."""
    return _renames(labels, others, n_clusters) and _renames(others, labels, n_clusters)


def _renames(labels: NDArray[np.int32], others: NDArray[np.int32], n_clusters: int) -> bool:
    """Tell whether each cluster of ``labels`` lies within one of ``others``."""
    name = np.zeros(n_clusters, others.dtype)
    name[labels] = others
    return np.array_equal(name[labels], others)


def _print_iteration(packed: Dataset, heard: Heard | None, iteration: int, inertia: float) -> None:
    """Print an iteration as scikit-learn does when ``verbose`` is set."""
    print(f"Iteration {iteration - 1}, inertia {packed.own_inertia(inertia)}.")  # noqa: T201 - the contract
    if heard is not None:
        heard(iteration, inertia)


def _print_end(n_iter: int, strict: bool, shift: float, tol: float) -> None:
    """Print why a run ended as scikit-learn does when ``verbose`` is set."""
    if strict:
        print(f"Converged at iteration {n_iter - 1}: strict convergence.")  # noqa: T201
    elif shift <= tol:
        print(  # noqa: T201
            f"Converged at iteration {n_iter - 1}: center shift {shift} within tolerance {tol}."
        )

"""Why two fits differ: the first step where they part, and by how much they differ there.

scikit-learn computes |c|^2 - 2 x.c with BLAS in X's type and adds in X's type; kwise compares
exact squared differences and adds exactly. So the two part where a decision hangs on less than
the rounding of scikit-learn's arithmetic. The bounds below are those of that arithmetic.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import sklearn.cluster
from numpy.typing import NDArray
from scipy import sparse
from sklearn.cluster._kmeans import _kmeans_plusplus
from sklearn.utils.extmath import row_norms

import kwise
from kwise._core.dataset import pack
from kwise.init import INITIALIZERS

# Roundings that pile up in one decision: a handful for each term of a sum.
_SLACK = 16.0


@dataclass(frozen=True)
class Reason:
    """What differs first, the numbers, and whether that is no more than rounding."""

    kind: str
    detail: str
    is_rounding: bool


def reason(case, ours, theirs) -> Reason:
    """Trace a disagreement of two fits to its start."""
    if np.array_equal(ours.labels_, theirs.labels_) and (
        getattr(ours, "n_iter_", 0) == getattr(theirs, "n_iter_", 0)
    ):
        return _sum_reason(case, ours, theirs)
    if case.estimator == "BisectingKMeans":
        return _split_reason(case, ours)
    state = np.random.RandomState(case.seed)
    for _ in range(case.n_init):
        before = state.get_state()
        one, other = _runs(case, before)
        state = other.random_state
        if not _same(one, other):
            return _run_reason(case, before)
    gap = abs(ours.inertia_ - theirs.inertia_) / theirs.inertia_
    return Reason(
        "two starts end with equal inertia: rounding decides which is kept",
        f"relative gap {gap:.1e}",
        gap < _SLACK * _relative_error(case),
    )


def _sum_reason(case, ours, theirs) -> Reason:
    """Explain equal labels with other centers or inertia by whose sums are right."""
    X = np.float64(case.X)
    weights = np.ones(len(X)) if case.weights is None else np.float64(case.weights)
    own = ((X - np.float64(ours.cluster_centers_)[ours.labels_]) ** 2).sum(axis=1)
    exact = float(own @ weights)
    off = [abs(model.inertia_ - exact) / max(exact, 1e-300) for model in (ours, theirs)]
    kind = f"equal labels, scikit-learn's sums are rounded to {case.X.dtype}"
    # Centers are rounded to X's type on both sides; the mean that was subtracted comes back.
    return Reason(kind, f"off by {off[0]:.1e} and {off[1]:.1e}", off[0] <= max(off[1], 1e-6))


def _runs(case, state):
    """Return one run of both sides from one state of the generator."""
    models = []
    for library in (kwise, sklearn.cluster):
        rng = np.random.RandomState()
        rng.set_state(state)
        settings = case.settings() | {"n_init": 1, "random_state": rng}
        models.append(_fit(library.KMeans(**settings), case))
    return models


def _fit(model, case):
    """Fit without warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(case.rows(), sample_weight=case.weights)


def _same(one, other) -> bool:
    """Tell whether labels and number of iterations are equal."""
    return np.array_equal(one.labels_, other.labels_) and one.n_iter_ == other.n_iter_


def _coordinates(case) -> NDArray[np.floating]:
    """Return the rows as both sides see them: row by row in memory, centered unless sparse."""
    X = np.ascontiguousarray(case.X)
    return X if case.is_sparse else X - X.mean(axis=0)


def _relative_error(case) -> float:
    """Bound the relative rounding error of a squared distance as scikit-learn computes it."""
    rows = np.float64(_coordinates(case))
    norms = (rows**2).sum(axis=1)
    spread = max(float(rows.var(axis=0).sum()), 1e-300)
    # The terms |x|^2 and |c|^2 cancel; sums over the rows are in X's type.
    return float(np.finfo(case.X.dtype).eps) * (float(norms.max()) / spread + len(rows) ** 0.5)


def _run_reason(case, state) -> Reason:
    """Explain one run: first its seeds, then its iterations."""
    rng = np.random.RandomState()
    rng.set_state(state)
    X, weights = _coordinates(case), case.weights
    packed = pack(case.rows(), None if weights is None else weights.astype(X.dtype))
    start = INITIALIZERS[case.init](packed, case.n_clusters, rng).centers
    if case.init == "k-means++":
        unit = np.ones(len(X), X.dtype) if weights is None else weights.astype(X.dtype)
        rng.set_state(state)
        theirs, _ = _kmeans_plusplus(X, case.n_clusters, row_norms(X, squared=True), unit, rng)
        if not np.array_equal(start, theirs):
            return _seed_reason(case, state, start, theirs)
    return _iteration_reason(case, start)


def _seed_reason(case, state, ours, theirs) -> Reason:
    """Explain the first center of k-means++ that differs."""
    X = np.float64(_coordinates(case))
    weights = np.ones(len(X)) if case.weights is None else case.weights
    c = int(np.flatnonzero((ours != theirs).any(axis=1))[0])
    nearest = np.ones(len(X))
    if c:
        centers = np.float64(ours[:c])
        nearest = np.min([((X - center) ** 2).sum(axis=1) for center in centers], axis=0)
        gap = _potential_gap(X, weights, nearest, ours[c], theirs[c])
        if gap < _SLACK * _relative_error(case):
            kind = "k-means++: two candidates lower the inertia equally"
            return Reason(kind, f"center {c}, relative gap {gap:.1e}", True)
    # Otherwise the same random number must have hit different rows: neighbors in the sum.
    n_trials = 2 + int(np.log(case.n_clusters))
    rng = np.random.RandomState()
    rng.set_state(state)
    uniforms = rng.random_sample(1 + (case.n_clusters - 1) * n_trials)
    targets = uniforms[1 + (c - 1) * n_trials : 1 + c * n_trials] if c else uniforms[:1]
    mass = weights * nearest
    bounds = np.cumsum(mass) / mass.sum()
    gap = float(np.abs(bounds[:, None] - targets).min())
    kind = "k-means++: a random number falls on the boundary between two rows"
    allowed = _SLACK * len(X) * np.finfo(case.X.dtype).eps + _SLACK * _relative_error(case)
    return Reason(kind, f"center {c}, gap {gap:.1e}", gap < allowed)


def _potential_gap(X, weights, nearest, one, other) -> float:
    """Return the relative difference of the inertias that two candidates leave."""
    left = [
        float(np.minimum(nearest, ((X - np.float64(row)) ** 2).sum(axis=1)) @ weights)
        for row in (one, other)
    ]
    return abs(left[0] - left[1]) / max(left)


def _iteration_reason(case, start) -> Reason:
    """Explain runs from one start: find where they part, and what hangs on rounding there."""
    history = _run(kwise, case, start, 300).history_.centers
    last = len(history) - 1
    first = _first_difference(case, start, last)
    if first is None:
        # Labels of the start itself are never seen: a tie there can cost an iteration.
        if len(_tied_rows(case, np.float64(history[0]), np.zeros(len(start)))):
            kind = f"a row is equally near to two centers (within rounding of {case.X.dtype})"
            return Reason(kind, "in iteration 1", True)
        return _stop_reason(case, start, history)
    for t in range(max(first - 2, 0), min(first, last) + 1):
        centers = np.float64(history[t])
        n_tied = len(_tied_rows(case, centers, _drift(case, start, history, t)))
        if n_tied:
            kind = f"a row is equally near to two centers (within rounding of {case.X.dtype})"
            return Reason(kind, f"{n_tied} such rows in iteration {t + 1}", True)
    for t in range(max(first - 2, 0), first + 1):
        if t <= last and _relocation_is_tied(case, np.float64(history[t])):
            kind = "an empty cluster is given one of several equally far rows"
            return Reason(kind, f"iteration {t + 1}", True)
    return Reason("not traced", f"labels differ after iteration {first}", False)


def _run(library, case, start, max_iter):
    """Run one side from given first centers."""
    more = {"keep_history": True} if library is kwise else {}
    model = library.KMeans(
        case.n_clusters,
        init=lambda X, k, random_state: start.copy(),  # noqa: ARG005 - the protocol
        n_init=1,
        max_iter=max_iter,
        **more,
    )
    return _fit(model, case)


def _first_difference(case, start, last) -> int | None:
    """Return the first number of iterations after which labels differ, None if none does."""

    def differ(max_iter):
        pair = [_run(library, case, start, max_iter) for library in (kwise, sklearn.cluster)]
        return not np.array_equal(pair[0].labels_, pair[1].labels_)

    # Runs can part at a tie and meet again: every number of iterations is looked at.
    return next((t for t in range(1, last + 2) if differ(t)), None)


def _sizes(case) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return rows in float64, their mean or zeros (what the sides subtract), and epsilon."""
    X = np.float64(case.X)
    shift = np.zeros(X.shape[1]) if case.is_sparse else X.mean(axis=0)
    return X, shift, float(np.finfo(case.X.dtype).eps)


def _drift(case, start, history, t) -> NDArray[np.float64]:
    """Return how far scikit-learn's centers are from kwise's after t equal iterations.

    Sums of many rows in X's type are off by more than one rounding; no more than this counts.
    """
    if t == 0:
        return np.zeros(len(start))
    X, shift, eps = _sizes(case)
    theirs = _run(sklearn.cluster, case, start, t).cluster_centers_
    drift = np.sqrt(((np.float64(theirs) - history[t]) ** 2).sum(axis=1))
    bound = eps * len(X) * np.abs(X - shift).max() * X.shape[1] ** 0.5
    return np.where(drift <= bound, drift, 0.0)


def _tied_rows(case, centers, drift) -> NDArray[np.intp]:
    """Return the rows whose two nearest centers cannot be told apart in X's type."""
    X, shift, eps = _sizes(case)
    squares = np.stack([((X - center) ** 2).sum(axis=1) for center in centers], axis=1)
    order = np.argsort(squares, axis=1)[:, :2]
    nearest = np.take_along_axis(squares, order, axis=1)
    size = ((X - shift) ** 2).sum(axis=1) + ((centers - shift) ** 2).sum(axis=1)[order].max(axis=1)
    allowed = _SLACK * eps * size + 2 * drift[order].sum(axis=1) * np.sqrt(nearest[:, 1])
    return np.flatnonzero(nearest[:, 1] - nearest[:, 0] <= allowed)


def _relocation_is_tied(case, centers) -> bool:
    """Tell whether some clusters are empty and the rows that could fill them are equally far."""
    X, shift, eps = _sizes(case)
    squares = np.stack([((X - center) ** 2).sum(axis=1) for center in centers], axis=1)
    n_empty = len(centers) - len(set(squares.argmin(axis=1)))
    if not n_empty:
        return False
    far = np.sort(squares.min(axis=1))[::-1][: n_empty + 1]
    size = ((X - shift) ** 2).sum(axis=1).max() * 2
    return bool((-np.diff(far) <= _SLACK * eps * size).any())


def _stop_reason(case, start, history) -> Reason:
    """Explain runs with equal labels that end at different iterations."""
    X, shift, eps = _sizes(case)
    pair = [_run(library, case, start, 300) for library in (kwise, sklearn.cluster)]
    t = min(pair[0].n_iter_, pair[1].n_iter_)
    moved = float(((np.float64(history[t]) - history[t - 1]) ** 2).sum())
    tol = 1e-4 * float(X.var(axis=0).mean())
    # Rounding of the centers, squared and crossed with the movement.
    off = eps * np.abs(X - shift).max() * len(X) ** 0.5
    allowed = _SLACK * (off * moved**0.5 + off**2 + eps * tol) * history[t].size ** 0.5
    detail = f"{pair[0].n_iter_} and {pair[1].n_iter_} iterations, {moved:.3e} against {tol:.3e}"
    kind = "equal labels: the last movement of the centers is at the tolerance within rounding"
    return Reason(kind, detail, abs(moved - tol) <= allowed)


def _split_reason(case, ours) -> Reason:
    """Explain the first split of a bisecting tree that differs, as a run with two clusters."""
    for k in range(2, case.n_clusters + 1):
        model = sklearn.cluster.BisectingKMeans(**case.settings() | {"n_clusters": k})
        model.set_params(tol=1e-4 * min(1.0, float(np.float64(case.X).var(axis=0).mean())))
        if np.array_equal(_fit(model, case).labels_, ours.cut(k)):
            continue
        state = np.random.RandomState(case.seed)
        _fit(
            kwise.BisectingKMeans(**case.settings() | {"n_clusters": k - 1, "random_state": state}),
            case,
        )
        before, after = ours.cut(k - 1), ours.cut(k)
        counts = [len(set(after[before == c])) for c in range(k - 1)]
        rows = np.flatnonzero(before == int(np.argmax(counts)))
        border = _border_reason(case, model, after, rows, k - 1)
        return border or _part_reason(case, rows, state, k - 1)
    return Reason("not traced", "all cuts are equal", False)


def _border_reason(case, model, after, rows, split) -> Reason | None:
    """Explain rows on the border of one split: both sides' children are the same but for sums.

    The children's centers may differ by as much as sums of so many rows in X's type are off.
    """
    X, shift, eps = _sizes(case)
    differ = rows[model.labels_[rows] != after[rows]]
    children = np.unique(after[rows])
    if len(children) != 2 or not np.array_equal(children, np.unique(model.labels_[rows])):
        return None
    weight = np.ones(len(X)) if case.weights is None else np.float64(case.weights)
    ours, theirs = (
        np.stack(
            [
                np.average(X[rows][labels == c], axis=0, weights=weight[rows][labels == c])
                for c in children
            ]
        )
        for labels in (after[rows], model.labels_[rows])
    )
    apart = float(np.sqrt(((ours - theirs) ** 2).sum(axis=1)).max())
    off = eps * len(rows) * float(np.abs(X[rows] - shift).max()) * X.shape[1] ** 0.5
    squares = np.stack([((X[differ] - center) ** 2).sum(axis=1) for center in ours], axis=1)
    size = ((X[differ] - shift) ** 2).sum(axis=1) + ((ours - shift) ** 2).sum(axis=1).max()
    gap = np.abs(squares[:, 0] - squares[:, 1])
    allowed = _SLACK * eps * size + 4 * (apart + off) * np.sqrt(squares.max(axis=1))
    if apart > off or (gap > allowed).any():
        return None
    kind = f"a row is equally near to two centers (within rounding of {case.X.dtype})"
    return Reason(kind, f"{len(differ)} such rows in split {split}", True)


def _part_reason(case, rows, state, split) -> Reason:
    """Look for a decision on a hair's breadth in one split of some rows."""
    weights = None if case.weights is None else case.weights[rows]
    part = Part(_coordinates(case)[rows], case.init, case.n_init, weights)
    inertias = []
    for _ in range(case.n_init):
        packed = pack(
            part.X, None if weights is None else weights.astype(part.X.dtype), center=False
        )
        start = INITIALIZERS[case.init](packed, 2, state).centers
        run = _run(kwise, part, start, 300)
        inertias.append(run.inertia_)
        for t, centers in enumerate(run.history_.centers):
            if len(
                _tied_rows(part, np.float64(centers), _drift(part, start, run.history_.centers, t))
            ):
                kind = f"a row is equally near to two centers (within rounding of {part.X.dtype})"
                return Reason(kind, f"split {split}, iteration {t + 1}", True)
    gap = float(np.diff(np.sort(inertias)).min()) / max(inertias) if len(inertias) > 1 else 1.0
    kind = "two starts end with equal inertia: rounding decides which is kept"
    return Reason(kind, f"split {split}, relative gap {gap:.1e}", gap < 1e-5)


@dataclass(frozen=True)
class Part:
    """The rows of one split, as a case of its own that is not centered again."""

    X: NDArray[np.floating]
    init: str
    n_init: int
    weights: NDArray[np.floating] | None
    n_clusters: int = 2
    is_sparse: bool = True

    def rows(self):
        """Return the rows in the form that nobody centers."""
        return sparse.csr_matrix(self.X)

"""Estimators of rows that lie elsewhere: in parts, with the answer of one machine."""

from __future__ import annotations

import hashlib
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from kwise._core.dataset import weight_exponent_of
from kwise._core.units import in_unit
from kwise._optional import require
from kwise._progress import Progress, silent
from kwise._random_state import random_stream
from kwise.engines import open_engine
from kwise.engines.base import Engine
from kwise.engines.checkpoint import Checkpoint, Progressed
from kwise.engines.driver import (
    BadCellError,
    Descent,
    Facts,
    State,
    descend,
    empty_clusters,
    survey,
)
from kwise.engines.seeding import SEEDINGS
from kwise.engines.shard import Step
from kwise.estimators._reading import check_weight_array
from kwise.init.k_means_parallel import ROUNDS
from kwise.results import Floats, History, Run
from kwise.row_sources import Rows, as_rows, is_elsewhere

if TYPE_CHECKING:
    from kwise.estimators.kmeans import KMeans

# Of rows that memory does not hold, k-means++ may read so many passes.
_PASSES = 8

__all__ = [
    "Found",
    "fit_rows",
    "keep_columns",
    "keep_found",
    "labels_of",
    "lies_elsewhere",
    "set_fitted",
]


@dataclass(frozen=True)
class Found:
    """The best run, the labels as the engine gives them, and the inertias of all runs."""

    run: Descent
    labels: Any
    inertias: tuple[float, ...]
    n_found: int  # clusters that hold a row


def fit_rows(
    kmeans: KMeans,
    rows: Rows,
    n_init: int,
    weights: Floats | None,
    *,
    checkpoint: str | PathLike[str] | None = None,
    progress: Progress = silent,
) -> Found:
    """Fit; where a checkpoint's file is there, go on from it."""
    exponent = weight_exponent_of(weights)
    if weights is not None:
        weights = np.ldexp(weights, -exponent)
    engine = open_engine(rows, weights, kmeans.n_clusters)
    try:
        fit = _Fit(kmeans, rows, weights, exponent, engine, n_init, checkpoint, progress)
        found = fit.run()
        rows.check_unchanged()
    except BadCellError as error:
        name = f" ({rows.columns[error.column]!r})" if rows.columns else ""
        where = f"{name}, {rows.where(error.row)}"
        raise BadCellError(error.row, error.column, where) from None
    finally:
        engine.close()
    return found


class _Fit:
    """One fit: starts, descents, and what is saved of them."""

    def __init__(
        self,
        kmeans: KMeans,
        rows: Rows,
        weights: Floats | None,
        weight_exponent: int,
        engine: Engine,
        n_init: int,
        checkpoint: str | PathLike[str] | None,
        progress: Progress,
    ) -> None:
        self.kmeans, self.engine, self.n_init, self.progress = kmeans, engine, n_init, progress
        self.rows, self.weight_exponent = rows, weight_exponent
        self.rng = random_stream(kmeans.random_state)
        self.checkpoint = None
        if checkpoint is not None:
            settings = _settings(kmeans, rows, n_init, weights)
            self.checkpoint = Checkpoint(Path(checkpoint), settings)
        self.best: Descent | None = None
        self.inertias: tuple[float, ...] = ()

    def run(self) -> Found:
        """Run from every start."""
        before = self.checkpoint.load() if self.checkpoint else None
        facts = survey(self.engine)
        first, state = 0, None
        if before is not None and self.checkpoint is not None:
            if not facts.agrees(before.facts):
                self.checkpoint.refuse_rows()
            first, state = before.run, before.state
            self.best, self.inertias = before.best, before.inertias
            self.rng.set_state(before.random)
        for run in range(first, self.n_init):
            found = self._descend(facts, run, state)
            state = None
            self.inertias += (found.inertia,)
            if self.best is None or found.inertia < self.best.inertia:
                self.best = found
        assert self.best is not None
        step = self.best.step
        labels = self.engine.labels(step)
        n_found = self.kmeans.n_clusters - len(empty_clusters(self.engine, step))
        return self._own(facts, labels, n_found)

    def _own(self, facts: Facts, labels: Any, n_found: int) -> Found:
        """Return what was found in the rows' own unit."""
        best, exponent = self.best, facts.whole.exponent
        assert best is not None
        history = best.history and History(
            in_unit(best.history.centers, -exponent), self._own_inertia(facts, best.history.inertia)
        )
        run = replace(
            best,
            centers=in_unit(best.centers, -exponent),
            inertia=float(self._own_inertia(facts, best.inertia)),
            history=history,
        )
        inertias = tuple(float(self._own_inertia(facts, each)) for each in self.inertias)
        return Found(run, labels, inertias, n_found)

    def _own_inertia(self, facts: Facts, inertia: ArrayLike) -> Any:
        """Return weighted sums of squared distances in the rows' own unit."""
        with np.errstate(over="ignore", under="ignore"):
            return np.ldexp(inertia, 2 * facts.whole.exponent + self.weight_exponent)

    def _descend(self, facts: Facts, run: int, state: State | None) -> Descent:
        """Run once, from a state that was saved or from new centers."""
        kmeans = self.kmeans
        if state is None:
            self.progress("first centers", 0, 1)
            state = State(Step(run, 0, facts.whole, self._start(facts)))
            self._save(facts, run, state)
        heard = self._listener(facts, run)
        return descend(
            self.engine,
            state,
            max_iter=kmeans.max_iter,
            tol=facts.variance * kmeans.tol,
            keep_history=kmeans.keep_history,
            heard=heard,
            aloud=bool(kmeans.verbose),
        )

    def _start(self, facts: Facts) -> Floats:
        """Choose first centers."""
        kmeans, whole = self.kmeans, facts.whole
        if isinstance(kmeans.init, str):
            init = self._affordable(kmeans.init)
            options = getattr(kmeans, "_seeding_options", {}) if init == "k-means||" else {}
            return SEEDINGS[init](self.engine, whole, kmeans.n_clusters, self.rng, **options)
        centers: Floats = np.asarray(kmeans.init, whole.shift.dtype)
        held: Floats = np.ascontiguousarray(in_unit(centers, whole.exponent) - whole.shift)
        return held

    def _affordable(self, init: str) -> str:
        """Return another seeding, with a word, where k-means++ would read the disk too often."""
        n_clusters = self.kmeans.n_clusters
        if init != "k-means++" or self.engine.in_memory or n_clusters <= _PASSES:
            return init
        warnings.warn(
            f"k-means++ reads all rows {n_clusters} times, and memory does not hold them packed: "
            f"first centers are chosen by k-means||, in {ROUNDS + 1} passes. Pass init='k-means||' "
            "to have no such word, or more memory (max_memory=) for k-means++.",
            UserWarning,
            stacklevel=2,
        )
        return "k-means||"

    def _listener(self, facts: Facts, run: int) -> Callable[[State, float | None], None]:
        """Return what hears of iterations: it saves, shows progress, and prints."""
        kmeans, n_rows = self.kmeans, self.engine.n_rows
        started = last = time.monotonic()
        first: list[int] = []

        def heard(state: State, inertia: float | None) -> None:
            nonlocal last
            first[:] = first or [state.n_iter - 1]
            now = time.monotonic()
            speed = n_rows / max(now - last, 1e-9)
            last = now
            self.rows.check_unchanged()
            self._save(facts, run, state)
            left = (kmeans.max_iter - state.n_iter) * (now - started) / (state.n_iter - first[0])
            self.progress(
                f"iteration {state.n_iter}: {speed:,.0f} rows a second, at most {left:,.0f} s left",
                state.n_iter,
                kmeans.max_iter,
            )
            if kmeans.verbose:
                own = self._own_inertia(facts, inertia or 0.0)
                print(f"Iteration {state.n_iter - 1}, inertia {own}.")  # noqa: T201 - the contract

        return heard

    def _save(self, facts: Facts, run: int, state: State) -> None:
        """Write the checkpoint, if there is one."""
        if self.checkpoint is not None:
            random: Any = self.rng.get_state(legacy=True)
            self.checkpoint.save(Progressed(facts, run, state, random, self.best, self.inertias))


def _settings(
    kmeans: KMeans, rows: Rows, n_init: int, weights: Floats | None
) -> Mapping[str, object]:
    """Return what must be the same for a fit to be gone on with."""
    init: object = kmeans.init
    if not isinstance(init, str):
        init = hashlib.sha256(np.asarray(init, float).tobytes()).hexdigest()
    return {
        "rows": rows.fingerprint(),
        "weights": None if weights is None else hashlib.sha256(weights.tobytes()).hexdigest(),
        "n_clusters": kmeans.n_clusters,
        "init": init,
        "n_init": n_init,
        "max_iter": kmeans.max_iter,
        "tol": kmeans.tol,
        "keep_history": bool(kmeans.keep_history),
        "random_state": kmeans.random_state if isinstance(kmeans.random_state, int) else None,
    }


def lies_elsewhere(X: object, checkpoint: object) -> bool:
    """Tell whether X is rows that lie elsewhere; only these have checkpoints."""
    if type(X) is not np.ndarray and is_elsewhere(X):
        return True
    if checkpoint is not None:
        raise ValueError(
            "checkpoint is for rows that lie elsewhere; pass kwise.rows(X) to save the work on an "
            "array, too."
        )
    return False


def set_fitted(
    kmeans: KMeans, X: Any, sample_weight: ArrayLike | None, checkpoint: str | PathLike[str] | None
) -> None:
    """Fit an estimator to rows that lie elsewhere, and set its attributes."""
    rows = as_rows(X)
    _check_supported(kmeans, rows)
    n_init = kmeans._resolve_n_init(default=10)
    weights = check_weight_array(sample_weight, rows)
    found = fit_rows(kmeans, rows, n_init, weights, checkpoint=checkpoint)
    keep_found(kmeans, rows, found)


def keep_found(kmeans: KMeans, rows: Rows, found: Found) -> None:
    """Set the fitted attributes."""
    run = found.run
    for name in ("history_", "outliers_", "assignment_gap_"):
        kmeans.__dict__.pop(name, None)
    labels = labels_of(rows, found.labels)
    kmeans._keep(
        Run(run.centers, labels, run.inertia, run.n_iter, run.converged, run.history),
        found.inertias,
    )
    keep_columns(kmeans, rows)
    if found.n_found < kmeans.n_clusters:
        kmeans._warn_of_fewer(found.n_found)


def labels_of(rows: Rows, labels: Any) -> Any:
    """Return labels as a Dask array, in the rows' chunks, where the rows are one, read here."""
    array = rows.parts()
    if array is None or not isinstance(labels, np.ndarray):
        return labels
    return require("dask.array", extra="dask").from_array(labels, chunks=(array.chunks[0],))


def keep_columns(estimator: Any, rows: Rows) -> None:
    """Set what an estimator knows of the columns that it was fitted to."""
    estimator.__dict__.pop("feature_names_in_", None)
    estimator.n_features_in_ = rows.shape[1]
    if rows.columns is not None:
        estimator.feature_names_in_ = np.array(rows.columns, dtype=object)


def _check_supported(kmeans: KMeans, rows: Rows) -> None:
    """Refuse what cannot be done in parts."""
    if callable(kmeans.init) or (isinstance(kmeans.init, str) and kmeans.init not in SEEDINGS):
        what = "a function" if callable(kmeans.init) else repr(kmeans.init)
        raise TypeError(
            f"init is {what}, which wants all rows at once; {rows!r} lie elsewhere. Pass "
            f"an array, or one of {', '.join(map(repr, SEEDINGS))}."
        )
    limits = {
        "metric": "euclidean",
        "min_size": None,
        "max_size": None,
        "trim": 0.0,
        "quality": "standard",
    }
    for name, plain in limits.items():
        if getattr(kmeans, name, plain) != plain:
            raise ValueError(
                f"{name}={getattr(kmeans, name)!r} wants all rows in memory; {rows!r} lie "
                f"elsewhere, for which {name} is {plain!r}."
            )
    if len(rows) < kmeans.n_clusters:
        raise ValueError(f"n_samples={len(rows)} should be >= n_clusters={kmeans.n_clusters}.")
    kmeans._check_init(rows)  # type: ignore[arg-type] # asked for shape and type alone

"""Sweep over preparation: the same k-means on more and more principal components."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import linalg
from sklearn.metrics import adjusted_rand_score
from sklearn.utils import check_random_state

from kwise._core.units import in_unit, unit_exponent
from kwise._inputs import check_labels, check_lengths, check_n_clusters, check_rows
from kwise._progress import AnyProgress, silent, with_bar
from kwise.estimators import KMeans
from kwise.metrics import silhouette_score
from kwise.results import Run
from kwise.types import RandomState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

__all__ = ["ComponentSweep", "Scaler", "sweep_components"]


NOT_COMPARABLE = (
    "Silhouettes of different numbers of components are measured in different spaces and fall as "
    "columns are added: they rank clusterings of one space, never the spaces. Agreement with known "
    "labels (ARI) can be compared across all rows."
)


class Scaler(Protocol):
    """What scales the columns: any transformer of scikit-learn's kind."""

    def fit_transform(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        """Fit to X and return it scaled."""


@dataclass(frozen=True, slots=True)
class ComponentSweep:
    """One clustering for each number of components; made by ``sweep_components``.

    Entry i of every field belongs to ``n_components[i]``. ``explained`` is the share of the
    variance kept, in (0, 1]. ``silhouettes`` lie in [-1, 1] and are **not comparable** with one
    another, as ``caution`` says. ``agreements`` are adjusted Rand indices with the known labels
    (1 is perfect, 0 is chance), nan where none were given.
    """

    n_clusters: int
    n_components: tuple[int, ...]
    runs: tuple[Run, ...]
    explained: tuple[float, ...]
    silhouettes: tuple[float, ...]
    agreements: tuple[float, ...]
    caution: str = NOT_COMPARABLE

    def table(self) -> list[dict[str, float]]:
        """Return one row per number of components, ready for a data frame."""
        return [
            {
                "n_components": n,
                "explained": self.explained[i],
                "inertia": self.runs[i].inertia,
                "silhouette": self.silhouettes[i],
                "ari": self.agreements[i],
            }
            for i, n in enumerate(self.n_components)
        ]


@with_bar
def sweep_components(
    X: ArrayLike,
    n_components: Iterable[int] = range(2, 11),
    *,
    n_clusters: int,
    scaler: Scaler | None = None,
    truth: ArrayLike | None = None,
    n_init: int = 10,
    random_state: RandomState = None,
    progress: AnyProgress = silent,
) -> ComponentSweep:
    """Cluster the first principal components, for each number of them.

    The scaler and the decomposition are fitted once: the components of a smaller number are the
    first ones of a larger.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Data, finite.
    n_components : iterable of int, default=range(2, 11)
        Numbers of components, each from 1 to the smaller side of X.
    n_clusters : int
        Number of clusters, the same in every space.
    scaler : transformer, optional
        Fitted to X first; for example ``MinMaxScaler()``. By default X is taken as it is.
    truth : array-like of shape (n_samples,), optional
        Known labels, to be agreed with.
    n_init : int, default=10
        Runs of k-means for each number; the one with the lowest inertia is kept.
    random_state : int, RandomState or None, default=None
        An int gives the same sweep every time; each run is then the one that ``KMeans`` finds
        in that space.
    progress : bool, "bar" or callable, default=False
        Called as ``progress(task, done, total)``; it may raise to stop.

    Returns
    -------
    ComponentSweep
        Runs, silhouettes and agreement with the truth.

    Raises
    ------
    ValueError
        If ``n_components`` is empty or holds a number that X does not have.

    See Also
    --------
    sweep_k : Sweep over the number of clusters, in one space.

    Notes
    -----
    With n rows and d columns, the decomposition costs O(min(n, d)**2 * max(n, d)) once.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.preprocessing import StandardScaler
    >>> from kwise.selection import sweep_components
    >>> X, species = load_iris(return_X_y=True)
    >>> found = sweep_components(
    ...     X, [1, 2], n_clusters=3, scaler=StandardScaler(), truth=species, random_state=0
    ... )
    >>> [round(share, 2) for share in found.explained]
    [0.73, 0.96]
    """
    assert callable(progress)  # as with_bar has it
    data = check_rows(X)
    wanted = _checked_numbers(n_components, min(data.shape))
    if truth is not None:
        truth = check_labels(truth, name="truth")
        check_lengths(data, truth, name="truth")
    n_clusters = check_n_clusters(n_clusters, len(data))
    progress("scaling and principal components", 0, len(wanted) + 1)
    scaled = data if scaler is None else scaler.fit_transform(data)
    points, shares = _components(scaled, max(wanted))
    seed = random_state
    if not isinstance(seed, (int, np.integer)):
        # One seed for all spaces, so that they differ by their components alone.
        seed = int(check_random_state(random_state).randint(np.iinfo(np.int32).max))
    runs, silhouettes, agreements = [], [], []
    for done, n in enumerate(wanted):
        progress(f"k-means on {n} components", done + 1, len(wanted) + 1)
        space = np.ascontiguousarray(points[:, :n])
        run = _fit(KMeans(n_clusters=n_clusters, n_init=n_init, random_state=seed), space)
        runs.append(run)
        silhouettes.append(_silhouette(space, run))
        agreements.append(
            math.nan if truth is None else float(adjusted_rand_score(truth, run.labels))
        )
    progress("k-means on components", len(wanted) + 1, len(wanted) + 1)
    explained = np.cumsum(shares)[np.array(wanted) - 1]
    return ComponentSweep(
        n_clusters=n_clusters,
        n_components=wanted,
        runs=tuple(runs),
        explained=tuple(explained.tolist()),
        silhouettes=tuple(silhouettes),
        agreements=tuple(agreements),
    )


def _checked_numbers(n_components: Iterable[int], most: int) -> tuple[int, ...]:
    """Return the numbers ascending and without duplicates, after checking each."""
    numbers = tuple(sorted(set(n_components)))
    if not numbers:
        raise ValueError("n_components is empty; pass at least one number.")
    wrong = [n for n in numbers if not 1 <= n <= most]
    if wrong:
        raise ValueError(
            f"n_components holds {wrong[0]}; pass numbers from 1 to {most}, the smaller side of X."
        )
    return numbers


def _components(
    X: NDArray[np.floating], most: int
) -> tuple[NDArray[np.floating], NDArray[np.float64]]:
    """Return the rows in their first ``most`` principal components, and shares of variance.

    The smaller of the two products of X with itself holds all that is needed, so a table of
    many more columns than rows costs no decomposition of its own size.
    """
    exponent = unit_exponent(X)
    X = in_unit(X, exponent)  # so that no square overflows
    centered = X - X.mean(axis=0)
    wide = X.shape[1] > X.shape[0]
    product = centered @ centered.T if wide else centered.T @ centered
    size = len(product)
    total = float(np.trace(product))
    values, vectors = linalg.eigh(product, subset_by_index=(size - most, size - 1))
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    points = vectors * np.sqrt(values) if wide else centered @ vectors
    shares = values / total if total > 0 else np.zeros(most)
    points = in_unit(points, -exponent)
    return points.astype(X.dtype, copy=False), np.asarray(shares, dtype=np.float64)


def _fit(model: KMeans, X: NDArray[np.floating]) -> Run:
    """Return the best run of a model on X."""
    model.fit(X)
    return Run(
        centers=model.cluster_centers_,
        labels=model.labels_.astype(np.int32),
        inertia=float(model.inertia_),
        n_iter=int(model.n_iter_),
        converged=int(model.n_iter_) < model.max_iter,
    )


def _silhouette(X: NDArray[np.floating], run: Run) -> float:
    """Return the silhouette, nan where there is none."""
    if not 2 <= len(np.unique(run.labels)) < len(X):
        return math.nan
    return float(silhouette_score(X, run.labels))

"""The plane that clusters are drawn in: two columns, one spread out, or two components."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kwise._formatting import percent, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from kwise.explain.evidence import ClusterEvidence
    from kwise.results import Floats

__all__ = ["Plane", "plane"]

_LETTERS = 40  # of a column's name beside an axis
_LONGITUDES, _LATITUDES = ("longitude", "lon", "lng", "long"), ("latitude", "lat")


@dataclass(frozen=True, slots=True)
class Plane:
    """Coordinates of every row, of every candidate's centers, and what the axes are.

    ``points`` has shape (n_samples, 2), ``centers[k]`` (k, 2). ``equal`` is true where a unit
    is a unit on both axes; ``kind`` is "columns", "map", "one column" or "components";
    ``shares`` are the shares of variance of all components in falling order, ``loadings``
    name the columns that the two axes mostly are. ``projection`` is the matrix and the offset
    that take prepared rows to the plane, where there are such.
    """

    points: NDArray[np.float64]
    centers: Mapping[int, NDArray[np.float64]]
    names: tuple[str, str]
    kind: str
    shares: tuple[float, ...] = ()
    loadings: tuple[str, ...] = ()
    projection: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None

    @property
    def equal(self) -> bool:
        """Whether both axes have one scale."""
        return self.kind in ("map", "components")


def plane(data: ClusterEvidence) -> Plane:
    """Choose the plane: the two clustered columns themselves where there are two."""
    values = data.originals
    complete = not np.isnan(values).any()
    if values.shape[1] == 1 and complete:
        spread = np.random.default_rng(0).random(len(values))
        points = np.column_stack([values[:, 0], spread]).astype(np.float64)
        return Plane(points, _flat_centers(data, points), (data.columns[0], ""), "one column")
    if values.shape[1] == 2 and complete and data.X.shape[1] == 2:
        x, y = _as_map(data.columns)
        points = np.asarray(values[:, [x, y]], dtype=np.float64)
        kind = "map" if _is_map(data.columns) else "columns"
        names = (data.columns[x], data.columns[y])
        fitted = _affine(data.X, points)
        return Plane(points, _means(data, points), names, kind, projection=fitted)
    return _components(data)


def _is_map(columns: tuple[str, ...]) -> bool:
    """Whether the two columns are a longitude and a latitude, by their names."""
    low = {column.strip().lower() for column in columns}
    return bool(low & set(_LONGITUDES)) and bool(low & set(_LATITUDES))


def _as_map(columns: tuple[str, ...]) -> tuple[int, int]:
    """Return which column goes along x and which along y: longitude lies along x."""
    second_is_longitude = columns[1].strip().lower() in _LONGITUDES
    return (1, 0) if second_is_longitude and _is_map(columns) else (0, 1)


def _means(data: ClusterEvidence, points: NDArray[np.float64]) -> dict[int, NDArray[np.float64]]:
    """Return the mean place of each cluster of every candidate."""
    found = {}
    for k, labels in data.labels.items():
        sizes = np.maximum(np.bincount(labels, minlength=k), 1)[:, None]
        sums = np.column_stack(
            [np.bincount(labels, weights=points[:, j], minlength=k) for j in (0, 1)]
        )
        found[k] = sums / sizes
    return found


def _affine(
    X: Floats, points: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Find the matrix and offset that turn prepared rows into points, if there are such."""
    rows = np.linspace(0, len(X) - 1, min(len(X), 2_000)).astype(np.int64)
    known = np.column_stack([np.asarray(X[rows], dtype=np.float64), np.ones(len(rows))])
    found = np.linalg.lstsq(known, points[rows], rcond=None)[0]
    off = np.abs(known @ found - points[rows]).max()
    if off > 1e-6 * max(float(np.ptp(points[rows], axis=0).max()), 1e-300):
        return None  # rows were normalized, or columns evened out: no straight way back
    return np.asarray(found[:-1]), np.asarray(found[-1])


def _flat_centers(
    data: ClusterEvidence, points: NDArray[np.float64]
) -> dict[int, NDArray[np.float64]]:
    """Return the centers of one column, all at half height."""
    means = _means(data, points)
    for centers in means.values():
        centers[:, 1] = 0.5
    return means


def _components(data: ClusterEvidence) -> Plane:
    """Project the prepared rows on their first two principal components."""
    X = np.asarray(data.X, dtype=np.float64)
    middle = X.mean(axis=0)
    apart = X - middle
    if X.shape[1] == 1:  # several columns in, one component out
        points = np.column_stack([apart[:, 0], np.random.default_rng(0).random(len(X))])
        return Plane(points, _flat_centers(data, points), (data.features[0], ""), "one column")
    axes, shares = _principal(apart)
    points = apart @ axes.T
    centers = {k: (np.asarray(c) - middle) @ axes.T for k, c in data.centers.items()}
    names = [f"component {i + 1} ({percent(shares[i])} of variance)" for i in (0, 1)]
    made = tuple(_loadings(axis, data.features) for axis in axes)
    return Plane(
        points,
        centers,
        (names[0], names[1]),
        "components",
        tuple(map(float, shares)),
        made,
        (axes.T, -middle @ axes.T),
    )


def _principal(apart: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the first two principal axes, shape (2, n_features), and the shares of variance.

    The smaller of the two Gram matrices is decomposed; of wide and long tables only two
    components are sought.
    """
    n, d = apart.shape
    total = float(np.einsum("ij,ij->", apart, apart)) or 1.0
    if min(n, d) > 2_000:
        from sklearn.utils.extmath import randomized_svd

        _, sizes, axes = randomized_svd(apart, 2, random_state=0)
        return _oriented(axes), sizes**2 / total
    small = apart.T @ apart if d <= n else apart @ apart.T
    powers, vectors = np.linalg.eigh(small)
    powers, vectors = np.maximum(powers[::-1], 0.0), vectors[:, ::-1]
    axes = vectors[:, :2].T if d <= n else vectors[:, :2].T @ apart
    lengths = np.linalg.norm(axes, axis=1, keepdims=True)
    return _oriented(axes / np.where(lengths > 0, lengths, 1.0)), powers / total


def _oriented(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn each axis so that its largest loading is positive: the same picture every time."""
    largest = axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)]
    return axes * np.where(largest < 0, -1.0, 1.0)[:, None]


def _loadings(axis: NDArray[np.float64], features: tuple[str, ...]) -> str:
    """Name the columns that an axis mostly is, with their signs."""
    if len(axis) > 200:
        return ""
    order = np.argsort(-np.abs(axis), kind="stable")[:3]
    parts = [
        f"{'+' if axis[j] > 0 else '−'}{shortened(features[j], _LETTERS)}"
        for j in order
        if abs(axis[j]) > 0.25
    ]
    return ", ".join(parts)

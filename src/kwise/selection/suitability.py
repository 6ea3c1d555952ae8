"""Does k-means suit these data? Measured beside other methods, on one sample of rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from kwise._core.threads import one_blas_thread
from kwise.comparison import METHODS, Method, Partition
from kwise.selection.agreement import agreement
from kwise.selection.column_squares import squares_between
from kwise.selection.context import SweepContext, rows_for
from kwise.selection.neighbor_information import entropy_of, neighbor_information
from kwise.selection.traits import measure_traits
from kwise.types import Floats

__all__ = [
    "PARTS",
    "RIVALS",
    "Suitability",
    "follows_better",
    "kept_share",
    "measure_shape",
    "measure_shapes",
    "measure_suitability",
    "sample_limit",
    "with_candidates",
]

# The methods that k-means is measured against.
RIVALS = ("gaussian_mixture", "ward", "hdbscan", "dbscan")
# What is known of each of them, as ``signs_of`` names it behind the method's name.
PARTS = (
    *("k", "k_ratio", "noise", "stable", "second", "agree", "agree_same_k", "cut", "cut_same_k"),
    *("information", "entropy", "kept", "information_same_k", "entropy_same_k", "kept_same_k"),
    *("won", "won_share"),
)
SAMPLE_ROWS = 1_500
# Some of the other methods need time and memory that grow with the square of the rows.
MOST_ROWS = 3_000
N_NEIGHBORS = 6
# The other methods are run again on parts of the sample, to see whether they repeat themselves.
N_PARTS = 2
PART = 0.8
# Shares of information that differ by more or by less than this (``follows_better``).
LEAST_LEAD, SAME_SHARE = 0.01, 0.03
# A cluster of fewer rows has no form.
FEWEST_ROWS = 3

Labels = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Suitability:
    """What was measured, by name; every measure is a plain number, and finite."""

    measures: Mapping[str, float]
    partitions: Mapping[str, Partition]


def sample_limit(ks: Sequence[int]) -> int:
    """Return the most rows that the comparison looks at for these candidates."""
    return min(MOST_ROWS, rows_for(max(ks), SAMPLE_ROWS))


def measure_suitability(context: SweepContext, ks: tuple[int, ...]) -> Suitability:
    """Run the other methods on a sample and compare them with k-means at every candidate."""
    with one_blas_thread():
        return _measured(context, ks)


def with_candidates(found: Suitability, context: SweepContext, ks: tuple[int, ...]) -> Suitability:
    """Return what ``measure_suitability`` finds for other candidates that look at as many rows."""
    rows = context.rows(sample_limit(ks))
    ours = [context.run(k).labels[rows] for k in ks]
    agree = {f"{name}_agree": _most_agreement(ours, found.partitions[name]) for name in RIVALS}
    return replace(found, measures={**found.measures, **agree})


def _measured(context: SweepContext, ks: tuple[int, ...]) -> Suitability:
    """Do what ``measure_suitability`` says."""
    limit = sample_limit(ks)
    data, places = context.sample(limit), context.places(limit)
    rows = context.rows(limit)
    seed = int(context.rng("suitability").integers(2**31))
    fitter = places.fitter()
    ours = [context.run(k).labels[rows] for k in ks]
    neighbors = _neighbors_in(context, limit)
    measures: dict[str, float] = {}
    partitions: dict[str, Partition] = {}
    for name in RIVALS:
        method = METHODS[name]
        context.progress(f"comparison with {method.label}", len(partitions), len(RIVALS))
        looked_at = places.rows if method.by_distances else data
        found = method.fit(looked_at, None, seed)
        stable = _stability(method, looked_at, found, context.rng("suitability", name))
        partitions[name] = found
        same_k = max(1, min(found.n_clusters, len(data) // 2))
        equal = fitter.fit(same_k, n_init=4, random_state=seed).best.labels
        kept = found.labels >= 0
        measures |= {
            f"{name}_k": float(found.n_clusters),
            f"{name}_noise": 1.0 - float(kept.mean()),
            f"{name}_stable": stable,
            f"{name}_second": second_share(found.labels),
            f"{name}_agree": _most_agreement(ours, found),
            f"{name}_agree_same_k": _agreement(equal, found.labels, kept),
            f"{name}_cut": _cut(found.labels, neighbors),
            f"{name}_cut_same_k": _cut(equal, neighbors),
            f"{name}_information": neighbor_information(found.labels, found.labels[neighbors]),
            f"{name}_entropy": entropy_of(found.labels),
            f"{name}_information_same_k": neighbor_information(equal, equal[neighbors]),
            f"{name}_entropy_same_k": entropy_of(equal),
        }
    one = METHODS["gaussian_mixture"].fit(data, 1, seed)
    measures["gaussian_mixture_gain"] = _gain(one, partitions["gaussian_mixture"], len(data))
    few = context.few_valued(limit)
    measures |= measure_traits(context.raw_sample(limit), data, places.rows, few, neighbors)
    return Suitability(measures, partitions)


def measure_shapes(context: SweepContext, ks: Sequence[int]) -> dict[int, dict[str, float]]:
    """Measure the k-means clusters of every candidate."""
    return {k: measure_shape(context, k) for k in ks}


def measure_shape(context: SweepContext, k: int) -> dict[str, float]:
    """Measure the k-means clusters: how unequal, elongated and tight, and what they cut."""
    limit = sample_limit((k,))
    places = context.places(limit)
    labels = context.run(k).labels[context.rows(limit)]
    neighbors = _neighbors_in(context, limit)
    return {
        **_shape(places.rows, labels, k),
        **_columns_between(context.raw_sample(limit), context.few_valued(limit), labels),
        "cut": _cut(labels, neighbors),
        "information": neighbor_information(labels, labels[neighbors]),
        "entropy": entropy_of(labels),
    }


def _gain(one: Partition, best: Partition, n_rows: int) -> float:
    """Return by how much BIC falls from one Gaussian to the best mixture, for each row."""
    gain = (one.bic - best.bic) / n_rows
    return gain if math.isfinite(gain) else 0.0


def kept_share(measures: Mapping[str, float], name: str, of: str = "") -> float:
    """Return the share of what groups of these sizes could tell that a method's groups keep.

    ``of="_same_k"`` asks for as many clusters of k-means.
    """
    most = measures.get(f"{name}_entropy{of}", math.nan)
    told = measures.get(f"{name}_information{of}", math.nan)
    return 0.0 if most <= 0.0 else min(1.0, told / most)


def follows_better(measures: Mapping[str, float], name: str) -> bool:
    """Whether a method's groups follow the data better than as many clusters of k-means.

    They do where they keep a larger share of their information, or tell more with much the same
    share: k-means may spend clusters on specks, which keep all of the little that they could tell.
    """
    lead = kept_share(measures, name) - kept_share(measures, name, "_same_k")
    more = measures[f"{name}_information"] > measures[f"{name}_information_same_k"]
    return measures[f"{name}_k"] >= 2 and (lead > LEAST_LEAD or (more and lead > -SAME_SHARE))


def second_share(labels: Labels) -> float:
    """Return the share of the second largest group among the rows that are not noise."""
    sizes = np.sort(np.bincount(labels[labels >= 0]))
    return float(sizes[-2] / sizes.sum()) if len(sizes) > 1 else 0.0


def _stability(method: Method, data: Floats, found: Partition, rng: np.random.Generator) -> float:
    """Return how far the method agrees with itself on parts of the rows (adjusted Rand index)."""
    agreements = []
    for _ in range(N_PARTS):
        size = max(2, int(PART * len(data)))
        part = rng.choice(len(data), min(size, len(data)), replace=False)
        again = method.fit(data[part], max(1, found.n_clusters), int(rng.integers(2**31)))
        kept = (found.labels[part] >= 0) & (again.labels >= 0)
        agreements.append(_agreement(found.labels[part], again.labels, kept))
    return max(0.0, float(np.mean(agreements)))


def _neighbors_in(context: SweepContext, limit: int) -> NDArray[np.intp]:
    """Return the neighbors within the context's sample, found once."""
    return context.shared(("neighbors", limit), lambda: _neighbors(context.places(limit).rows))


def _neighbors(data: Floats) -> NDArray[np.intp]:
    """Return the numbers of each row's nearest other rows."""
    count = min(N_NEIGHBORS, len(data) - 1)
    if count == 0:
        return np.empty((len(data), 0), dtype=np.intp)
    found: NDArray[np.intp] = (
        NearestNeighbors(n_neighbors=count).fit(data).kneighbors(return_distance=False)
    )
    return found


def _cut(labels: Labels, neighbors: NDArray[np.intp]) -> float:
    """Return the share of links between near neighbors that join two clusters; noise apart."""
    ends = labels[neighbors]
    both = (labels[:, None] >= 0) & (ends >= 0)
    return float(((ends != labels[:, None]) & both).sum() / max(1, both.sum()))


def _most_agreement(ours: Sequence[Labels], found: Partition) -> float:
    """Return the largest agreement of any of our partitions with another method's."""
    return max(_agreement(labels, found.labels, found.labels >= 0) for labels in ours)


def _agreement(labels: Labels, others: Labels, kept: NDArray[np.bool_]) -> float:
    """Return the adjusted Rand index on the rows that are not noise; 0 where there are none."""
    return agreement(labels[kept], others[kept])


def _shape(data: Floats, labels: Labels, k: int) -> dict[str, float]:
    """Measure how unequal, how elongated and how tight the k-means clusters are."""
    sizes = np.bincount(labels, minlength=k)
    found = [_form(data[labels == c]) for c in range(k) if sizes[c] >= FEWEST_ROWS]
    if not found:
        found = [_form(data)]
    weights = np.array([size for size in sizes if size >= FEWEST_ROWS] or [1], dtype=np.float64)
    radii, longest, tails, skews, peaks = np.array(found).T
    return {
        "size_ratio": math.log(sizes.max() / max(1, sizes.min())),
        "radius_ratio": math.log(radii.max() / radii.min()),
        "elongation": float(np.average(longest, weights=weights)),
        "tail": float(np.average(tails, weights=weights)),
        "smallest_share": float(sizes.min() / len(data)),
        "concentration": float(((sizes / len(data)) ** 2).sum()),
        "inner_skew": float(np.average(skews, weights=weights)),
        "inner_peak": float(np.average(peaks, weights=weights)),
        "inner_peak_least": float(peaks.min()),
    }


def _form(rows: Floats) -> tuple[float, float, float, float, float]:
    """Return radius, length, share far out, and skewness and kurtosis along the longest axis."""
    away = rows - rows.mean(axis=0)
    distance = np.sqrt((away**2).sum(axis=1))
    _, lengths, axes = np.linalg.svd(away, full_matrices=False)
    spread = lengths**2
    along = away @ axes[0]
    width = math.sqrt(float((along**2).mean())) + 1e-300
    z = along / width
    return (
        math.sqrt(float((distance**2).mean())) + 1e-300,
        float(spread[0] * len(spread) / max(spread.sum(), 1e-300)),
        float((distance > 4.0 * np.median(distance)).mean()),
        min(abs(float((z**2 * z).mean())), 5.0),
        min(float(((z**2) ** 2).mean()) - 3.0, 10.0),
    )


def _columns_between(raw: Floats, few: NDArray[np.bool_], labels: Labels) -> dict[str, float]:
    """Measure how much of what sets the clusters apart lies in columns of few values, or in one."""
    between = squares_between(raw, labels)
    total = max(float(between.sum()), 1e-300)
    return {
        "few_valued_between": float(between[few].sum() / total),
        "one_column_between": float(between.max() / total),
    }

"""Does k-means suit these data? Measured beside other methods, on one sample of rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr
from sklearn.neighbors import NearestNeighbors

from kwise._core.threads import one_blas_thread
from kwise.comparison import METHODS, Method, Partition
from kwise.selection.agreement import agreement
from kwise.selection.context import SweepContext, rows_for
from kwise.selection.dequantization import few_valued
from kwise.selection.fitter import Fitter
from kwise.selection.neighbor_information import neighbor_information
from kwise.selection.traits import measure_traits
from kwise.types import Floats

__all__ = [
    "RIVALS",
    "Suitability",
    "best_alternative",
    "measure_shape",
    "measure_shapes",
    "measure_suitability",
    "sample_limit",
]

# The methods that k-means is measured against.
RIVALS = ("gaussian_mixture", "ward", "hdbscan", "dbscan")
SAMPLE_ROWS = 1_500
# Some of the other methods need time and memory that grow with the square of the rows.
MOST_ROWS = 3_000
# By their rules they see at most so many groups, and cannot speak of more.
MOST_SEEN = {"gaussian_mixture": 9, "ward": 9, "hdbscan": 20, "dbscan": 1_000_000}
# Where k-means sees one group these say nothing: one long-tailed group looks like two Gaussians
# of different widths, and Ward by its rule always sees two groups or more.
MUTE_AT_ONE = ("gaussian_mixture", "ward")
N_NEIGHBORS = 6
# The other methods are run again on parts of the sample, to see whether they repeat themselves.
N_PARTS = 2
# A method that says less than this is not named as the better one.
LEAST_VOICE = 0.2
# Nor is one that wins back less of the bits that k-means loses by cutting through dense regions
# (neighbor_information): a share of them, and so many bits.
LEAST_SHARE_WON, LEAST_WON = 1 / 3, 0.02
# Partitions with an adjusted Rand index above this are much the same.
MUCH_ALIKE = 0.8
# Borders that cut so many links between near neighbors run through the middle of a group.
MOST_CUT = 0.15
PART = 0.8
# A cluster of fewer rows has no form.
FEWEST_ROWS = 3
# A few rows that lie close together by chance are a group to these methods, but no structure.
SEE_SHAPES = ("hdbscan", "dbscan")
LEAST_SECOND = 0.06

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


def _measured(context: SweepContext, ks: tuple[int, ...]) -> Suitability:
    """Do what ``measure_suitability`` says."""
    limit = sample_limit(ks)
    data = context.sample(limit)
    rows = context.rows(limit)
    seed = int(context.rng("suitability").integers(2**31))
    fitter = Fitter(data)
    ours = [context.run(k).labels[rows] for k in ks]
    neighbors = _neighbors_in(context, limit)
    measures: dict[str, float] = {}
    partitions: dict[str, Partition] = {}
    for name in RIVALS:
        method = METHODS[name]
        context.progress(f"comparison with {method.label}", len(partitions), len(RIVALS))
        found = method.fit(data, None, seed)
        stable = _stability(method, data, found, context.rng("suitability", name))
        partitions[name] = found
        same_k = max(1, min(found.n_clusters, len(data) // 2))
        equal = fitter.fit(same_k, n_init=4, random_state=seed).best.labels
        kept = found.labels >= 0
        measures |= {
            f"{name}_k": float(found.n_clusters),
            f"{name}_noise": 1.0 - float(kept.mean()),
            f"{name}_stable": stable,
            f"{name}_second": second_share(found.labels),
            f"{name}_agree": max(_agreement(labels, found.labels, kept) for labels in ours),
            f"{name}_agree_same_k": _agreement(equal, found.labels, kept),
            f"{name}_cut": _cut(found.labels, neighbors),
            f"{name}_cut_same_k": _cut(equal, neighbors),
            f"{name}_information": neighbor_information(found.labels, found.labels[neighbors]),
            f"{name}_information_same_k": neighbor_information(equal, equal[neighbors]),
            f"{name}_entropy_same_k": _bits(equal),
        }
    one = METHODS["gaussian_mixture"].fit(data, 1, seed)
    measures["gaussian_mixture_gain"] = _gain(one, partitions["gaussian_mixture"], len(data))
    raw = context.raw_sample(limit)
    measures |= measure_traits(raw, data, neighbors)
    return Suitability(measures, partitions)


def measure_shapes(context: SweepContext, ks: Sequence[int]) -> dict[int, dict[str, float]]:
    """Measure the k-means clusters of every candidate."""
    return {k: measure_shape(context, k) for k in ks}


def measure_shape(context: SweepContext, k: int) -> dict[str, float]:
    """Measure the k-means clusters: how unequal, elongated and tight, and what they cut."""
    limit = sample_limit((k,))
    data = context.sample(limit)
    labels = context.run(k).labels[context.rows(limit)]
    neighbors = _neighbors_in(context, limit)
    raw = context.raw_sample(limit)
    return {
        **_shape(data, labels, k),
        **_columns_between(raw, labels, k),
        "cut": _cut(labels, neighbors),
        "information": neighbor_information(labels, labels[neighbors]),
        "entropy": _bits(labels),
    }


def _gain(one: Partition, best: Partition, n_rows: int) -> float:
    """Return by how much BIC falls from one Gaussian to the best mixture, for each row."""
    gain = (one.bic - best.bic) / n_rows
    return gain if math.isfinite(gain) else 0.0


def best_alternative(measures: Mapping[str, float], k: int) -> str | None:
    """Name the method that sees several groups most cleanly where k-means sees others.

    None where every method that speaks agrees with k-means of as many clusters, or follows the
    data no better than they do. A method that cannot see as many groups as the ``k`` of k-means
    is no better for seeing fewer.
    """
    able = [name for name in RIVALS if k <= MOST_SEEN[name] and follows_better(name, measures)]
    if not able:
        return None

    def likeness(name: str) -> float:
        return max(0.0, min(measures[f"{name}_agree"], measures[f"{name}_agree_same_k"]))

    best = max(able, key=lambda name: _speaks(name, measures) * (1.0 - likeness(name)))
    clear = _speaks(best, measures) >= LEAST_VOICE and likeness(best) < MUCH_ALIKE
    return best if clear else None


def follows_better(name: str, measures: Mapping[str, float]) -> bool:
    """Whether a method's groups follow the data better than as many clusters of k-means."""
    ours = measures[f"{name}_information_same_k"]
    won = measures[f"{name}_information"] - ours
    lost = measures[f"{name}_entropy_same_k"] - ours
    return won > max(LEAST_WON, LEAST_SHARE_WON * lost)


def _speaks(name: str, measures: Mapping[str, float]) -> float:
    """Return how much a method has to say, in [0, 1].

    It speaks when it sees several groups, not one and a speck, leaves few rows out, repeats
    itself, and draws its borders through sparse regions.
    """
    clean = float(np.clip(1.0 - measures[f"{name}_cut"] / MOST_CUT, 0.0, 1.0))
    if name in SEE_SHAPES:
        clean *= min(1.0, measures[f"{name}_second"] / LEAST_SECOND)
    kept = (1.0 - measures[f"{name}_noise"]) ** 2
    return kept * float(measures[f"{name}_k"] >= 2) * measures[f"{name}_stable"] ** 2 * clean


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
    return context.shared(("neighbors", limit), lambda: _neighbors(context.sample(limit)))


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


def _bits(labels: Labels) -> float:
    """Return the entropy of the groups' sizes: the most that neighbors' groups can tell."""
    sizes = np.bincount(labels)
    # As scipy.stats.entropy with base 2, whose import would take half a second.
    return float(entr(sizes / sizes.sum()).sum() / math.log(2))


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
        min(abs(float((z**3).mean())), 5.0),
        min(float((z**4).mean()) - 3.0, 10.0),
    )


def _columns_between(raw: Floats, labels: Labels, k: int) -> dict[str, float]:
    """Measure how much of what sets the clusters apart lies in columns of few values, or in one."""
    sizes = np.maximum(np.bincount(labels, minlength=k), 1)
    means = np.array([np.bincount(labels, column, minlength=k) / sizes for column in raw.T])
    between = (sizes * (means - raw.mean(axis=0)[:, None]) ** 2).sum(axis=1)
    total = max(float(between.sum()), 1e-300)
    return {
        "few_valued_between": float(between[few_valued(raw)].sum() / total),
        "one_column_between": float(between.max() / total),
    }

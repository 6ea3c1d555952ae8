"""The rows of the comparison: what is measured, and what must agree."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

import measuring
import numpy as np
from peers import PEERS, Outcome, Peer, Work
from scipy import sparse
from sklearn.datasets import make_blobs

import kwise

# float32 contestants round along the way: the same optimum is within this of kwise's.
TOLERANCE = 2e-4


@dataclass
class Row:
    """One comparison: times in seconds of every contestant, and what they agreed on.

    ``apart`` is how far above kwise's inertia, relatively, those came who may do otherwise.
    ``bytes`` and ``flops`` are what the plain algorithm must read and compute at least: the data
    once an iteration, and two operations a product.
    """

    name: str
    bytes: float = 0.0
    flops: float = 0.0
    times: dict[str, list[float]] = field(default_factory=dict)
    agreement: str = ""
    apart: dict[str, float] = field(default_factory=dict)

    def median(self, who: str) -> float:
        """Return the median of someone's times, in seconds."""
        return statistics.median(self.times[who])

    def ratio(self, who: str) -> float:
        """Return how many times longer someone takes than kwise."""
        return self.median(who) / self.median("kwise")


def blobs(n: int, d: int, centers: int, spread: float, dtype: type = np.float32) -> np.ndarray:
    X, _ = make_blobs(n, d, centers=centers, cluster_std=spread, random_state=0)
    return np.ascontiguousarray(X, dtype=dtype)


def documents(n: int, d: int, groups: int, density: float) -> sparse.csr_matrix:
    """Return rows of which a fifth of the entries stand in columns that their group prefers."""
    rng = np.random.default_rng(0)
    filled = int(density * d)
    columns = rng.integers(d, size=(n, filled))
    own = filled // 5
    first = rng.integers(groups, size=(n, 1)) * (d // groups)
    columns[:, :own] = first + rng.integers(d // groups, size=(n, own))
    rows = np.repeat(np.arange(n), filled)
    X = sparse.csr_matrix((rng.random(n * filled), (rows, columns.ravel())), shape=(n, d))
    X.sum_duplicates()
    return X


def random_start(X: np.ndarray | sparse.csr_matrix, k: int) -> np.ndarray:
    """Return k rows drawn without replacement."""
    rows = np.sort(np.random.default_rng(0).choice(X.shape[0], k, replace=False))
    return X[rows].toarray() if sparse.issparse(X) else X[rows].copy()


def contestants(does: str, n: int, d: int, k: int, among: tuple[Peer, ...]) -> list[Peer]:
    """Return who can do a thing and is meant for the shape."""
    return [peer for peer in among if getattr(peer, does) and peer.suits(n, d, k)]


def compare_iterations(row: Row, runs: dict[str, Work], exact: set[str]) -> None:
    """Assert that exact contestants did the same; note what the others came to."""
    found: dict[str, Outcome] = {who: run() for who, run in runs.items()}
    ours = found["kwise"]
    for who, outcome in found.items():
        apart = outcome.inertia / ours.inertia - 1
        if who not in exact:
            row.apart[who] = apart
            continue
        assert abs(apart) < TOLERANCE, (row.name, who, found)
        assert outcome.n_iter in {None, ours.n_iter}, (row.name, who, found)
    row.agreement = f"inertia {ours.inertia:.6g}"


def iterations_of(X: np.ndarray | sparse.csr_matrix, start: np.ndarray, at_most: int) -> int:
    """Return how many iterations there are to do before nothing moves, at most so many."""
    model = kwise.KMeans(len(start), init=start, n_init=1, max_iter=at_most, tol=0)
    return int(model.fit(X).n_iter_)


def lloyd_row(n: int, d: int, k: int, repeats: int, iterations: int = 20) -> Row:
    """Time a given number of iterations from one start of k random rows."""
    X = blobs(n, d, centers=k, spread=4.0)
    start = random_start(X, k)
    iterations = iterations_of(X, start, iterations)
    row = Row(
        f"{iterations} iterations, {n:,} x {d}, k = {k}",
        bytes=4.0 * n * d * iterations,
        flops=2.0 * n * d * k * iterations,
    )
    who = contestants("lloyd", n, d, k, PEERS)
    runs = {peer.name: peer.lloyd(X, start, iterations) for peer in who if peer.lloyd}
    compare_iterations(row, runs, {peer.name for peer in who if peer.is_exact})
    row.times = measuring.interleaved(runs, repeats)
    return row


def iteration_row(n: int, d: int, k: int, repeats: int, iterations: int = 20) -> Row:
    """Time one iteration: the mean of those after the first, without what comes before and after.

    The difference between whole descents, one of a single iteration from the same start.
    """
    X = blobs(n, d, centers=k, spread=4.0)
    start = random_start(X, k)
    iterations = iterations_of(X, start, iterations)
    row = Row(f"one of {iterations} iterations, {n:,} x {d}, k = {k}", 4.0 * n * d, 2.0 * n * d * k)
    who = [peer for peer in contestants("lloyd", n, d, k, PEERS) if peer.lloyd and peer.is_exact]
    whole = {peer.name: peer.lloyd(X, start, iterations) for peer in who if peer.lloyd}
    first = {f"{peer.name}, 1": peer.lloyd(X, start, 1) for peer in who if peer.lloyd}
    compare_iterations(row, whole, set(whole))
    times = measuring.interleaved({**whole, **first}, repeats)
    for name in whole:
        more = statistics.median(times[name]) - statistics.median(times[f"{name}, 1"])
        row.times[name] = [more / (iterations - 1)]
    return row


def sparse_row(n: int, d: int, k: int, density: float, repeats: int) -> Row:
    """Time iterations on a CSR matrix."""
    X = documents(n, d, k, density)
    start = random_start(X, k)
    iterations = iterations_of(X, start, 10)
    row = Row(
        f"{iterations} iterations, {n:,} x {d:,} CSR, {density:.0%} filled, k = {k}",
        bytes=12.0 * X.nnz * iterations,
        flops=2.0 * X.nnz * k * iterations,
    )
    who = [peer for peer in contestants("lloyd", n, d, k, PEERS) if peer.takes_sparse]
    runs = {peer.name: peer.lloyd(X, start, iterations) for peer in who if peer.lloyd}
    compare_iterations(row, runs, {peer.name for peer in who})
    row.times = measuring.interleaved(runs, repeats)
    return row


def fit_row(n: int, d: int, k: int, repeats: int) -> Row:
    """Time a default fit from one seed, to convergence."""
    # More clusters than groups, in the last row, as where nobody knows how many there are.
    return compare_fits(blobs(n, d, min(k, 100), 4.0, np.float64), k, "", repeats)


def noise_fit_row(n: int, d: int, k: int, repeats: int) -> Row:
    """Time a default fit of standardized columns without groups."""
    return compare_fits(np.random.default_rng(0).normal(size=(n, d)), k, " of noise", repeats)


def tailed_fit_row(n: int, d: int, k: int, repeats: int) -> Row:
    """Time a default fit of counts and sizes as a network's records have them.

    Kinds of records, most of them alike, some columns a few values of which are millions, one after
    the other as they came.
    """
    rng = np.random.default_rng(0)
    kinds = rng.exponential(size=(k, d)) * (rng.uniform(size=(k, d)) < 0.5)
    kind = np.repeat(rng.choice(k, size=n // 50 + 1, p=rng.dirichlet(np.full(k, 0.3))), 50)[:n]
    X = np.round(kinds[kind] * rng.lognormal(0.0, 0.3, size=(n, d)) * 100.0)
    X[:, :2] *= rng.pareto(1.1, size=(n, 2))
    return compare_fits(X, k, " of heavy tails", repeats)


def compare_fits(X: np.ndarray, k: int, what: str, repeats: int) -> Row:
    """Time a default fit from one seed, to convergence."""
    n, d = X.shape
    who = contestants("fit", n, d, k, PEERS)
    runs = {peer.name: peer.fit(X, k) for peer in who if peer.fit}
    fits = {name: run() for name, run in runs.items()}
    ours, theirs = fits["kwise"], fits["scikit-learn"]
    passes = ours.n_iter_ + 1 + k
    products = k * (ours.n_iter_ + 1) + (k - 1) * (2 + int(np.log(k)))
    row = Row(f"default fit{what}, {n:,} x {d}, k = {k}, float64", 8.0 * n * d * passes)
    row.flops = 2.0 * n * d * products
    assert ours.inertia_ < theirs.inertia_ * 1.02, row.name
    same = np.mean(ours.labels_ == theirs.labels_)
    row.apart = {
        name: float(fit.inertia_ / ours.inertia_ - 1)
        for name, fit in fits.items()
        if name not in {"kwise", "scikit-learn"}
    }
    iterations = f"{theirs.n_iter_} and {ours.n_iter_} iterations"
    row.agreement = f"{same:.2%} of labels the same, {iterations}"
    row.times = measuring.interleaved(runs, repeats)
    return row


def seeding_row(n: int, d: int, k: int, repeats: int) -> Row:
    """Time greedy k-means++ alone."""
    X = blobs(n, d, centers=k, spread=4.0, dtype=np.float64)
    runs = {peer.name: peer.seeding(X, k) for peer in PEERS if peer.seeding}
    trials = 2 + int(np.log(k))
    row = Row(f"k-means++ alone, {n:,} x {d}, k = {k}", 8.0 * n * d * k)
    row.flops = 2.0 * n * d * k * trials
    seeds = {who: run() for who, run in runs.items()}
    same = np.mean([a == b for a, b in zip(seeds["kwise"], seeds["scikit-learn"], strict=True)])
    row.agreement = f"{same:.0%} of seeds the same"
    assert same == 1.0, row
    row.times = measuring.interleaved(runs, repeats)
    return row


def predict_row(n: int, d: int, k: int, repeats: int) -> Row:
    """Time the labels of the training rows."""
    X = blobs(n, d, centers=k, spread=4.0)
    start = random_start(X, k)
    runs = {peer.name: peer.predict(X, start) for peer in PEERS if peer.predict}
    row = Row(f"predict, {n:,} x {d}, k = {k}", 4.0 * n * d, 2.0 * n * d * k)
    labels = {who: run() for who, run in runs.items()}
    same = min(float(np.mean(found == labels["kwise"])) for found in labels.values())
    assert same > 0.9999, (row.name, same)
    row.agreement = f"{same:.3%} of labels the same"
    row.times = measuring.interleaved(runs, repeats)
    return row


def transform_row(n: int, d: int, k: int, repeats: int) -> Row:
    """Time the distances of the training rows to all centers."""
    X = blobs(n, d, centers=k, spread=4.0)
    start = random_start(X, k)
    runs = {peer.name: peer.transform(X, start) for peer in PEERS if peer.transform}
    row = Row(f"transform, {n:,} x {d}, k = {k}", 4.0 * n * (d + k), 2.0 * n * d * k)
    ours = runs["kwise"]()
    for who, run in runs.items():
        np.testing.assert_allclose(run(), ours, rtol=1e-2, atol=1e-2, err_msg=who)
    row.agreement = "distances to 1 %"
    row.times = measuring.interleaved(runs, repeats)
    return row


def silhouette_row(n: int, d: int, k: int, repeats: int) -> Row:
    """Time the exact mean silhouette."""
    X = blobs(n, d, centers=k, spread=2.0, dtype=np.float64)
    labels = kwise.KMeans(k, random_state=0).fit_predict(X)
    runs = {peer.name: peer.silhouette(X, labels) for peer in PEERS if peer.silhouette}
    row = Row(f"silhouette, {n:,} x {d}, k = {k}", 8.0 * n * d, 2.0 * n * n * d)
    values = {who: float(run()) for who, run in runs.items()}
    assert abs(values["kwise"] - values["scikit-learn"]) < 1e-9, values
    row.agreement = f"{values['kwise']:.9f}"
    row.times = measuring.interleaved(runs, repeats)
    return row


def sweep_row(repeats: int) -> Row:
    """Time the elbow loop of a well-known tutorial: k = 1..10, ten random starts each."""
    X, _ = make_blobs(200, centers=3, cluster_std=2.75, random_state=42)
    X = (X - X.mean(axis=0)) / X.std(axis=0)

    def sweep(peer: Peer) -> Callable[[], object]:
        return lambda: [peer.random_starts(X, k)() for k in range(1, 11)]  # type: ignore[misc]

    runs = {peer.name: sweep(peer) for peer in PEERS if peer.random_starts}
    row = Row("elbow loop, 200 x 2, k = 1..10, 10 random starts")
    inertias = {who: run() for who, run in runs.items()}
    assert np.allclose(inertias["kwise"], inertias["scikit-learn"], rtol=1e-9)
    row.agreement = "the same ten inertias"
    row.times = measuring.interleaved(runs, 3 * repeats)
    return row


ASSIGNMENTS = (
    (20_000, 2, 8),
    (100_000, 2, 10),
    (1_000_000, 8, 16),
    (13_828, 2, 6),
    (100_000, 64, 100),
    (100_000, 128, 10),
    (50_000, 128, 1000),
    (60_000, 784, 10),
    (60_000, 784, 100),
)


def rows(quick: bool, few: int, many: int) -> list[tuple[str, Callable[[], Row]]]:
    """Return what each row is about, and how to measure it: long work ``few`` times."""
    found: list[tuple[str, Callable[[], Row]]] = []

    def add(make: Callable[..., Row], *shape: float, slow: bool = False) -> None:
        if not (quick and slow):
            about = " ".join([make.__name__.removesuffix("_row"), *map(str, shape[:3])])
            found.append((about, lambda: make(*shape)))

    for n, d, k in ASSIGNMENTS:
        large = n * d * k > 2 * 10**8
        add(lloyd_row, n, d, k, few if large else many * (3 if n < 50_000 else 1), slow=large)
    add(lloyd_row, 30_000, 768, 1000, few, 5, slow=True)
    for n, d, k in ASSIGNMENTS:
        large = n * d * k > 2 * 10**8
        add(iteration_row, n, d, k, few if large else 9 * many, slow=large)
    add(sparse_row, 20_000, 10_000, 50, 0.01, few, slow=True)
    for shape in ((100_000, 2, 10), (13_828, 2, 6)):
        add(fit_row, *shape, many)
    for shape in ((1_000_000, 8, 20), (300_000, 16, 100), (100_000, 32, 100)):
        add(fit_row, *shape, few, slow=True)
    for shape in ((50_000, 128, 100), (20_000, 512, 100), (32_000, 256, 100), (32_000, 256, 1000)):
        add(fit_row, *shape, few, slow=True)
    add(noise_fit_row, 327_000, 13, 20, few, slow=True)
    add(tailed_fit_row, 494_021, 38, 23, few, slow=True)
    for shape in ((1_000_000, 16, 100), (50_000, 128, 400), (100_000, 2, 100)):
        add(seeding_row, *shape, few, slow=True)
    add(sweep_row, many)
    for n, d, k in ASSIGNMENTS:
        large = n * d * k > 2 * 10**8
        add(predict_row, n, d, k, many, slow=large)
        add(transform_row, n, d, k, many, slow=large)
    add(silhouette_row, 13_828, 2, 3, few)
    add(silhouette_row, 30_000, 10, 8, few, slow=True)
    add(silhouette_row, 10_000, 64, 8, few, slow=True)
    return found

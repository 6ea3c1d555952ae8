"""Calls every entry of the bindings with damaged arguments: an error in words, or an answer.

``python tests/fuzz/bindings.py CALLS SEED`` prints how many calls each entry took and refused.
A crash, or a sanitizer's word, is what it looks for; ``make fuzz-bindings`` says KWISE_NATIVE=FILE.
"""

from __future__ import annotations

import importlib.util
import mmap
import os
import sys
from collections import Counter

import numpy as np
from fuzz_descents import DESCENTS
from fuzz_variants import VARIANTS

REFUSALS = (ValueError, TypeError, OverflowError, MemoryError)


def load():
    """Return the native module, that of ``KWISE_NATIVE`` if it is set."""
    path, name = os.environ.get("KWISE_NATIVE"), "kwise._core._native"
    if path:
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return importlib.import_module(name)


class Arguments:
    """Draws arguments: mostly sound ones, each damaged now and then."""

    def __init__(self, native, rng):
        self.native, self.rng = native, rng
        self.dtype = rng.choice([np.float32, np.float64])
        self.n, self.d = (
            int(rng.choice([1, 2, 7, 33, 65, 300, 2100])),
            int(rng.choice([1, 2, 3, 4, 5, 8, 17, 33, 70])),
        )
        self.k = int(min(self.n, rng.choice([1, 2, 3, 5, 8, 17, 40, 130])))
        self.damage = rng.uniform() < 0.7

    def broken(self, chance=0.12):
        """Tell whether the next argument is damaged."""
        return self.damage and self.rng.uniform() < chance

    def number(self, good):
        """Return the number, or another."""
        odd = [
            0,
            -1,
            1,
            2,
            good + 1,
            good - 1,
            2**31 - 1,
            2**31,
            2**32,
            2**63 - 1,
            -(2**31),
            1.5,
            None,
            "3",
        ]
        return odd[self.rng.randint(len(odd))] if self.broken(0.06) else good

    def floats(self, *shape):
        """Return values of any size, layout and type."""
        rng = self.rng
        values = rng.normal(size=shape) * 10.0 ** rng.choice([0, 0, 0, -30, 30, 150, -200, 3])
        if rng.uniform() < 0.3:
            values = np.round(values)
        if self.broken() and values.size:
            places = rng.randint(values.size, size=3)
            values.ravel()[places] = rng.choice([np.nan, np.inf, -np.inf, 1e308, 5e-324], 3)
        values = values.astype(self.dtype)
        if self.broken(0.05):
            values = values.astype(
                rng.choice([np.float16, np.float64, np.float32, np.int64, object, complex])
            )
        if self.broken(0.05):
            values = [
                values.tolist(),
                values[..., None],
                values.ravel(),
                values[:0],
                values[..., :0],
                None,
            ][rng.randint(6)]
        return self.layout(values)

    def layout(self, values):
        """Return the same in another order in memory."""
        if not isinstance(values, np.ndarray) or values.ndim != 2 or self.rng.uniform() < 0.6:
            return values
        wide = np.zeros((2 * values.shape[0], 3 * values.shape[1]), values.dtype)
        wide[::2, 1::3] = values
        return [
            np.asfortranarray(values),
            wide[::2, 1::3],
            values[::-1, ::-1],
            np.broadcast_to(values[:1], values.shape),
        ][self.rng.randint(4)]

    def rows(self):
        """Return the rows."""
        return self.floats(self.n, self.d)

    def centers(self):
        """Return the centers, now and then of another width."""
        return np.ascontiguousarray(
            self.floats(self.k, self.d + (self.rng.randint(-1, 900) if self.broken() else 0))
        )

    def vector(self, size, *, optional=True):
        """Return weights or a shift."""
        if optional and self.rng.uniform() < 0.5:
            return None
        values = self.floats(size + (self.rng.randint(-size, 900) if self.broken() else 0))
        return (
            np.abs(values)
            if isinstance(values, np.ndarray) and values.dtype.kind == "f"
            else values
        )

    def indices(self, size, end, dtype):
        """Return indices, now and then outside."""
        size += self.rng.randint(-size, 50) if self.broken() else 0
        values = self.rng.randint(0, max(end, 1), size).astype(dtype)
        if self.broken() and size:
            odd = [-1, end, 2**31 - 1, -(2**31), end + 1000]
            values[self.rng.randint(size, size=2)] = self.rng.choice(odd, 2)
        if self.broken(0.05):
            values = [values.astype(np.int16), values[::2], values.astype(float), None][
                self.rng.randint(4)
            ]
        return values

    def width(self):
        """Return the number of columns, now and then another: none that memory is too small for."""
        odd = [0, -1, self.d - 1, self.d + 900, 2**31, 2**63, 1.5, None]
        return odd[self.rng.randint(len(odd))] if self.broken(0.06) else self.d

    def threads(self):
        """Return a number of threads."""
        return self.number(int(self.rng.choice([1, 2, 3])))

    def dense(self):
        """Return dense points."""
        kind = self.native.Points32 if self.dtype == np.float32 else self.native.Points64
        return kind(
            self.rows(),
            self.vector(self.d),
            self.vector(self.n),
            self.threads(),
            self.number(self.k),
        )

    def sparse(self):
        """Return sparse points, their index arrays damaged now and then."""
        rng = self.rng
        counts = rng.randint(0, self.d + 2, self.n)
        starts = np.concatenate([[0], np.cumsum(counts)])
        size = int(starts[-1])
        if self.broken():
            starts[rng.randint(len(starts))] = rng.choice([-1, 0, size + 1, 2**40, -(2**62)])
        values = self.vector(size, optional=False)
        kind = (
            self.native.SparsePoints32 if self.dtype == np.float32 else self.native.SparsePoints64
        )
        columns = self.indices(size, self.d, np.int32)
        starts = starts[: -rng.randint(1, 3)] if self.broken(0.05) else starts
        return kind(values, columns, starts, self.width(), self.vector(self.n), self.threads())

    def points(self):
        """Return points of either kind."""
        return self.dense() if self.rng.uniform() < 0.6 else self.sparse()

    def draws(self):
        """Return a number of clusters, uniform numbers and a number of trials."""
        k, trials = self.number(self.k), self.number(int(self.rng.randint(1, 5)))
        size = 1 + (self.k - 1) * trials if isinstance(trials, int) and 0 < trials < 100 else 3
        uniforms = self.rng.uniform(size=size + (self.rng.randint(-1, 2) if self.broken() else 0))
        if self.broken() and len(uniforms):
            uniforms[-1] = self.rng.choice([1.0, -0.5, np.nan, np.inf])
        return k, uniforms, trials

    def seeding(self, points):
        """Seed."""
        filters = ["automatic", "float32", "int16", "triangle", "none"]
        filters = filters if self.damage else ["automatic"]
        kind = filters[self.rng.randint(len(filters))]
        return self.native.kmeans_plusplus(points, *self.draws(), self.threads(), kind)


def _silhouette(a):
    codes = a.rng.permutation(np.arange(a.n, dtype=np.int32) % a.k)
    made = a.native.Silhouette(
        a.rows(),
        None if a.rng.uniform() < 0.5 else np.abs(a.rng.normal(size=a.n + a.broken())),
        a.indices(a.n, a.k, np.int32) if a.broken() else codes,
        a.number(a.k),
        a.threads(),
    )
    made.run(a.number(0), a.number(made.n_steps))
    made.values()
    made.values_of(a.indices(5, a.n, np.int64))
    return made.sums_of(a.indices(5, a.n, np.int64))


def _dip(a):
    values = a.floats(a.n)
    if not a.broken() and isinstance(values, np.ndarray) and values.dtype.kind == "f":
        values = np.sort(values.astype(float))
    return a.native.dip(values)


def _layer(a):
    sums = [a.vector(a.n + 1, optional=False) for _ in range(4)]
    if not a.broken():
        sums = [np.cumsum(a.rng.uniform(size=a.n + 1)) for _ in sums]
    return a.native.next_layer(*sums, a.number(a.rng.randint(a.n)))


def _segments(a):
    sums = [np.cumsum(a.rng.uniform(size=a.n + 1 + a.broken())) for _ in range(3)]
    values, low = a.rng.normal(size=(a.n + 1, a.d)), a.rng.randint(1, a.n + 1)
    return a.native.next_segments(sums[0], values, *sums[1:], a.number(0), low, a.threads())


def _part(a):
    kind = a.native.Part32 if a.dtype == np.float32 else a.native.Part64
    weights = a.vector(a.n)
    part = kind(
        a.rows(),
        a.vector(a.d, optional=False),
        weights,
        a.number(2 * a.n),
        np.abs(a.rng.normal(size=a.d + a.broken())),
        1.0,
        weights is not None,
        a.k,
        bool(a.rng.randint(2)),
        a.threads(),
    )
    if not a.broken():
        part.assign(a.centers())
        part.centers_moved(np.abs(a.rng.normal(size=a.k + a.broken())))
        part.assign(a.centers())
    part.chunk_inertias(a.centers())
    part.distances(a.centers())
    part.farthest(a.centers(), a.number(3))
    return part.labels(), part.sums()


def _totals(a):
    kind = a.native.Totals32 if a.dtype == np.float32 else a.native.Totals64
    totals = kind(a.n, np.ones(a.d), 1.0, bool(a.rng.randint(2)), a.k)
    n = a.rng.randint(3)
    places = [a.indices(n, a.k, np.int64) for _ in range(2)]
    totals.empty_clusters()
    totals.rounded()
    totals.move(a.centers(), a.floats(n, a.d), np.ones(n), *places)
    totals.clear()
    if a.broken(0.5):
        totals.add(np.zeros(3 + a.d), np.zeros(a.k))
    return totals


def _part_seeding(a):
    kind = a.native.PartSeeding32 if a.dtype == np.float32 else a.native.PartSeeding64
    seeding = kind(a.rows(), a.vector(a.d, optional=False), a.vector(a.n), a.threads())
    seeding.lower(a.floats(a.d), True)
    seeding.lower(a.floats(a.d), False)
    return seeding.look_up(np.sort(a.rng.uniform(size=3)), a.n, 0.0), seeding.distances()


def _cluster_spread(a):
    weights = a.rng.uniform(size=a.n + a.broken()) if a.rng.randint(2) else None
    clusters = (weights, a.indices(a.n, a.k, np.int32), a.number(a.k))
    return a.native.cluster_spread(a.rows(), *clusters, np.zeros(a.d + a.broken()), a.threads())


def _watch_mapping(a):
    mapped = np.frombuffer(mmap.mmap(-1, 8192), np.uint8)
    watched = a.native.watch_mapping(mapped[1:] if a.broken() else mapped)
    assert not a.native.mapping_missed(watched)
    a.native.unwatch_mapping(watched)


def _mapping_missed(a):
    a.native.mapping_missed(a.rng.randint(300) if a.broken(0.5) else -1)


def _unwatch_mapping(a):
    a.native.unwatch_mapping(a.rng.randint(300) if a.broken(0.5) else -1)


def _own_and_next(a):
    labels = a.indices(a.n, a.k, np.int32)
    return a.native.own_and_next(a.rows(), a.centers(), labels, a.threads())


ENTRIES = {
    **DESCENTS,
    **VARIANTS,
    "Points": lambda a: a.dense().variance,
    "SparsePoints": lambda a: a.sparse().n_samples,
    "kmeans_plusplus": lambda a: a.seeding(a.points()),
    "assign": lambda a: a.native.assign(a.rows(), a.centers(), a.threads()),
    "assign, sparse": lambda a: a.native.assign(a.sparse(), a.centers(), a.threads()),
    "inertia": lambda a: a.native.inertia(
        a.rows(), a.vector(a.n), a.centers(), a.indices(a.n, a.k, np.int32), a.threads()
    ),
    "inertia, sparse": lambda a: a.native.inertia(
        a.sparse(), a.centers(), a.indices(a.n, a.k, np.int32), a.threads()
    ),
    "distances": lambda a: a.native.distances(a.rows(), a.centers(), a.threads()),
    "own_and_next": _own_and_next,
    "watch_mapping": _watch_mapping,
    "mapping_missed": _mapping_missed,
    "unwatch_mapping": _unwatch_mapping,
    "cluster_spread": _cluster_spread,
    "column_means": lambda a: a.native.column_means(a.rows(), a.threads()),
    "column_statistics": lambda a: a.native.column_statistics(a.rows(), a.threads()),
    "column_variances": lambda a: a.native.column_variances(a.sparse(), a.threads()),
    "Part": _part,
    "Totals": _totals,
    "PartSeeding": _part_seeding,
    "draw_row": lambda a: a.native.draw_row64(
        np.ones(a.n) if a.rng.randint(2) else None,
        a.n + a.broken(),
        1.0 if a.broken() else a.rng.uniform(),
    ),
    "add_to_column_sums": lambda a: a.native.add_to_column_sums(
        a.rows(), a.vector(a.d, optional=False)
    ),
    "chunk_squares": lambda a: a.native.chunk_squares(
        a.rows(), a.vector(a.d, optional=False), a.threads()
    ),
    "Silhouette": _silhouette,
    "dip": _dip,
    "next_layer": _layer,
    "next_segments": _segments,
}


def fuzz(n_calls, seed, *, aloud=False):
    """Call the entries in turn; return what became of the calls, by entry."""
    native = load()
    outcomes = {name: Counter() for name in ENTRIES}
    for call in range(n_calls):
        name = list(ENTRIES)[call % len(ENTRIES)]
        if aloud:
            print(seed + call, name, flush=True)  # noqa: T201 - the last line names the call
        arguments = Arguments(native, np.random.RandomState((seed + call) % 2**32))
        try:
            with np.errstate(all="ignore"):
                ENTRIES[name](arguments)
        except REFUSALS as refusal:
            outcomes[name][type(refusal).__name__] += 1
        else:
            outcomes[name]["answered"] += 1
    return outcomes


if __name__ == "__main__":
    total, first = map(int, sys.argv[1:])
    for entry, counts in fuzz(total, first, aloud="FUZZ_ALOUD" in os.environ).items():
        print(f"{entry:18s}", dict(counts))  # noqa: T201
    print(f"{total} calls from seed {first}: none ended the process")  # noqa: T201

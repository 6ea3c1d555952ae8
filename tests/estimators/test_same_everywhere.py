"""Answers are the same bit for bit on any number of threads and any instruction set."""

import os
import subprocess
import sys

import pytest

import kwise

# Fits all kinds of models and prints one digest per number of threads.
PROGRAM = """
import hashlib
import numpy as np
import threadpoolctl
import kwise

rng = np.random.RandomState(0)
X = np.concatenate([rng.normal(size=(9000, 5)), rng.normal(3, 1, size=(9001, 5))])
w = rng.uniform(size=len(X)) ** 8
# So many features that some instruction sets filter in scaled int16 and others in float32.
wide = rng.normal(size=(3000, 50)) + 2 * rng.randint(4, size=(3000, 1))
# So few features and so many rows that these are assigned by blocks.
flat = np.concatenate([rng.normal(size=(10000, 2)), rng.normal(3, 1, size=(10001, 2))])

def parts(dtype):
    for rows in (X, X + 1e4, np.round(X)):
        rows = rows.astype(dtype)
        for weights in (None, w.astype(dtype)):
            model = kwise.KMeans(13, n_init=2, random_state=0, keep_history=True)
            model.fit(rows, sample_weight=weights)
            yield model.labels_, model.cluster_centers_, model.inertia_, model.n_iter_
            yield model.history_.inertia, model.inertias_
            yield model.predict(rows[::-1]), model.transform(rows[:500]), model.score(rows, None, w)
    model = kwise.KMeans(45, random_state=0).fit(wide.astype(dtype))
    yield model.labels_, model.cluster_centers_, model.inertia_, model.n_iter_
    for weights in (None, w[:1].repeat(len(flat)) * np.arange(len(flat))):
        model = kwise.KMeans(9, random_state=0).fit(flat.astype(dtype), sample_weight=weights)
        yield model.labels_, model.cluster_centers_, model.inertia_, model.n_iter_
    for some, k in ((wide, 20), (X, 12), (flat, 40)):
        model = kwise.KMeans(k, quality="better", random_state=0).fit(some.astype(dtype))
        yield model.labels_, model.cluster_centers_, model.inertia_
    model = kwise.KMeans(9, quality="best", random_state=0).fit(wide[:400].astype(dtype))
    yield model.labels_, model.cluster_centers_, model.inertia_
    for some in (wide, wide + 1e4, wide[::-1, :3]):
        some = some.astype(dtype)
        model = kwise.KMeans(30, init=some[:30], max_iter=1).fit(some)
        yield model.transform(some), model.predict(some[::3])
    tree = kwise.BisectingKMeans(7, random_state=0).fit(rows)
    yield tree.labels_, tree.cluster_centers_, tree.node_inertias_
    batches = kwise.MiniBatchKMeans(7, random_state=0).fit(rows)
    yield batches.labels_, batches.cluster_centers_, batches.inertia_
    yield kwise.kmeans_plusplus(rows, 30, random_state=0)

for n_threads in (1, 2, 3, 4):
    with threadpoolctl.threadpool_limits(n_threads):
        digest = hashlib.sha256()
        for dtype in (np.float32, np.float64):
            for answers in parts(dtype):
                for answer in answers:
                    digest.update(np.ascontiguousarray(answer).tobytes())
    print(kwise.build_info()["isa"], n_threads, digest.hexdigest())
"""


def _digests(isa: str) -> list[list[str]]:
    environment = os.environ | {"KWISE_MAX_ISA": isa, "OMP_NUM_THREADS": "4"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [line.split() for line in done.stdout.splitlines()]


@pytest.mark.slow
def test_threads_and_instruction_sets_change_no_bit():
    best = str(kwise.build_info()["machine_isa"])
    x86 = ["baseline", "avx2", "avx512", "avx512vnni", "amx"]
    order = ["baseline", "neon"] if best == "neon" else x86
    usable = order[: order.index(best) + 1]

    lines = [line for isa in usable for line in _digests(isa)]

    assert [line[0] for line in lines] == [isa for isa in usable for _ in range(4)]
    assert len({line[2] for line in lines}) == 1, lines

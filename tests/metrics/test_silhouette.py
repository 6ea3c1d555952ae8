"""Silhouettes agree with scikit-learn's, and with the definition where that loses digits."""

import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
from scipy import sparse
from sklearn import metrics as reference
from sklearn.datasets import make_blobs

from kwise.metrics import silhouette_estimate, silhouette_samples, silhouette_score


@pytest.fixture(params=[1, 2, 5, 33])
def blobs(request):
    return make_blobs(400, request.param, centers=4, cluster_std=2.0, random_state=1)


def by_definition(X, labels, power=1):
    """Silhouettes from the full matrix, written as the paper has them."""
    distance = np.sqrt(((X[:, None] - X[None]) ** 2).sum(-1)) ** power
    values = np.zeros(len(X))
    for i, own in enumerate(labels):
        mates = np.flatnonzero((labels == own) & (np.arange(len(X)) != i))
        if len(mates):
            a = distance[i, mates].mean()
            b = min(distance[i, labels == c].mean() for c in set(labels) - {own})
            values[i] = (b - a) / max(a, b)
    return values


def test_exact_agrees_with_the_definition(blobs):
    X, labels = blobs

    assert np.abs(silhouette_samples(X, labels) - by_definition(X, labels)).max() < 1e-9


def test_exact_agrees_with_scikit_learn(blobs):
    X, labels = blobs

    expected = reference.silhouette_samples(X, labels)

    assert np.abs(silhouette_samples(X, labels) - expected).max() < 1e-9
    assert silhouette_score(X, labels) == pytest.approx(expected.mean(), abs=1e-9)


def test_far_from_zero_no_digits_are_lost(blobs):
    X, labels = blobs
    far = X + 1e7

    assert np.abs(silhouette_samples(far, labels) - by_definition(far, labels)).max() < 1e-6


def test_float32_stays_float32(blobs):
    X, labels = blobs

    values = silhouette_samples(X.astype(np.float32), labels)

    assert values.dtype == np.float32
    assert np.abs(values - by_definition(X, labels)).max() < 1e-4


def test_squared_agrees_with_the_definition(blobs):
    X, labels = blobs

    values = silhouette_samples(X, labels, method="squared")

    assert np.abs(values - by_definition(X, labels, power=2)).max() < 1e-9


def test_simplified_uses_the_cluster_means():
    X = np.array([[0.0], [2.0], [10.0], [14.0]])

    values = silhouette_samples(X, [0, 0, 1, 1], method="simplified")

    assert np.allclose(values, [11 / 12, 9 / 10, 7 / 9, 11 / 13])


def test_duplicates_and_singletons_are_zero_or_defined():
    X = np.array([[0.0, 0.0]] * 3 + [[1.0, 1.0]] * 3 + [[0.0, 0.0]])
    labels = [0, 0, 0, 1, 1, 1, 2]

    assert np.allclose(silhouette_samples(X, labels), reference.silhouette_samples(X, labels))


def test_text_labels_are_labels(blobs):
    X, labels = blobs
    named = np.array(["d", "a", "c", "b"])[labels]

    assert silhouette_score(X, named) == pytest.approx(silhouette_score(X, labels), abs=1e-12)


def test_other_metrics_are_scikit_learns(blobs):
    X, labels = blobs

    ours = silhouette_score(X, labels, metric="manhattan")

    assert ours == reference.silhouette_score(X, labels, metric="manhattan")


def test_auto_says_when_it_samples(blobs, monkeypatch):
    X, labels = blobs
    assert silhouette_estimate(X, labels).method == "exact"
    monkeypatch.setattr("kwise.metrics.silhouette.EXACT_PAIRS", 10.0)

    with pytest.warns(UserWarning, match="sampled rows"):
        silhouette_score(X, labels, method="auto", sample_size=50, random_state=0)


def test_unknown_method_offers_the_nearest():
    with pytest.raises(ValueError, match="did you mean 'exact'"):
        silhouette_score([[0.0], [1.0], [2.0]], [0, 0, 1], method="exact_")


def test_sampling_with_another_metric_is_refused():
    with pytest.raises(ValueError, match="Euclidean"):
        silhouette_score([[0.0], [1.0], [2.0]], [0, 0, 1], method="sampled", metric="cosine")


def test_progress_reaches_its_total(blobs):
    X, labels = blobs
    steps = []

    silhouette_samples(X, labels, progress=lambda task, done, total: steps.append((done, total)))

    assert steps
    assert steps[-1][0] == steps[-1][1]


def test_interrupt_in_progress_stops(blobs):
    X, labels = blobs

    def stop(task, done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        silhouette_samples(X, labels, progress=stop)


@pytest.mark.parametrize("k", [2, 31, 32, 33, 150])
@pytest.mark.parametrize("n_features", [1, 12, 13, 40])
def test_every_path_of_the_kernel_agrees_with_scikit_learn(k, n_features):
    rng = np.random.default_rng(k)
    X = rng.normal(size=(700, n_features))
    labels = np.concatenate([np.arange(k), rng.integers(0, k, 700 - k)])

    difference = silhouette_samples(X, labels) - reference.silhouette_samples(X, labels)

    assert np.abs(difference).max() < 1e-9


def test_tight_pairs_far_from_each_other_keep_their_digits():
    # Three tight groups, two of them near each other: products of coordinates would cancel.
    rng = np.random.default_rng(0)
    middles = np.zeros((3, 40))
    middles[1, 0], middles[2, 1] = 3e-6, 1e3
    labels = np.repeat([0, 1, 2], 30)
    X = middles[labels] + 1e-6 * rng.normal(size=(90, 40))

    assert np.abs(silhouette_samples(X, labels) - by_definition(X, labels)).max() < 1e-6


def test_strided_input_is_read_as_it_is(blobs):
    X, labels = blobs

    values = silhouette_samples(np.asfortranarray(X)[::2], labels[::2])

    assert np.allclose(values, silhouette_samples(np.ascontiguousarray(X[::2]), labels[::2]))


def test_the_number_of_threads_changes_no_bit():
    from kwise._core import Silhouette

    rng = np.random.default_rng(0)
    X = rng.normal(size=(5000, 3))
    for k in (3, 40):
        codes = rng.integers(0, k, 5000).astype(np.int32)
        X[:, 0] += codes % 7
        found = []
        for n_threads in (1, 2, 5):
            engine = Silhouette(X, None, codes, k, n_threads)
            engine.run(0, engine.n_steps)
            found.append(engine.values())

        assert (found[0] == found[1]).all()
        assert (found[0] == found[2]).all()


@pytest.mark.parametrize("k", [2, 9, 40])
def test_sums_of_rows_need_no_bounds(k):
    from kwise._core import Silhouette

    rng = np.random.default_rng(k)
    X, rows = rng.normal(size=(3000, 4)) + 5.0, np.arange(0, 3000, 7)
    codes = rng.integers(0, k, 3000).astype(np.int32)
    bounded, plain = (Silhouette(X, None, codes, k, 2, for_all) for for_all in (True, False))

    np.testing.assert_allclose(plain.sums_of(rows), bounded.sums_of(rows), rtol=1e-12)
    plain.run(0, plain.n_steps)
    np.testing.assert_allclose(plain.values()[rows], bounded.values_of(rows), atol=1e-12)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_features", [3, 9])
def test_rows_that_go_together_have_the_bits_of_those_that_go_alone(n_features, weighted):
    from kwise._core import Silhouette

    rng = np.random.default_rng(n_features)
    X, rows = rng.normal(size=(2000, n_features)), rng.permutation(2000)[:1001]
    codes, weights = rng.integers(0, 9, 2000).astype(np.int32), rng.uniform(0.1, 4.0, 2000)
    strip = 16
    for n_threads in (1, 2, 7):
        engine = Silhouette(X, weights if weighted else None, codes, 9, n_threads, False)
        alone = [engine.sums_of(rows[i : i + strip]) for i in range(0, 1001, strip)]
        together = engine.sums_of(rows)

        assert (np.concatenate(alone) == together).all()
    distances = np.linalg.norm(X[rows[-1]] - X, axis=1) * (weights if weighted else 1.0)
    plain = np.bincount(codes, distances)
    np.testing.assert_allclose(together[-1] / together[-1].sum(), plain / plain.sum(), rtol=1e-9)


@pytest.mark.parametrize("n_features", [2, 6, 30])
@pytest.mark.parametrize("k", [3, 12, 32, 45])
def test_clusters_that_are_left_out_are_not_the_nearest(k, n_features):
    # Clusters of all widths, some far off and some inside others, and a row very far from all.
    rng = np.random.default_rng(k)
    labels = np.concatenate([np.arange(k), rng.integers(0, k, 1500 - k)])
    width = 10.0 ** rng.uniform(-2, 1, k)
    X = rng.uniform(-10, 10, (k, n_features))[labels]
    X += width[labels, None] * rng.normal(size=(1500, n_features))
    X[7] *= 1e4

    difference = silhouette_samples(X, labels) - reference.silhouette_samples(X, labels)

    assert np.abs(difference).max() < 1e-6  # scikit-learn's own products cancel
    assert np.median(np.abs(difference)) < 1e-9


@pytest.mark.parametrize("k", [4, 40])
def test_ties_between_clusters_are_no_trouble(k):
    grid = np.stack(np.meshgrid(np.arange(8.0), np.arange(k)), -1).reshape(-1, 2)
    X, labels = np.repeat(grid, 4, 0), np.repeat(np.arange(len(grid)) // 8, 4)

    assert np.abs(silhouette_samples(X, labels) - by_definition(X, labels)).max() < 1e-12


@pytest.mark.parametrize("scale", [1e-170, 1e-30, 1e30, 1e170])
@pytest.mark.parametrize("n_features", [2, 9])
def test_units_do_not_matter(scale, n_features):
    X, labels = make_blobs(300, n_features, centers=4, cluster_std=2.0, random_state=1)

    difference = silhouette_samples(X * scale, labels) - silhouette_samples(X, labels)

    assert np.abs(difference).max() < 1e-11


def test_equal_rows_have_no_silhouette():
    X = np.full((40, 3), 0.1)

    assert (silhouette_samples(X, np.arange(40) % 4) == 0.0).all()


def test_a_subsample_keeps_the_rows_that_scikit_learn_keeps(blobs):
    X, labels = blobs

    ours = silhouette_score(X, labels, sample_size=150, random_state=3)

    expected = reference.silhouette_score(X, labels, sample_size=150, random_state=3)
    assert ours == pytest.approx(expected, abs=1e-9)


PROGRAM = """
import sys
import numpy as np
from kwise._core import Silhouette
rng = np.random.default_rng(0)
for d in (2, 5, 17):
    for k in (5, 40):
        codes = np.arange(1500, dtype=np.int32) % k
        X = rng.normal(size=(k, d))[codes] * 4 + rng.normal(size=(1500, d))
        for weight in (None, rng.uniform(0, 2, 1500)):
            engine = Silhouette(X, weight, codes, k, 1)
            engine.run(0, engine.n_steps)
            sys.stdout.buffer.write(engine.values().tobytes())
"""


def test_instruction_sets_agree_closely():
    found = []
    for isa in ("baseline", "avx2", "avx512"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=os.environ | {"KWISE_MAX_ISA": isa},
            capture_output=True,
            check=True,
        )
        found.append(np.frombuffer(done.stdout))

    assert len(found[0]) == 12 * 1500
    assert np.abs(found[0] - found[1]).max() < 1e-11
    assert np.abs(found[0] - found[2]).max() < 1e-11


def test_ctrl_c_stops_the_engine_at_work():
    # About a minute of work on one core, and one long step after the other.
    X = np.random.default_rng(0).normal(size=(120_000, 64))
    labels = np.arange(120_000) % 3
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()

    with pytest.raises(KeyboardInterrupt):
        silhouette_samples(X, labels)


SPARSE = {
    "thin": (200, 3000, 0.004),
    "denser": (150, 40, 0.3),
    "one column": (90, 1, 0.5),
}


def _sparse_rows(kind, seed=0):
    n, d, filled = SPARSE[kind]
    rows = sparse.random(n, d, filled, random_state=seed, format="csr")
    return rows, np.random.RandomState(seed).randint(0, 5, n)


@pytest.mark.parametrize("make", [sparse.csr_matrix, sparse.csr_array, sparse.csc_matrix])
@pytest.mark.parametrize("kind", SPARSE)
def test_sparse_rows_have_the_values_of_dense_ones(kind, make):
    rows, labels = _sparse_rows(kind)

    found = silhouette_samples(make(rows), labels)

    expected = silhouette_samples(rows.toarray(), labels)
    np.testing.assert_allclose(found, expected, atol=1e-7)  # rounding of equal rows
    score = silhouette_score(make(rows), labels)
    assert score == pytest.approx(expected.mean(), abs=1e-7)


def test_weights_count_for_sparse_rows_too():
    rows, labels = _sparse_rows("thin")
    weights = np.random.RandomState(1).randint(0, 4, len(labels)).astype(float)

    found = silhouette_samples(rows, labels, sample_weight=weights)

    expected = silhouette_samples(rows.toarray(), labels, sample_weight=weights)
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_equal_sparse_rows_are_at_no_distance():
    rows, _ = _sparse_rows("thin")
    doubled = sparse.vstack([rows[:50]] * 3, format="csr")
    labels = np.tile(np.arange(50), 3)

    assert silhouette_samples(doubled, labels) == pytest.approx(1.0)


def test_thin_rows_are_never_made_dense():
    places = (np.arange(8), np.arange(8) * 10**7)
    wide = sparse.csr_matrix((np.ones(8), places), shape=(8, 10**8))  # 6 GB if dense

    assert silhouette_score(wide, np.arange(8) % 2) == pytest.approx(0.0)


@pytest.mark.parametrize("method", ["squared", "simplified", "sampled"])
def test_other_methods_take_small_sparse_rows(method):
    rows, labels = _sparse_rows("thin")

    found = silhouette_score(rows, labels, method=method, random_state=0)

    dense = silhouette_score(rows.toarray(), labels, method=method, random_state=0)
    assert found == pytest.approx(dense)

"""In parts on one machine, in any memory: the bits of the fit in memory."""

import io
import json
import os
import signal
import subprocess
import sys
import warnings
import zipfile

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

import kwise
from kwise.engines import local, memory, opening
from kwise.engines.driver import Descent
from kwise.exceptions import ModelFileError

SEEDINGS = ["k-means++", "random", "k-means||", "sample"]


def blobs(n, d, dtype, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(n, d)) + 4 * rng.integers(0, 7, size=(n, 1))).astype(dtype)


def same(a, b):
    return (
        np.array_equal(a.labels_, b.labels_)
        and np.array_equal(a.cluster_centers_, b.cluster_centers_)
        and a.inertia_ == b.inertia_
        and a.n_iter_ == b.n_iter_
    )


@pytest.fixture(params=[1, 2, 3, 7], ids="{} parts".format)
def parts(request, monkeypatch):
    """Cut 14,000 rows into so many parts."""
    sizes = {1: 14_336, 2: 8192, 3: 6144, 7: 2048}
    monkeypatch.setattr(local, "_PART_ROWS", sizes[request.param])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kept", [0, 0.4, 1])
def test_bits_are_those_of_one_piece(parts, dtype, weighted, kept, monkeypatch):
    X = blobs(14_000, 5, dtype)
    weights = np.random.default_rng(1).uniform(0.1, 2, len(X)) if weighted else None
    model = kwise.KMeans(8, random_state=3)
    one = model.fit(X, sample_weight=weights)
    monkeypatch.setattr(memory, "_FIXED", 0)
    beside = memory.estimate(*X.shape, X.dtype, 8, 0).beside_bytes
    row = memory.kept_bytes_a_row(5, X.dtype, 8)
    rows = kwise.rows(X, max_memory=beside + int(kept * len(X) * row))

    found = kwise.KMeans(8, random_state=3).fit(rows, sample_weight=weights)

    assert rows.estimate(8).n_kept == int(kept * len(X))
    assert same(found, one)


@pytest.mark.parametrize("init", SEEDINGS)
@pytest.mark.parametrize("d", [1, 3, 70])
def test_first_centers_are_drawn_alike(parts, init, d):
    X = blobs(14_000, d, np.float32)
    one = kwise.KMeans(9, init=init, random_state=5, n_init=1).fit(X)

    assert same(kwise.KMeans(9, init=init, random_state=5, n_init=1).fit(kwise.rows(X)), one)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weighted", [False, True])
def test_kmeans_plusplus_asks_parts_where_one_piece_is_too_large(
    parts, dtype, weighted, monkeypatch
):
    X = blobs(14_000, 4, dtype)
    weights = np.random.default_rng(1).uniform(0.1, 2, len(X)) if weighted else None
    one = kwise.KMeans(6, random_state=0).fit(X, sample_weight=weights)
    monkeypatch.setattr(local.LocalEngine, "kmeans_plusplus", lambda *_: None)

    assert same(kwise.KMeans(6, random_state=0).fit(kwise.rows(X), sample_weight=weights), one)


def test_empty_clusters_histories_and_several_starts(parts):
    X = blobs(14_000, 3, np.float64).round()
    start = np.vstack([X[:5], np.full((4, 3), 1e3), np.full((1, 3), -1e3)])
    for options in ({"init": start}, {"init": "random", "n_init": 3, "random_state": 1}):
        one = kwise.KMeans(10, keep_history=True, **options).fit(X)
        found = kwise.KMeans(10, keep_history=True, **options).fit(kwise.rows(X))

        assert same(found, one)
        assert found.inertias_ == one.inertias_
        assert np.array_equal(found.history_.inertia, one.history_.inertia)
        assert np.array_equal(found.history_.centers, one.history_.centers)


def test_fewer_distinct_rows_than_clusters():
    X = np.repeat(np.eye(3), 2000, axis=0)
    for init in SEEDINGS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            one = kwise.KMeans(5, init=init, random_state=0, n_init=1).fit(X)
            assert same(
                kwise.KMeans(5, init=init, random_state=0, n_init=1).fit(kwise.rows(X)), one
            )
        assert one.inertia_ == 0.0


class StoppedError(Exception):
    pass


@pytest.mark.parametrize(
    ("after", "dtype", "weighted"),
    [(0, np.float32, False), (1, np.float64, True), (7, np.float32, True), (7, np.float64, False)],
)
def test_a_fit_that_was_stopped_ends_with_the_same_bits(
    parts, after, dtype, weighted, tmp_path, monkeypatch
):
    X = blobs(14_000, 4, dtype)
    weights = np.random.default_rng(1).uniform(0.1, 2, len(X)) if weighted else None
    settings = {"n_clusters": 10, "init": "random", "n_init": 2, "random_state": 2, "tol": 0}
    settings["keep_history"] = dtype == np.float64
    one = kwise.KMeans(**settings).fit(X, sample_weight=weights)
    path = tmp_path / "run.kwise-fit"
    count = 0
    plain = local.LocalEngine.add

    def add(self, task, *args):
        nonlocal count
        count += task == "assign"
        if count > after:
            raise StoppedError
        return plain(self, task, *args)

    monkeypatch.setattr(local.LocalEngine, "add", add)
    with pytest.raises(StoppedError):
        kwise.KMeans(**settings).fit(kwise.rows(X), sample_weight=weights, checkpoint=path)
    monkeypatch.setattr(local.LocalEngine, "add", plain)

    found = kwise.KMeans(**settings).fit(kwise.rows(X), sample_weight=weights, checkpoint=path)

    assert same(found, one)
    assert found.inertias_ == one.inertias_
    if settings["keep_history"]:
        assert np.array_equal(found.history_.inertia, one.history_.inertia)
        assert np.array_equal(found.history_.centers, one.history_.centers)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_process_that_is_killed_loses_one_iteration_at_most(tmp_path):
    X = blobs(60_000, 6, np.float32)
    np.save(tmp_path / "rows.npy", X)
    script = (
        "import kwise, sys, time\n"
        "from kwise.engines.checkpoint import Checkpoint\n"
        "save = Checkpoint.save\n"
        "Checkpoint.save = lambda *a: (save(*a), print('saved', flush=True), time.sleep(0.02))\n"
        "rows = kwise.rows(sys.argv[1])\n"
        "kwise.KMeans(60, random_state=1, tol=0).fit(rows, checkpoint=sys.argv[2])\n"
    )
    words = [sys.executable, "-c", script, tmp_path / "rows.npy", tmp_path / "run"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        for _ in range(6):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    iterations = []
    model = kwise.KMeans(60, random_state=1, tol=0)
    one = kwise.KMeans(60, random_state=1, tol=0).fit(X)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kwise.engines.checkpoint.Checkpoint.save", lambda *a: iterations.append(1))
        model.fit(kwise.rows(tmp_path / "rows.npy"), checkpoint=tmp_path / "run")

    assert same(model, one)
    assert len(iterations) <= one.n_iter_ - 5


def emptied(archive):
    """Yield a checkpoint with each of its parts left out, and with others in their place."""
    with np.load(io.BytesIO(archive)) as file:
        held = {name: file[name] for name in file.files}
    told = json.loads(str(held["told"]))
    for name in held.keys() - {"previous", "shifts"}:  # bounds alone need these
        yield written({other: held[other] for other in held if other != name})
    for name in told:
        less = {key: value for key, value in told.items() if key != name}
        yield written({**held, "told": np.array(json.dumps(less))})
    for text in ("[]", "3", "[" * 100_000):
        yield written({**held, "told": np.array(text)})


def retyped(archive):
    """Return a checkpoint whose arrays are of a type that is none."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"'descr': '<", b"'descr': ',"))
    return made.getvalue()


def written(held):
    """Return arrays as a file of them."""
    made = io.BytesIO()
    np.savez(made, **held)
    return made.getvalue()


def test_a_checkpoint_of_other_rows_or_settings_is_refused(tmp_path):
    X = blobs(3000, 3, np.float64)
    np.save(tmp_path / "rows.npy", X)
    path = tmp_path / "run"
    model = kwise.KMeans(3, random_state=0)
    model.fit(kwise.rows(tmp_path / "rows.npy"), checkpoint=path)

    with pytest.raises(ModelFileError, match="n_clusters 3, now 4"):
        kwise.KMeans(4, random_state=0).fit(kwise.rows(tmp_path / "rows.npy"), checkpoint=path)
    with pytest.raises(ModelFileError, match="begun with other weights"):
        model.fit(kwise.rows(tmp_path / "rows.npy"), sample_weight=np.ones(3000), checkpoint=path)
    np.save(tmp_path / "rows.npy", X + 1)
    with pytest.raises(ModelFileError, match="the rows have changed since"):
        model.fit(kwise.rows(tmp_path / "rows.npy"), checkpoint=path)
    with pytest.raises(ValueError, match=r"pass kwise\.rows"):
        model.fit(X, checkpoint=path)


def test_a_damaged_checkpoint_is_refused(tmp_path):
    rows, path = kwise.rows(blobs(3000, 3, np.float64)), tmp_path / "run"
    model = kwise.KMeans(3, random_state=0)
    model.fit(rows, checkpoint=path)
    good = path.read_bytes()

    for damaged in (b"rubbish", b"", good[:200], retyped(good), *emptied(good)):
        path.write_bytes(damaged)
        with pytest.raises(
            ModelFileError, match=r"no checkpoint|of format None|begun with other rows"
        ):
            model.fit(rows, checkpoint=path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ModelFileError, match="no file"):
        model.fit(rows, checkpoint=path)


def test_too_little_memory_is_said_before_work():
    X = blobs(4000, 3, np.float64)

    with pytest.raises(MemoryError, match=r"4,000 rows x 3 columns.*Raise max_memory"):
        kwise.KMeans(3).fit(kwise.rows(X, max_memory="1 MB"))
    assert "all stay packed" in str(kwise.rows(X).estimate(3))


@pytest.mark.parametrize(
    ("size", "expected"), [("2 GB", 2 * 10**9), ("1.5gib", 3 * 2**29), ("700", 700), (5, 5)]
)
def test_sizes_are_read(size, expected):
    assert memory.budget_of(size) == expected


@pytest.mark.parametrize("size", ["much", "", "3 XB", 0, -1, 2.5, True])
def test_sizes_that_are_none_are_refused(size):
    with pytest.raises((ValueError, TypeError), match="max_memory"):
        memory.budget_of(size)


def test_values_that_are_not_finite_are_found_by_row_and_column(parts):
    X = blobs(14_000, 3, np.float64)
    X[12_345, 1] = np.nan

    with pytest.raises(ValueError, match=r"row 12345 \(from 0\), column 1"):
        kwise.KMeans(3).fit(kwise.rows(X))


@pytest.mark.parametrize(
    "options", [{"metric": "cosine"}, {"trim": 0.1}, {"max_size": 9000}, {"init": lambda *_: None}]
)
def test_what_wants_all_rows_at_once_is_refused(options):
    with pytest.raises((ValueError, TypeError), match="lie elsewhere"):
        kwise.KMeans(2, **options).fit(kwise.rows(blobs(4000, 3, np.float64)))


def test_labels_do_not_follow_from_what_a_part_remembers():
    from kwise.engines.shard import Shard

    X = blobs(9000, 4, np.float32)
    whole = opening.open_local(kwise.rows(X), None, 3)
    from kwise.engines.driver import State, descend, survey
    from kwise.engines.shard import Step

    facts = survey(whole)
    start = np.ascontiguousarray(X[:7] - facts.whole.shift)
    found = descend(whole, State(Step(0, 0, facts.whole, start)), max_iter=5, tol=0)

    assert isinstance(found, Descent)
    assert np.array_equal(Shard(X, None, 0).labels(found.step), whole.labels(found.step))


@pytest.mark.parametrize(("spare", "said"), [(250, "fitted"), (60, "MemoryError: 1,000,000 rows")])
@pytest.mark.skipif(sys.platform != "linux", reason="ulimit -d counts so on Linux alone")
def test_without_a_budget_the_limit_of_data_is_kept(spare, said, tmp_path):
    np.save(tmp_path / "rows.npy", blobs(1_000_000, 16, np.float32))
    script = (
        "import kwise, re, sys, resource\n"
        "from pathlib import Path\n"
        "kwise.KMeans(2, n_init=1).fit([[0.0], [1.0], [2.0]])\n"
        "held = re.search(r'VmData:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]\n"
        "size = 1024 * int(held) + 10**6 * int(sys.argv[2])\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (size, size))\n"
        "rows = kwise.rows(sys.argv[1])\n"
        "kwise.KMeans(5, init='k-means||', random_state=0, max_iter=3).fit(rows)\n"
        "print('fitted')\n"
    )
    words = [sys.executable, "-c", script, tmp_path / "rows.npy", str(spare)]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)

    assert said in ran.stdout + ran.stderr


@pytest.mark.slow
def test_ten_million_rows_in_a_quarter_of_their_memory(tmp_path):
    path = tmp_path / "rows.npy"
    rows = np.lib.format.open_memmap(path, "w+", np.float32, (10_000_000, 16))
    rng = np.random.default_rng(0)
    for first in range(0, len(rows), 500_000):
        block = rng.normal(size=(500_000, 16)).astype(np.float32)
        rows[first : first + 500_000] = block + 6 * rng.integers(0, 5, size=(500_000, 1))
    rows.flush()
    del rows
    script = (
        "import kwise, re, sys, resource\n"
        "from pathlib import Path\n"
        "kwise.KMeans(2, n_init=1).fit([[0.0], [1.0], [2.0]])\n"  # what is imported counts apart
        "held = re.search(r'VmData:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]\n"
        "size = 1024 * int(held) + 160_000_000\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (size, size))\n"
        "rows = kwise.rows(sys.argv[1], max_memory='140 MB')\n"
        "model = kwise.KMeans(5, init='k-means||', random_state=0, max_iter=4).fit(rows)\n"
        "print(model.inertia_)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, path], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr
    assert float(ran.stdout) > 0


def test_kmeans_plusplus_gives_way_with_a_word_where_rows_are_read_again(monkeypatch):
    X = blobs(6000, 4, np.float32)
    monkeypatch.setattr(memory, "_FIXED", 0)
    beside = memory.estimate(*X.shape, X.dtype, 9, 0).beside_bytes
    one = kwise.KMeans(9, init="k-means||", random_state=0).fit(X)

    with pytest.warns(UserWarning, match="reads all rows 9 times"):
        found = kwise.KMeans(9, random_state=0).fit(kwise.rows(X, max_memory=beside))
    assert same(found, one)


def test_workers_load_no_scikit_learn() -> None:
    """It takes them a second, which a first fit on a cluster waits for."""
    script = (
        "import sys, kwise.engines.cutting, kwise.engines.shard, kwise.engines.dask\n"
        "print(sorted({'sklearn', 'pandas', 'polars', 'scipy.stats'} & set(sys.modules)))"
    )

    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert said.stdout == "[]\n"

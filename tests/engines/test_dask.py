"""On a Dask cluster: one machine's bits, for any chunks and after the loss of a worker."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

import engine_rows
import kwise
from kwise.compat.dask_ml import KMeans as DaskMLKMeans
from kwise.exceptions import ModelFileError

distributed = pytest.importorskip("distributed", reason="kwise[dask] is not installed")
da = pytest.importorskip("dask.array")
dd = pytest.importorskip("dask.dataframe")

from kwise.engines import shard  # noqa: E402
from kwise.engines.cutting import aligned  # noqa: E402
from kwise.engines.dask import DaskEngine  # noqa: E402

pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.slow]


def blobs(dtype, n=20_000, d=4):
    return engine_rows.blobs(dtype, n, d)


def check_same(found, one):
    assert isinstance(found.labels_, da.Array)
    engine_rows.check_same(found, one)


def assert_nothing_is_remembered(client):
    """Wait until no worker has a shard, and the scheduler no task."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        kept = sum(client.run(_n_shards).values())
        kept += client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks))
        if not kept:
            return
        time.sleep(0.1)
    assert kept == 0


def _n_shards():
    import gc

    gc.collect()
    return sum(type(thing).__name__ == "Shard" for thing in gc.get_objects())


@pytest.mark.parametrize(
    ("chunk", "dtype"),
    [(20_000, np.float32), (10_001, np.float64), (7000, np.float32), (2900, np.float64)],
)
def test_bits_are_those_of_one_machine(client, chunk, dtype):
    X = blobs(dtype)
    weights = np.random.default_rng(1).uniform(0.1, 2, len(X)) if chunk == 7000 else None
    for init in ("k-means++", "k-means||"):
        one = kwise.KMeans(6, init=init, random_state=1).fit(X, sample_weight=weights)
        x = da.from_array(X, chunks=(chunk, 2))
        found = kwise.KMeans(6, init=init, random_state=1).fit(x, sample_weight=weights)

        check_same(found, one)
        assert found.labels_.chunks == (x.chunks[0],)


def test_rows_of_a_frame_and_of_unknown_chunks(client):
    X = blobs(np.float64)
    frame = dd.from_pandas(pd.DataFrame(X, columns=list("abcd")), npartitions=3)
    one = kwise.KMeans(5, random_state=1).fit(X)

    found = kwise.KMeans(5, random_state=1).fit(frame)
    check_same(found, one)
    assert found.feature_names_in_.tolist() == list("abcd")
    check_same(kwise.KMeans(5, random_state=1).fit(frame.to_dask_array()), one)
    one = kwise.KMeans(5, random_state=1).fit(X[:, [2, 0]])
    check_same(kwise.KMeans(5, random_state=1).fit(kwise.rows(frame, columns=["c", "a"])), one)


def test_what_follows_the_fit_stays_in_chunks(client):
    X = blobs(np.float32)
    x = da.from_array(X, chunks=(7000, -1))
    model = kwise.KMeans(5, random_state=1).fit(x)

    labels, distances = model.predict(x), model.transform(x)
    assert labels.chunks == (x.chunks[0],)
    assert distances.chunks == (x.chunks[0], (5,))
    assert np.array_equal(labels.compute(), model.predict(X))
    assert np.array_equal(distances.compute(), model.transform(X))
    assert model.score(x) == model.score(X)


@pytest.mark.parametrize("init", ["k-means++", "k-means||"])
def test_a_lost_worker_costs_no_bit(client, init, monkeypatch):
    X = blobs(np.float32, 30_000)
    weights = np.random.default_rng(1).uniform(0.1, 2, len(X))
    settings = {"n_clusters": 9, "random_state": 1, "tol": 0, "init": init}
    one = kwise.KMeans(**settings).fit(X, sample_weight=weights)
    plain, count = DaskEngine.add, 0

    def add(self, task, *args):
        nonlocal count
        count += task == "assign"
        if count == 3:
            pids = client.run(os.getpid)
            os.kill(next(iter(pids.values())), signal.SIGKILL)
        return plain(self, task, *args)

    monkeypatch.setattr(DaskEngine, "add", add)
    x = da.from_array(X, chunks=(6000, -1))
    found = kwise.KMeans(**settings).fit(x, sample_weight=weights)

    assert count > 3
    check_same(found, one)


def test_answers_come_in_any_order(client, monkeypatch):
    X = blobs(np.float64)
    one = kwise.KMeans(6, random_state=1).fit(X)
    plain = DaskEngine._ask
    monkeypatch.setattr(DaskEngine, "_ask", lambda *given, **how: plain(*given, **how)[::-1])

    check_same(kwise.KMeans(6, random_state=1).fit(da.from_array(X, chunks=(2048, -1))), one)


def test_workers_forget_what_a_fit_was(client):
    kwise.KMeans(3, random_state=0).fit(da.from_array(blobs(np.float32), chunks=(7000, -1)))

    assert_nothing_is_remembered(client)


def test_what_the_workers_have_not_is_told_before_work(client, monkeypatch):
    X = blobs(np.float32)
    x = da.from_array(X, chunks=(4096, -1))
    rows = kwise.rows(x)
    needs = rows.estimate(5)
    assert needs.fits
    assert str(needs).startswith("20,000 rows x 4 columns (0 MB): as numbers and packed")
    assert "Dask's workers have " in str(needs)
    assert needs.needed == 20_000 * (16 + 8 + 20 + 8)
    held = client.persist(x)
    distributed.wait(held)
    assert kwise.rows(held).estimate(5).needed == 20_000 * (8 + 20 + 8)  # the rows are there
    engine_rows.check_told_before_work(kwise.rows(x), "Dask's workers", monkeypatch)


def test_memory_of_workers_is_what_is_free_on_their_machines_and_allowed():
    from kwise.engines.reckoning import _room_of_dask, room_on

    assert room_on([("a", 5), ("a", 4), ("b", 7), ("c", None)], "whose").free == 11

    class Client:
        def run(self, _):
            return {"tcp://a:1": 100, "tcp://a:2": 90, "tcp://b:1": 50, "tcp://c:1": None}

        def scheduler_info(self, n_workers):
            assert n_workers == -1
            limits = {"tcp://a:1": 60, "tcp://a:2": 40, "tcp://b:1": 0, "tcp://c:1": 20}
            return {
                "workers": {
                    at: {"host": at[6], "memory_limit": most, "metrics": {"memory": 10}}
                    for at, most in limits.items()
                }
            }

    assert _room_of_dask(Client()).free == (50 + 30) + 50 + 10


def test_a_killed_driver_leaves_nothing_on_the_workers(client):
    script = (
        "import sys, time, distributed, dask.array as da, numpy as np, kwise\n"
        "from kwise.engines.dask import DaskEngine\n"
        "plain, count = DaskEngine.add, 0\n"
        "def add(self, task, *args):\n"
        "    global count\n"
        "    count += 1\n"
        "    found = plain(self, task, *args)\n"
        "    if count == 3:\n"
        "        print('three', flush=True)\n"
        "        time.sleep(60)\n"
        "    return found\n"
        "DaskEngine.add = add\n"
        "distributed.Client(sys.argv[1])\n"
        "X = np.random.default_rng(0).normal(size=(20_000, 4))\n"
        "kwise.KMeans(9, random_state=1).fit(da.from_array(X, chunks=(4096, -1)))\n"
    )
    driver = subprocess.Popen(
        [sys.executable, "-c", script, client.scheduler.address], stdout=subprocess.PIPE, text=True
    )
    assert driver.stdout.readline() == "three\n"
    assert sum(client.run(_n_shards).values()) == 5
    driver.kill()
    driver.communicate()

    assert_nothing_is_remembered(client)


@pytest.mark.parametrize(("n_workers", "n_threads"), [(1, 2), (2, 1), (2, 3)])
def test_workers_that_are_threads_pack_a_part_once(n_workers, n_threads, monkeypatch):
    X = blobs(np.float32)
    one = kwise.KMeans(6, init="k-means||", random_state=1, tol=0, max_iter=5).fit(X)
    plain, packed = shard.hold_part, []
    monkeypatch.setattr(shard, "hold_part", lambda *a, **k: packed.append(1) or plain(*a, **k))
    settings = {"n_workers": n_workers, "threads_per_worker": n_threads, "processes": False}
    with distributed.Client(**settings, dashboard_address=None):
        x = da.from_array(X, chunks=(3000, -1))
        found = kwise.KMeans(6, init="k-means||", random_state=1, tol=0, max_iter=5).fit(x)

        check_same(found, one)
    assert len(packed) == len(aligned(x.chunks[0]))


@pytest.mark.parametrize("kind", engine_rows.TABLES)
def test_tables_in_memory(client, kind):
    engine_rows.check_table(kind, "dask")


def test_a_mapped_array_is_cut_for_the_workers(client, tmp_path):
    X = blobs(np.float32)
    np.save(tmp_path / "rows.npy", X)
    one = kwise.KMeans(6, random_state=1).fit(X)
    address = client.scheduler.address

    rows = kwise.rows(tmp_path / "rows.npy", engine=address.replace("tcp://", "dask://"))
    check_same(kwise.KMeans(6, random_state=1).fit(rows), one)


def test_ctrl_c_leaves_the_cluster_as_it_was_and_other_chunks_go_on(client, tmp_path, monkeypatch):
    X = blobs(np.float64)
    one = kwise.KMeans(9, random_state=1, tol=0).fit(X)
    plain, count = DaskEngine._submit, 0

    def submit(self, parts, task, *given, **how):
        nonlocal count
        count += task == "assign"
        if task == "assign" and count == 7:  # in the middle of the fourth iteration
            signal.raise_signal(signal.SIGINT)
        return plain(self, parts, task, *given, **how)

    monkeypatch.setattr(DaskEngine, "_submit", submit)
    model = kwise.KMeans(9, random_state=1, tol=0)
    with pytest.raises(KeyboardInterrupt):
        model.fit(da.from_array(X, chunks=(7000, -1)), checkpoint=tmp_path / "run")
    assert not hasattr(model, "labels_")
    assert_nothing_is_remembered(client)
    assert client.submit(sum, [1, 2]).result() == 3
    again = da.from_array(X, chunks=(3000, -1))
    check_same(model.fit(again, checkpoint=tmp_path / "run"), one)
    with pytest.raises(ModelFileError, match="the rows have changed since"):
        model.fit(again + 1, checkpoint=tmp_path / "run")


def test_values_that_are_not_finite_are_refused(client):
    X = blobs(np.float64)
    X[9999, 2] = np.inf

    with pytest.raises(ValueError, match=r"row 9999 \(from 0\), column 2"):
        kwise.KMeans(3).fit(da.from_array(X, chunks=(7000, -1)))


def test_without_a_cluster_chunks_are_read_here():
    X = blobs(np.float32)
    x = da.from_array(X, chunks=(7000, -1))
    one = kwise.KMeans(6, random_state=1).fit(X)

    check_same(kwise.KMeans(6, random_state=1).fit(x), one)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((5000,), (5000,)),
        ((3000, 3000), (2048, 3952)),
        ((100, 100, 100), (300,)),
        ((2048, 4096, 7), (2048, 4096, 7)),
        ((1500, 1500, 1500, 1500), (2048, 2048, 1904)),
    ],
)
def test_parts_begin_at_whole_chunks(sizes, expected):
    assert aligned(sizes) == expected
    assert sum(aligned(sizes)) == sum(sizes)


class TestDaskML:
    """The tests of dask-ml's ``KMeans``, told again."""

    def test_clusters_that_lie_apart(self, client):
        X = blobs(np.float64, 900, 2).round() * 100
        x = da.from_array(X, chunks=(300, -1))
        model = DaskMLKMeans(n_clusters=7, random_state=0).fit(x)

        one = kwise.KMeans(7, random_state=0).fit(X)
        assert model.inertia_ <= one.inertia_ * 1.2
        assert isinstance(model.inertia_, float)
        assert model.n_iter_ >= 1
        assert np.array_equal(model.labels_.compute(), kwise.KMeans.predict(model, X))

    def test_first_centers_that_are_given(self, client):
        X = blobs(np.float64, 5000)
        model = DaskMLKMeans(3, init=X[:3]).fit(da.from_array(X, chunks=(999, -1)))

        check_same(model, kwise.KMeans(3, init=X[:3], n_init=1).fit(X))

    @pytest.mark.parametrize("init", ["k-means++", "random"])
    def test_first_centers_by_name(self, client, init):
        X = blobs(np.float64, 5000)
        x = da.from_array(X, chunks=(999, -1))
        model = DaskMLKMeans(3, init=init, random_state=0, n_init=1).fit(x)

        check_same(model, kwise.KMeans(3, init=init, random_state=0, n_init=1).fit(X))
        assert model.init == init

    @pytest.mark.parametrize(
        "X", [np.ones((20, 0)), np.ones((0, 1)), np.ones((20, 2), np.complex64)]
    )
    def test_what_is_refused(self, X):
        with pytest.raises(ValueError, match=r"\w"):
            DaskMLKMeans().fit(X)
        with pytest.raises(ValueError, match="init"):
            DaskMLKMeans(init="invalid").fit(da.from_array(blobs(np.float64, 100)))

    def test_inputs_and_types(self, client):
        X = np.random.default_rng(0).uniform(size=(100, 4))
        for given in (X, da.from_array(X, chunks=(10, 4)), pd.DataFrame(X), X.astype("f4")):
            model = DaskMLKMeans(n_clusters=3, random_state=0, oversampling_factor=3).fit(given)
            distances, labels = model.transform(given), model.predict(given)
            assert distances.shape == (100, 3)
            assert all(isinstance(each, da.Array) for each in (distances, labels, model.labels_))
            assert np.array_equal(labels.compute(), model.labels_.compute())
            assert model.cluster_centers_.dtype == (
                given.dtype if hasattr(given, "dtype") else X.dtype
            )
            assert model.labels_.dtype == np.int32

    def test_parameters_are_dask_ml_s(self):
        model = DaskMLKMeans(init_max_iter=3, n_jobs=4, precompute_distances=True)

        assert list(model.get_params()) == sorted(
            ["n_clusters", "init", "oversampling_factor", "max_iter", "tol", "precompute_distances",
             "random_state", "copy_x", "n_jobs", "algorithm", "init_max_iter", "n_init"]
        )  # fmt: skip


def test_files_are_read_and_prepared_by_the_workers(client, tmp_path):
    import polars as pl

    from kwise.analysis.at_scale import fit_files

    rng = np.random.default_rng(0)
    for i in range(3):
        group = rng.integers(0, 3, 800)
        frame = pl.DataFrame({"x": rng.normal(size=800) + 12.0 * group, "y": rng.normal(size=800)})
        frame.write_parquet(tmp_path / f"part-{i}.parquet")
    address = client.scheduler.address.replace("tcp://", "dask://")
    one = fit_files(f"{tmp_path}/*.parquet", k=3, engine="local")
    found = fit_files(f"{tmp_path}/*.parquet", k=3, engine=address)

    assert np.array_equal(found.model.centers, one.model.centers)
    assert found.kmeans.inertia_ == one.kmeans.inertia_
    assert np.array_equal(found.kmeans.labels_.compute(), one.kmeans.labels_)

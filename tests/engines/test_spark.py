"""On a Spark cluster: one machine's bits, for any parts and after the loss of a worker."""

import os
import signal
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

import kwise
from engine_rows import TABLES, blobs, check_same, check_table, check_told_before_work
from kwise.exceptions import DataFileError

pytest.importorskip("pyspark", reason="kwise[spark] is not installed")

from kwise.engines import cutting
from kwise.engines import spark as engine
from kwise.engines.cutting import even

pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.slow]


@pytest.fixture(scope="module", autouse=True)
def session():
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    made = SparkSession.builder.master("local[2,4]").config("spark.ui.enabled", "false")
    found = made.config("spark.driver.memory", "1g").getOrCreate()
    found.sparkContext.setLogLevel("ERROR")
    yield found
    found.stop()


@pytest.fixture(name="parts")
def so_many_parts(monkeypatch):
    def cut(count):
        monkeypatch.setattr(engine, "sizes_for", lambda rows, _: even(len(rows), count))

    return cut


def frame_of(session, X, n_partitions):
    kind = "float" if X.dtype == np.float32 else "double"
    schema = ", ".join(f"{name} {kind}" for name in "abcd")
    return session.createDataFrame(X.tolist(), schema).repartition(n_partitions)


@pytest.mark.parametrize(
    ("count", "dtype", "weighted"),
    [(1, np.float64, True), (2, np.float32, False), (3, np.float64, False), (7, np.float32, True)],
)
def test_bits_are_those_of_one_machine(parts, count, dtype, weighted):
    parts(count)
    X = blobs(dtype)
    weights = np.random.default_rng(1).uniform(0.1, 2, len(X)) if weighted else None
    settings = {"n_clusters": 5, "init": X[:5], "n_init": 1, "max_iter": 8}
    one = kwise.KMeans(**settings).fit(X, sample_weight=weights)
    rows = kwise.rows(X, engine="spark")

    check_same(kwise.KMeans(**settings).fit(rows, sample_weight=weights), one)


@pytest.mark.parametrize(("init", "k"), [("k-means||", 6), ("k-means++", 3)])
def test_first_centers_are_drawn_alike(parts, init, k):
    parts(3)
    X = blobs(np.float32)
    one = kwise.KMeans(k, init=init, random_state=1, max_iter=3).fit(X)

    found = kwise.KMeans(k, init=init, random_state=1, max_iter=3)
    check_same(found.fit(kwise.rows(X, engine="spark")), one)


@pytest.mark.parametrize(("dtype", "n_partitions"), [(np.float64, 5), (np.float32, 3)])
def test_rows_of_a_frame_stay_in_spark(session, parts, dtype, n_partitions, monkeypatch):
    parts(3)
    frame = frame_of(session, blobs(dtype), n_partitions)
    X = np.array(frame.collect(), dtype)
    weights = np.random.default_rng(1).uniform(0.1, 2, len(X))
    settings = {"n_clusters": 5, "init": X[:5], "n_init": 1, "max_iter": 8}
    one = kwise.KMeans(**settings).fit(X, sample_weight=weights)

    with monkeypatch.context() as patch:
        patch.setattr("kwise.row_sources.spark_frames.SparkRows.batches", None)
        found = kwise.KMeans(**settings).fit(frame, sample_weight=weights)
    check_same(found, one)
    assert found.feature_names_in_.tolist() == list("abcd")
    assert np.array_equal(found.predict(frame), one.predict(X))


def test_a_lost_worker_costs_no_bit(parts, session, monkeypatch):
    parts(2)
    X = blobs(np.float32)
    settings = {"n_clusters": 9, "init": X[:9], "n_init": 1, "tol": 0, "max_iter": 8}
    one = kwise.KMeans(**settings).fit(X)
    plain, count = engine.SparkEngine.add, 0

    def pids(batches):  # not of this module, which Spark's workers cannot import
        import pyarrow as pa

        for _ in batches:
            pass
        yield pa.record_batch([[os.getpid()]], ["pid"])

    def add(self, task, *args):
        nonlocal count
        count += task == "assign"
        if count == 3:
            for row in self._held.mapInArrow(pids, "pid long").collect():
                os.kill(row.pid, signal.SIGKILL)
        return plain(self, task, *args)

    monkeypatch.setattr(engine.SparkEngine, "add", add)
    found = kwise.KMeans(**settings).fit(kwise.rows(X, engine="spark"))

    assert count > 3
    check_same(found, one)


@pytest.mark.parametrize("sees_files", [True, False])
def test_rows_that_are_large_go_by_files_or_in_blocks(parts, session, sees_files, monkeypatch):
    parts(3)
    X = blobs(np.float32)
    weights = np.random.default_rng(1).uniform(0.1, 2, len(X))
    settings = {"n_clusters": 5, "init": X[:5], "n_init": 1, "max_iter": 4}
    monkeypatch.setattr(cutting, "_PACK_BYTES", 2**14)
    if not sees_files:
        monkeypatch.setattr(session.sparkContext, "master", "spark://of-other-machines:7077")
    sent, plain = [], cutting.small_packs
    monkeypatch.setattr(engine, "small_packs", lambda *a: sent.extend(plain(*a)) or iter(sent))
    found = kwise.KMeans(**settings).fit(kwise.rows(X, engine="spark"), sample_weight=weights)

    check_same(found, kwise.KMeans(**settings).fit(X, sample_weight=weights))
    assert max(len(pack) for *_, pack in sent) < 2**15
    assert len(sent) == 3 if sees_files else len(sent) > 12


def test_rows_that_the_driver_cannot_hand_on_are_told_before_work(session, monkeypatch):
    monkeypatch.setattr(session.sparkContext, "master", "spark://of-other-machines:7077")
    rows = kwise.rows(np.broadcast_to(np.float32(1), (10**8, 1)), engine="spark")
    monkeypatch.setattr(engine, "SparkEngine", None)
    with pytest.raises(MemoryError, match=r"take 400 MB of the \d+ MB .* raise spark\.driver\."):
        kwise.KMeans(3).fit(rows)


def test_ctrl_c_leaves_spark_as_it_was(parts, session, monkeypatch):
    parts(2)
    X = blobs(np.float32)
    before = {each.id() for each in session.sparkContext._jsc.getPersistentRDDs().values()}
    plain = engine.SparkEngine.add

    def add(self, task, *args):
        plain(self, task, *args)
        raise KeyboardInterrupt

    monkeypatch.setattr(engine.SparkEngine, "add", add)
    with pytest.raises(KeyboardInterrupt):
        kwise.KMeans(5, init=X[:5], n_init=1).fit(kwise.rows(X, engine="spark"))
    after = {each.id() for each in session.sparkContext._jsc.getPersistentRDDs().values()}
    assert after <= before
    assert session.range(3).count() == 3


def test_files_are_read_by_the_tasks(parts, tmp_path):
    parts(3)
    X = blobs(np.float64)
    for i, part in enumerate((X[:5001], X[5001:5002], X[5002:])):
        pl.DataFrame(part, schema=list("abcd")).write_parquet(tmp_path / f"part-{i}.parquet")
    settings = {"n_clusters": 5, "init": X[:5], "n_init": 1, "max_iter": 3}

    found = kwise.KMeans(**settings).fit(kwise.rows(tmp_path, engine="spark"))
    check_same(found, kwise.KMeans(**settings).fit(X))


def test_what_goes_wrong_is_said(parts, session):
    parts(2)
    X = blobs(np.float64, 5000)
    X[4321, 2] = np.inf
    with pytest.raises(ValueError, match=r"row 4321 \(from 0\), column 2"):
        kwise.KMeans(3).fit(kwise.rows(X, engine="spark"))
    gaps = session.createDataFrame([(1.0, None), (2.0, 3.0), (1.0, 1.0)], "a double, b double")
    with pytest.raises(DataFileError, match="column 'b' has no value in row 1"):
        kwise.KMeans(2).fit(gaps.coalesce(1))
    words = session.createDataFrame([(1.0, "x"), (2.0, "y")], "a double, b string")
    with pytest.raises(DataFileError, match="column 'b' holds string, no numbers"):
        kwise.rows(words)
    with pytest.raises(ValueError, match="unknown column 'c'"):
        kwise.rows(words, columns=["c"])
    with pytest.raises(DataFileError, match="there are no rows"):
        kwise.rows(words.filter("a > 9"), columns=["a"])


@pytest.mark.parametrize("kind", TABLES)
def test_tables_in_memory(parts, kind):
    parts(2)
    check_table(kind, "spark")


def test_what_the_executors_have_not_is_told_before_work(parts, monkeypatch):
    parts(2)
    rows = kwise.rows(blobs(np.float32, 40_000), engine="spark")
    check_told_before_work(rows, "Spark's executors", monkeypatch)


def test_a_session_of_kwise_s_own_has_this_python_s_workers():
    script = (
        "import kwise, numpy as np\n"
        "rows = kwise.rows(np.arange(8.0).reshape(-1, 1), engine='spark')\n"
        "print(kwise.KMeans(2, init=[[0.0], [7.0]], max_iter=1).fit(rows).inertia_)\n"
    )
    plain = {name: value for name, value in os.environ.items() if name != "PYSPARK_PYTHON"}
    ran = subprocess.run(
        [sys.executable, "-c", script], env=plain, capture_output=True, text=True, check=False
    )

    assert ran.stdout == "10.0\n", ran.stderr

"""On a Ray cluster: one machine's bits, for any number of actors and after the loss of one."""

import os
import signal
import time

import numpy as np
import polars as pl
import pytest

import kwise
from engine_rows import TABLES, blobs, check_same, check_table, check_told_before_work
from kwise.exceptions import DataFileError

ray = pytest.importorskip("ray", reason="kwise[ray] is not installed")

from kwise.engines import ray as engine  # noqa: E402

pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.slow]


@pytest.fixture(scope="module", autouse=True)
def cluster():
    ray.init(num_cpus=8, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()


@pytest.fixture(name="actors")
def one_machine_as_several(monkeypatch):
    """Send parts to so many actors on this machine."""
    found = engine.places

    def several(count):
        monkeypatch.setattr(engine, "places", lambda ray: [(found(ray)[0][0], 1)] * count)

    return several


def ends_with_all_cores_free():
    """Wait until no actor holds a core."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if ray.available_resources().get("CPU") == 8:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize(
    ("count", "dtype", "weighted"),
    [(1, np.float64, True), (2, np.float32, False), (3, np.float64, False), (7, np.float32, True)],
)
def test_bits_are_those_of_one_machine(actors, count, dtype, weighted):
    actors(count)
    X = blobs(dtype)
    weights = np.random.default_rng(1).uniform(0.1, 2, len(X)) if weighted else None
    for init in ("k-means++", "k-means||") if count < 3 else ("k-means++",):
        one = kwise.KMeans(6, init=init, random_state=1).fit(X, sample_weight=weights)
        rows = kwise.rows(X, engine="ray")

        check_same(kwise.KMeans(6, init=init, random_state=1).fit(rows, sample_weight=weights), one)


@pytest.mark.parametrize("how", ["kill -9", "ray.kill"])
def test_a_lost_actor_costs_no_bit(actors, how, monkeypatch):
    actors(3)
    X = blobs(np.float32)
    one = kwise.KMeans(9, random_state=1, tol=0).fit(X)
    plain, count = engine.RayEngine.add, 0

    def add(self, task, *args):
        nonlocal count
        count += task == "assign"
        if count == 3 and how == "ray.kill":
            ray.kill(self._actors[1])
        elif count == 3:
            called = self._actors[1].__ray_call__.remote(lambda _: os.getpid())
            os.kill(ray.get(called), signal.SIGKILL)
        return plain(self, task, *args)

    monkeypatch.setattr(engine.RayEngine, "add", add)
    found = kwise.KMeans(9, random_state=1, tol=0).fit(kwise.rows(X, engine="ray"))

    assert count > 3
    check_same(found, one)


@pytest.mark.parametrize("kind", ["npy", "parquet", "csv", "lazy frame"])
def test_files_are_read_by_the_actors(actors, kind, tmp_path):
    actors(3)
    X = blobs(np.float64).round(3)
    frame = pl.DataFrame(X, schema=list("abcd"))
    for i, part in enumerate((frame[:5001], frame[5001:5002], frame[5002:])):
        if kind == "npy":
            np.save(tmp_path / f"part-{i}.npy", part.to_numpy())
        elif kind == "csv":
            part.write_csv(tmp_path / f"part-{i}.csv")
        else:
            part.write_parquet(tmp_path / f"part-{i}.parquet")
    source = pl.scan_parquet(tmp_path / "*.parquet") if kind == "lazy frame" else tmp_path

    found = kwise.KMeans(5, random_state=0).fit(kwise.rows(source, engine="ray"))
    check_same(found, kwise.KMeans(5, random_state=0).fit(X))


def test_a_checkpoint_is_taken_up(actors, tmp_path, monkeypatch):
    actors(2)
    X = blobs(np.float32)
    one = kwise.KMeans(9, random_state=1, tol=0).fit(X)
    plain, count = engine.RayEngine.add, 0

    def add(self, task, *args):
        nonlocal count
        count += task == "assign"
        if count == 4:
            raise KeyboardInterrupt
        return plain(self, task, *args)

    monkeypatch.setattr(engine.RayEngine, "add", add)
    model = kwise.KMeans(9, random_state=1, tol=0)
    with pytest.raises(KeyboardInterrupt):
        model.fit(kwise.rows(X, engine="ray"), checkpoint=tmp_path / "run")
    assert ends_with_all_cores_free()
    monkeypatch.setattr(engine.RayEngine, "add", plain)
    # Begun on a cluster, ended on one machine.
    check_same(model.fit(kwise.rows(X), checkpoint=tmp_path / "run"), one)


def test_what_goes_wrong_is_said(actors, tmp_path, monkeypatch):
    actors(2)
    X = blobs(np.float64)
    np.save(tmp_path / "rows.npy", X)
    rows = kwise.rows(tmp_path / "rows.npy", engine="ray")
    X[9999, 2] = np.inf
    with pytest.raises(ValueError, match=r"row 9999 \(from 0\), column 2"):
        kwise.KMeans(3).fit(kwise.rows(X, engine="ray"))
    (tmp_path / "rows.npy").write_bytes((tmp_path / "rows.npy").read_bytes()[:-80])
    plain = engine.RayEngine.each

    def each(self, task, *args):
        (tmp_path / "rows.npy").unlink(missing_ok=True)
        return plain(self, task, *args)

    monkeypatch.setattr(engine.RayEngine, "each", each)
    with pytest.raises(DataFileError, match=r"rows\.npy: No such file"):
        kwise.KMeans(3).fit(rows)


@pytest.mark.parametrize("kind", TABLES)
def test_tables_in_memory(actors, kind):
    actors(2)
    check_table(kind, "ray")


def test_what_the_actors_have_not_is_told_before_work(actors, monkeypatch):
    actors(2)
    rows = kwise.rows(blobs(np.float32, 40_000), engine="ray")
    check_told_before_work(rows, "Ray's workers", monkeypatch)


def test_the_command_line_takes_the_engine_by_name(tmp_path):
    from kwise.cli import main
    from kwise.io import load

    for i in range(3):
        rng = np.random.default_rng(i)
        group = rng.integers(0, 3, 800)
        frame = pl.DataFrame({"x": rng.normal(size=800) + 12.0 * group, "y": rng.normal(size=800)})
        frame.write_parquet(tmp_path / f"part-{i}.parquet")
    models = []
    for name in ("local", "ray"):
        model = tmp_path / f"{name}.kwise"
        words = ["fit", f"{tmp_path}/*.parquet", "--k", "3", "--engine", name, "-o", str(model)]
        assert main(words) == 0
        models.append(load(model))

    assert np.array_equal(models[0].centers, models[1].centers)

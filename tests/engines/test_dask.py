"""On a Dask cluster: one machine's bits, for any chunks and after the loss of a worker."""

import os
import signal

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import ConvergenceWarning

import engine_rows
import kwise
from kwise.compat.dask_ml import KMeans as DaskMLKMeans

distributed = pytest.importorskip("distributed", reason="kwise[dask] is not installed")
da = pytest.importorskip("dask.array")
dd = pytest.importorskip("dask.dataframe")

from kwise.engines.cutting import aligned  # noqa: E402
from kwise.engines.dask import DaskEngine  # noqa: E402

pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.slow]


@pytest.fixture(scope="module")
def client():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, memory_limit=0
        ) as cluster,
        distributed.Client(cluster) as found,
    ):
        yield found


def blobs(dtype, n=20_000, d=4):
    return engine_rows.blobs(dtype, n, d)


def check_same(found, one):
    assert isinstance(found.labels_, da.Array)
    engine_rows.check_same(found, one)


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


@pytest.mark.parametrize("kind", ["i4", "?", "f2", ">f8", "i1 beside f4", "Int64", "Float32"])
def test_numbers_of_any_type_are_what_they_are_in_memory(client, kind):
    X = pd.DataFrame((blobs(np.float64, 5000) * 2).round().clip(0, 99), columns=list("abcd"))
    if kind == "i1 beside f4":
        X = X.astype({"a": "f4", "b": "f4", "c": "i1", "d": "f4"})
        x = dd.from_pandas(X, npartitions=2)
    elif kind[0].isupper():
        X = X.astype(kind)
        x = dd.from_pandas(X, npartitions=2)
    else:
        X = X.to_numpy(kind)
        x = da.from_array(X, chunks=(1999, 3))
    one, found = (kwise.KMeans(5, random_state=1).fit(each) for each in (X, x))

    check_same(found, one)
    assert found.cluster_centers_.dtype == one.cluster_centers_.dtype
    assert np.array_equal(found.predict(x), one.predict(X))
    assert np.array_equal(found.transform(x), one.transform(X))


def test_partitions_without_rows(client):
    X = blobs(np.float64, 5000)
    frame = pd.DataFrame(X, columns=list("abcd"))
    edges = [(0, 0), (0, 2000), (2000, 2000), (2000, 5000), (5000, 5000)]
    parts = dd.from_map(_between, edges, frame=frame, meta=frame[:0])
    sizes = da.concatenate([da.from_array(X[a:b], chunks=(700, 3)) for a, b in edges])
    one = kwise.KMeans(5, random_state=1).fit(X)

    for x in (parts, parts.to_dask_array(), sizes, sizes[sizes[:, 0] > -99]):
        found = kwise.KMeans(5, random_state=1).fit(x)
        check_same(found, one)
        assert np.array_equal(found.predict(x), one.labels_)
        assert np.array_equal(found.transform(x), one.transform(X))
        assert found.score(x) == one.score(X)


def _between(edges, frame):
    return frame.iloc[slice(*edges)]


@pytest.mark.parametrize("kind", ["array", "frame", "filtered array"])
def test_labels_of_new_rows_wait_until_they_are_asked_for(kind):
    X = blobs(np.float64, 5000)
    model = kwise.KMeans(5, random_state=1).fit(X)
    if kind == "frame":
        x = dd.from_pandas(pd.DataFrame(X), npartitions=3)
        x = x.map_partitions(_computed, meta=pd.DataFrame(X[:0]))
    else:
        x = da.from_array(X, chunks=(999, -1)).map_blocks(_computed, meta=np.empty((0, 0)))
        x = x[x[:, 0] > 0] if kind == "filtered array" else x

    for asked in (model.predict(x), model.transform(x)):
        with pytest.raises(RuntimeError, match="computed"):
            asked.compute(scheduler="sync")


def _computed(block):
    raise RuntimeError("computed")


def test_weights_of_any_kind(client):
    X = blobs(np.float64, 5000)
    weights = np.random.default_rng(1).uniform(0, 2, len(X))
    weights[:2000] = 0
    x = da.from_array(X, chunks=(1999, -1))
    one = kwise.KMeans(5, random_state=1).fit(X, sample_weight=weights)
    other = da.from_array(weights, chunks=1234)

    series = dd.from_pandas(pd.Series(weights), npartitions=3)
    for given in (other, series, weights.tolist(), other[other >= 0]):
        found = kwise.KMeans(5, random_state=1).fit(x, sample_weight=given)
        check_same(found, one)
        assert found.score(x, sample_weight=given) == one.score(X, sample_weight=weights)
    one = kwise.KMeans(5, random_state=1).fit(X, sample_weight=2.5)
    check_same(kwise.KMeans(5, random_state=1).fit(x, sample_weight=2.5), one)
    for bad in (-other, da.where(other > 1, np.nan, other), 0 * other, other[1:]):
        with pytest.raises(ValueError, match="weight"):
            kwise.KMeans(5).fit(x, sample_weight=bad)


def test_what_is_no_rows_is_refused_in_words(client):
    from scipy import sparse

    X = blobs(np.float64, 5000)
    x = da.from_array(X, chunks=(1999, -1))
    frame = dd.from_pandas(pd.DataFrame(X, columns=list("abcd")), npartitions=2)
    model = kwise.KMeans(5, init=X[:5]).fit(frame)
    gap = da.where(x > 20, np.nan, x)
    for words, make in {
        "csr_matrix; kwise takes dense": lambda: kwise.KMeans(3).fit(
            x.map_blocks(sparse.csr_matrix)
        ),
        "Expected 2D array": lambda: kwise.KMeans(3).fit(frame["a"]),
        "Expected 2D": lambda: kwise.KMeans(3).fit(x[:, 0]),
        "is no rows; pass a Dask array or frame": lambda: kwise.KMeans(3).fit(x.to_delayed()[0, 0]),
        "holds no numbers": lambda: kwise.KMeans(3).fit(x.astype("c16")),
        "column 'a' holds": lambda: kwise.KMeans(3).fit(frame.assign(a="x")),
        "contains NaN": lambda: model.predict(gap).compute(),
        "contains NaN or": lambda: model.transform(gap).compute(),
        "NaN or infinity": lambda: model.score(gap),
        "row 0|contains NaN, infinity": lambda: kwise.KMeans(3).fit(da.ma.masked_greater(x, 20)),
        "feature names should match": lambda: model.predict(frame[["b", "a", "c", "d"]]),
        "init contains NaN|Input contains NaN|init.*NaN": lambda: kwise.KMeans(
            3, init=np.full((3, 4), np.nan)
        ).fit(x),
        "initial centers": lambda: kwise.KMeans(3, init=X[:4]).fit(x),
    }.items():
        with pytest.raises((ValueError, TypeError), match=words):
            make()


def test_names_of_columns_and_labels_are_kept_by_batches(client):
    X = blobs(np.float64, 5000)
    frame = dd.from_pandas(pd.DataFrame(X, columns=list("abcd")), npartitions=2)
    one = kwise.MiniBatchKMeans(5, random_state=0).fit(X)

    found = kwise.MiniBatchKMeans(5, random_state=0).fit(frame)
    assert found.feature_names_in_.tolist() == list("abcd")
    assert isinstance(found.labels_, da.Array)
    assert np.array_equal(found.labels_, one.labels_)
    numbered = kwise.KMeans(3, random_state=0).fit(dd.from_pandas(pd.DataFrame(X), npartitions=2))
    assert not hasattr(numbered, "feature_names_in_")


def test_too_few_distinct_rows_are_told(client):
    X = np.repeat(np.eye(3), 1000, axis=0)
    with pytest.warns(ConvergenceWarning, match=r"distinct clusters \(3\)"):
        kwise.KMeans(5, random_state=0).fit(da.from_array(X, chunks=(700, -1)))


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

    kept = client.run(lambda dask_worker: len(dask_worker.__dict__.get("kwise_shards", {})))
    assert set(kept.values()) == {0}


def test_a_mapped_array_is_cut_for_the_workers(client, tmp_path):
    X = blobs(np.float32)
    np.save(tmp_path / "rows.npy", X)
    one = kwise.KMeans(6, random_state=1).fit(X)
    address = client.scheduler.address

    rows = kwise.rows(tmp_path / "rows.npy", engine=address.replace("tcp://", "dask://"))
    check_same(kwise.KMeans(6, random_state=1).fit(rows), one)


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
            distances = model.transform(given)
            assert distances.shape == (100, 3)
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

"""What Dask's arrays and frames may hold, and when it is computed."""

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import ConvergenceWarning

import kwise
from engine_rows import blobs, check_same

dask = pytest.importorskip("dask", reason="kwise[dask] is not installed")
da = pytest.importorskip("dask.array", reason="kwise[dask] is not installed")
dd = pytest.importorskip("dask.dataframe")

pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.slow]


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
        "dask frame: unknown column 'e'": lambda: kwise.rows(frame, columns=["a", "e"]),
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


def test_no_cluster_is_told(monkeypatch):
    rows = kwise.rows(blobs(np.float64, 5000), engine="dask")
    with monkeypatch.context() as patch:
        patch.setattr("distributed.get_client", _no_client)
        with pytest.warns(UserWarning, match="is no client of a cluster, so the rows"):
            rows.estimate(3)
    with dask.config.set({"distributed.comm.timeouts.connect": "200 ms"}):
        away = kwise.rows(blobs(np.float64, 5000), engine="dask://127.0.0.1:9")
        with pytest.raises(ValueError, match=r"engine='dask://127\.0\.0\.1:9': no cluster answers"):
            kwise.KMeans(3).fit(away)


def _no_client():
    raise ValueError("No global client found and no address provided")

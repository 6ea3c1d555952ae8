"""Rows that lie elsewhere are what they would be in memory, whatever they lie in."""

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.dataset
import pytest

import kwise
from kwise.engines import opening
from kwise.exceptions import DataFileError

NAMES = ["a", "b", "c"]


@pytest.fixture(scope="module", name="X")
def cells():
    rng = np.random.default_rng(0)
    return rng.normal(size=(5000, 3)) + 5 * rng.integers(0, 4, size=(5000, 1))


@pytest.fixture(params=[np.float32, np.float64], ids=["float32", "float64"])
def table(request, X):
    return pl.DataFrame(dict(zip(NAMES, X.astype(request.param).T)))


def _npy(frame, folder):
    np.save(folder / "rows.npy", frame.to_numpy())
    return folder / "rows.npy"


def _several_npy(frame, folder):
    for i, part in enumerate((frame[:1700], frame[1700:1701], frame[1701:])):
        np.save(folder / f"part-{i}.npy", part.to_numpy())
    return str(folder / "part-*.npy")


def _parts(write):
    def make(frame, folder):
        for i, part in enumerate((frame[:1700], frame[1700:])):
            write(part, folder / f"part-{i}")
        return folder

    return make


def _csv(part, path):
    part.write_csv(path.with_suffix(".csv"))


def _dataset(frame, folder):
    _parts(lambda part, path: part.write_parquet(path.with_suffix(".parquet")))(frame, folder)
    return pyarrow.dataset.dataset(folder)


SOURCES = {
    "npy": _npy,
    "several npy": _several_npy,
    "memmap": lambda frame, folder: np.load(_npy(frame, folder), mmap_mode="r"),
    "array": lambda frame, folder: frame.to_numpy(),
    "parquet": _parts(lambda part, path: part.write_parquet(path.with_suffix(".parquet"))),
    "arrow": _parts(lambda part, path: part.write_ipc(path.with_suffix(".arrow"))),
    "csv": _parts(_csv),
    "lazy frame": lambda frame, folder: frame.lazy(),
    "dataset": _dataset,
    "arrow table": lambda frame, folder: frame.to_arrow(),
    "frame": lambda frame, folder: frame,
    "pandas frame": lambda frame, folder: frame.to_pandas(),
    "batches": lambda frame, folder: (
        lambda: pa.RecordBatchReader.from_batches(
            frame.to_arrow().schema, frame.to_arrow().to_batches(max_chunksize=999)
        )
    ),
}


@pytest.mark.parametrize("kind", SOURCES)
@pytest.mark.parametrize("scratch", [False, True])
def test_every_source_gives_the_same_bits(kind, scratch, table, tmp_path, monkeypatch):
    if scratch:  # rows that cannot be mapped go through a file
        monkeypatch.setattr(opening, "_fill", None)
        monkeypatch.setattr(
            opening, "estimate", lambda *a: _larger(opening.__dict__["plain_estimate"](*a))
        )
        from kwise.engines import memory

        monkeypatch.setattr(opening, "plain_estimate", memory.estimate, raising=False)
    rows = kwise.rows(SOURCES[kind](table, tmp_path))
    plain = table.to_numpy()
    if kind == "csv":  # where numbers are text
        plain = pl.concat(map(pl.read_csv, sorted(tmp_path.glob("*.csv")))).to_numpy()
    one = kwise.KMeans(5, random_state=0).fit(plain)
    model = kwise.KMeans(5, random_state=0).fit(rows)

    assert rows.shape == plain.shape
    assert rows.dtype == plain.dtype
    assert np.array_equal(model.labels_, one.labels_)
    assert np.array_equal(model.cluster_centers_, one.cluster_centers_)
    assert model.inertia_ == one.inertia_
    assert np.array_equal(model.predict(rows), one.predict(plain))
    assert np.array_equal(model.transform(rows), one.transform(plain))
    assert model.score(rows) == one.score(plain)


@pytest.mark.parametrize("kind", SOURCES)
def test_batches_silhouettes_and_choice_of_every_source(kind, table, tmp_path):
    rows = kwise.rows(SOURCES[kind](table, tmp_path))
    plain = rows.mapped() if rows.mapped() is not None else np.concatenate(list(rows.batches()))
    one = kwise.MiniBatchKMeans(3, random_state=0, n_init=1).fit(plain)
    model = kwise.MiniBatchKMeans(3, random_state=0, n_init=1).fit(rows)

    assert np.array_equal(model.cluster_centers_, one.cluster_centers_)
    assert np.array_equal(model.predict(rows), one.predict(plain))
    estimate = kwise.metrics.silhouette_estimate(rows, model.labels_, random_state=0)
    assert -1 <= estimate.value <= 1
    with pytest.raises(TypeError, match="rows lie elsewhere"):
        kwise.BisectingKMeans(3).fit(rows)


def test_every_kind_of_rows_is_tested():
    from kwise.row_sources import SOURCES as KINDS

    known = {"files": "npy", "array": "array", "lazy frame": "lazy frame",
             "arrow dataset": "dataset", "arrow table": "arrow table",
             "frame": "frame", "pandas frame": "pandas frame",
             "record batches": "batches"}  # fmt: skip
    elsewhere = {"dask", "spark frame"}  # tests/engines

    assert set(KINDS) == {*known, *elsewhere}
    assert {*known.values()} <= set(SOURCES)


def _larger(estimate):
    """Return an estimate of rows that memory does not hold."""
    from dataclasses import replace

    return replace(estimate, row_bytes=estimate.budget)


def test_columns_are_chosen_by_name_or_number(table, tmp_path):
    frame = table.with_columns(place=pl.lit("north"))
    frame.write_parquet(tmp_path / "t.parquet")
    rows = kwise.rows(tmp_path / "t.parquet", columns=["c", "a"])
    model = kwise.KMeans(4, random_state=0).fit(rows)

    assert rows.columns == ("c", "a")
    assert model.feature_names_in_.tolist() == ["c", "a"]
    one = kwise.KMeans(4, random_state=0).fit(table.select("c", "a").to_numpy())
    assert np.array_equal(model.labels_, one.labels_)
    numbered = kwise.rows(table.to_numpy(), columns=[2, 0])
    assert np.array_equal(kwise.KMeans(4, random_state=0).fit(numbered).labels_, one.labels_)


def test_a_lazy_frame_and_a_dataset_are_taken_as_they_are(table, tmp_path):
    one = kwise.KMeans(3, random_state=0).fit(table.to_numpy())

    for X in (table.lazy(), _dataset(table, tmp_path)):
        model = kwise.KMeans(3, random_state=0).fit(X)
        assert np.array_equal(model.labels_, one.labels_)
        assert np.array_equal(model.predict(X), one.labels_)


def test_batches_of_rows_elsewhere(table, tmp_path):
    table.write_parquet(tmp_path / "t.parquet")
    one = kwise.MiniBatchKMeans(3, random_state=0, n_init=1).fit(table.to_numpy())
    model = kwise.MiniBatchKMeans(3, random_state=0, n_init=1).fit(
        kwise.rows(tmp_path / "t.parquet")
    )

    assert np.array_equal(model.labels_, one.labels_)
    assert np.array_equal(model.cluster_centers_, one.cluster_centers_)


def test_what_is_no_rows_is_refused_in_words(tmp_path, table):
    table.with_columns(place=pl.lit("north")).write_csv(tmp_path / "words.csv")
    table.with_columns(
        a=pl.when(pl.int_range(pl.len()) == 41).then(None).otherwise(pl.col("a"))
    ).write_parquet(tmp_path / "gap.parquet")
    (tmp_path / "rubbish.parquet").write_bytes(b"rubbish")
    (tmp_path / "rubbish.npy").write_bytes(b"rubbish")
    (tmp_path / "empty.csv").write_text("a,b\n")
    np.save(tmp_path / "cube.npy", np.zeros((2, 2, 2)))
    refused = {
        "no such file": lambda: kwise.rows(tmp_path / "none-*.parquet"),
        r"column 'place' holds String, no numbers": lambda: kwise.rows(tmp_path / "words.csv"),
        "unknown column 'd'": lambda: kwise.rows(tmp_path / "words.csv", columns=["d"]),
        "column 'a' has no value in row 42": lambda: kwise.KMeans(2).fit(
            kwise.rows(tmp_path / "gap.parquet")
        ),
        r"rubbish\.parquet": lambda: kwise.rows(tmp_path / "rubbish.parquet"),
        r"rubbish\.npy": lambda: kwise.rows(tmp_path / "rubbish.npy"),
        "no rows": lambda: kwise.rows(tmp_path / "empty.csv"),
        "files of one kind": lambda: kwise.rows(tmp_path),
        "rows are a matrix": lambda: kwise.rows(tmp_path / "cube.npy"),
        "can be read once only": lambda: kwise.rows(iter([1, 2])),
        "int is no rows": lambda: kwise.rows(3),
        "unknown engine 'spork'": lambda: kwise.KMeans(2).fit(
            kwise.rows(np.zeros((9, 2)), engine="spork")
        ),
        "n_samples=9 should be >= n_clusters=10": lambda: kwise.KMeans(10).fit(
            kwise.rows(np.zeros((9, 2)))
        ),
        "expecting 2 features": lambda: (
            kwise.KMeans(2).fit(kwise.rows(np.eye(9)[:, :2])).predict(kwise.rows(np.eye(9)))
        ),
    }

    for words, make in refused.items():
        with pytest.raises((ValueError, TypeError, DataFileError), match=words):
            make()


def test_columns_of_frames_of_pandas_are_known_by_name():
    import pandas as pd

    frame = pd.DataFrame({"a": [1.0, 2.0, 9.0], "b": [1, 2, 3], "c": ["x", "y", "z"]})
    rows = kwise.rows(frame, columns=["b", "a"])
    assert rows.columns == ("b", "a")
    assert rows.dtype == np.float64
    assert next(rows.batches()).tolist() == [[1.0, 1.0], [2.0, 2.0], [3.0, 9.0]]
    with pytest.raises(ValueError, match="pandas frame: unknown column 'd'"):
        kwise.rows(frame, columns=["d"])
    with pytest.raises(DataFileError, match="pandas frame: column 'c' holds"):
        kwise.rows(frame)
    frame.loc[1, "a"] = None
    with pytest.raises(ValueError, match=r"first in row 1 \(from 0\), column 1 \('a'\)"):
        kwise.KMeans(2).fit(kwise.rows(frame, columns=["b", "a"]))

"""Rows in files that were written apart, are damaged, or change while they are read."""

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import kwise
from kwise.engines.driver import BadCellError
from kwise.exceptions import DataFileError, ModelFileError


@pytest.fixture(name="X")
def cells():
    rng = np.random.default_rng(0)
    return (rng.normal(size=(3000, 2)) + 4 * rng.integers(0, 3, size=(3000, 1))).round(3)


def write(folder, frames, kind="parquet"):
    for i, frame in enumerate(frames):
        getattr(frame, f"write_{kind}")(folder / f"part-{i:05d}.{kind}")
    return folder


def framed(X):
    return pl.DataFrame(X, schema=["a", "b"])


def fitted(source, k=3, **options):
    return kwise.KMeans(k, random_state=0, n_init=1).fit(kwise.rows(source, **options))


@pytest.mark.parametrize("kind", ["parquet", "csv", "ipc"])
@pytest.mark.parametrize(
    "written",
    [
        lambda a, b: [a[:0], a, b],
        lambda a, b: [a, a[:0], b, b[:0]],
        lambda a, b: [a, b.select("b", "a")],
        lambda a, b: [a.with_columns(pl.col("a").cast(pl.Int32)), b],
        lambda a, b: [a, b.cast(pl.Int64)],
        lambda a, b: [a.cast(pl.Float32), b],
    ],
    ids=["empty first", "empty parts", "other order", "whole first", "whole later", "float32"],
)
def test_files_that_were_written_apart(kind, written, X, tmp_path):
    frames = written(framed(X[:1700]), framed(X[1700:]))
    folder = write(tmp_path, frames, kind)
    read = getattr(pl, f"read_{kind}")
    parts = [read(path) for path in sorted(folder.iterdir())]
    rows = [part.select("a", "b").cast(pl.Float64) for part in parts if part.height]
    expected = kwise.KMeans(3, random_state=0, n_init=1).fit(pl.concat(rows).to_numpy())

    found = fitted(folder)
    assert np.array_equal(found.labels_, expected.labels_)
    assert found.feature_names_in_.tolist() == ["a", "b"]


def test_columns_that_not_all_files_have(X, tmp_path):
    whole, fewer = framed(X[:1500]), framed(X[1500:]).select("a")
    write(tmp_path, [whole, fewer])

    with pytest.raises(DataFileError, match=r"part-00001\.parquet: there is no column 'b'"):
        fitted(tmp_path)
    assert fitted(tmp_path, columns=["a"]).n_features_in_ == 1
    write(tmp_path, [fewer, whole])
    with pytest.raises(DataFileError, match=r"part-00001\.parquet: there is a column 'b'"):
        fitted(tmp_path)
    write(tmp_path, [whole, whole.with_columns(a=pl.lit("x"))])
    with pytest.raises(DataFileError, match=r"column 'a' holds String, where .* holds"):
        fitted(tmp_path)


@pytest.mark.parametrize("kind", ["parquet", "npy"])
def test_a_cell_that_is_no_number_is_found_by_file_and_row(kind, X, tmp_path):
    X[2500, 1] = np.nan
    if kind == "npy":
        np.save(tmp_path / "part-0.npy", X[:1700])
        np.save(tmp_path / "part-1.npy", X[1700:])
    else:
        write(tmp_path, [framed(X[:1700]), framed(X[1700:])])

    with pytest.raises(BadCellError, match=rf"row 801 of .*part-0*1\.{kind} \(row 2501 of all\)"):
        fitted(tmp_path)
    if kind == "parquet":
        write(tmp_path, [framed(X[:1700]), framed(X[1700:]).fill_nan(None)])
        with pytest.raises(DataFileError, match=r"'b' has no value in row 801 of .*part-00001"):
            fitted(tmp_path)


def test_files_that_change_are_refused(X, tmp_path):
    path = tmp_path / "rows.csv"
    for changed, words in (
        (framed(np.vstack([X, X])).write_csv, "more than 3,000 rows came"),
        (framed(X[:500]).write_csv, "500 rows came where 3,000 were counted"),
        (
            lambda path: path.write_text("a,b\n" + "1,x\n" * 3000),
            "rows.csv: could not parse.*has changed since it was described",
        ),
        (lambda path: path.unlink(), "rows.csv: No such file or directory; it was there before"),
    ):
        framed(X).write_csv(path)
        rows = kwise.rows(path)
        changed(path)
        with pytest.raises(DataFileError, match=words):
            kwise.KMeans(3).fit(rows)
    np.save(tmp_path / "rows.npy", X)
    rows = kwise.rows(tmp_path / "rows.npy")
    np.save(tmp_path / "rows.npy", X[:10])  # what is mapped ends with the file
    with pytest.raises(DataFileError, match="has changed since it was described"):
        kwise.KMeans(3).fit(rows)


@pytest.mark.parametrize("told", [b",f8", b"(,2", b"<f9", b"f,'"])
def test_an_array_of_no_type_is_refused_in_words(told, X, tmp_path):
    path = tmp_path / "rows.npy"
    np.save(path, X)
    path.write_bytes(path.read_bytes().replace(b"<f8", told, 1))
    with pytest.raises(DataFileError, match=r"rows\.npy"):
        kwise.rows(path)


@pytest.mark.parametrize("kind", ["parquet", "csv", "ipc", "npy"])
def test_files_of_other_rows_are_refused_however_alike(kind, X, tmp_path):
    path = tmp_path / f"rows.{kind}"

    def write(cells):
        if kind == "npy":
            np.save(path, cells)
        else:
            getattr(framed(cells), f"write_{kind}")(path)

    write(X)
    rows, other = kwise.rows(path), X.copy()
    other[1234] = other[1233]
    model = kwise.KMeans(3, random_state=0).fit(rows)
    write(other[::-1])
    for ask in (model.fit, model.predict, model.score):
        with pytest.raises(DataFileError, match="has changed since it was described"):
            ask(rows)


@pytest.mark.parametrize("kind", ["parquet", "csv", "ipc", "npy", "array", "lazy frame", "batches"])
def test_a_checkpoint_of_other_rows_is_refused(kind, X, tmp_path, monkeypatch):
    from kwise.engines.local import LocalEngine

    path, known = tmp_path / f"rows.{kind}", [0, 0]

    def rows_of(cells):
        frame = framed(cells)
        if kind == "array":
            return kwise.rows(cells)
        if kind == "lazy frame":
            return kwise.rows(frame.lazy())
        if kind == "batches":
            return kwise.rows(lambda: frame.to_arrow().to_reader())
        np.save(path, cells) if kind == "npy" else getattr(frame, f"write_{kind}")(path)
        known[:] = known if any(known) else [path.stat().st_atime_ns, path.stat().st_mtime_ns]
        os.utime(path, ns=tuple(known))
        return kwise.rows(path)

    plain, other = LocalEngine.add, X.copy()
    other[1500, 1] += 0.001
    model = kwise.KMeans(3, init="random", n_init=1, random_state=0, tol=0)
    monkeypatch.setattr(LocalEngine, "add", None)
    with pytest.raises(TypeError):
        model.fit(rows_of(X), checkpoint=tmp_path / "run")
    monkeypatch.setattr(LocalEngine, "add", plain)
    with pytest.raises(ModelFileError, match="the rows have changed since"):
        model.fit(rows_of(other), checkpoint=tmp_path / "run")
    assert model.fit(rows_of(X), checkpoint=tmp_path / "run").n_iter_ > 0


def test_a_file_that_changes_while_it_is_read_in_place_ends_the_fit(X, tmp_path, monkeypatch):
    from kwise.engines.local import LocalEngine

    np.save(tmp_path / "rows.npy", X)
    rows = kwise.rows(tmp_path / "rows.npy")
    plain = LocalEngine.add

    def add(self, task, *args):
        np.save(tmp_path / "rows.npy", X + 1)
        return plain(self, task, *args)

    monkeypatch.setattr(LocalEngine, "add", add)
    with pytest.raises(DataFileError, match="has changed since it was described"):
        kwise.KMeans(3, random_state=0).fit(rows)


def test_more_clusters_than_rows_in_any_file_and_weights_of_zero(X, tmp_path):
    write(tmp_path, [framed(X[i : i + 50]) for i in range(0, 3000, 50)])
    weights = np.r_[np.zeros(1500), np.ones(1500)]
    for given in (None, weights):
        one = kwise.KMeans(200, random_state=0, n_init=1).fit(X, sample_weight=given)
        found = kwise.KMeans(200, random_state=0, n_init=1)
        found.fit(kwise.rows(tmp_path), sample_weight=given)
        assert np.array_equal(found.labels_, one.labels_)
        assert found.inertia_ == one.inertia_


def test_thousands_of_files_of_one_row(X, tmp_path):
    write(tmp_path, [framed(X[i : i + 1]) for i in range(3000)])

    one = kwise.KMeans(3, random_state=0, n_init=1).fit(X)
    assert np.array_equal(fitted(tmp_path).labels_, one.labels_)


def test_names_that_are_no_text_are_refused_in_words(X, tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.csv"))
    try:
        framed(X).write_csv(tmp_path / "rows.csv")
        (tmp_path / "rows.csv").rename(path)
    except OSError:
        pytest.skip("this file system takes UTF-8 names alone")

    with pytest.raises(DataFileError, match="is not UTF-8"):
        kwise.rows(path)

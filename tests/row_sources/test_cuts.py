"""A mapped file that is cut off while it is read costs an error, not the process."""

import multiprocessing
import os
import sys

import numpy as np
import pytest

import kwise
from kwise.exceptions import DataFileError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cuts no mapped file")
N, D = 50_000, 8


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "rows.npy"
    np.save(path, np.random.default_rng(0).normal(size=(N, D)).astype(np.float32))
    return path


def fitted(path, _):
    rows = kwise.rows(path)
    os.truncate(path, 100_000)
    kwise.KMeans(5, random_state=0).fit(rows)


def cut_between(path, asked):
    """Cut the file right after it was looked at, when the first rows are read."""
    rows = kwise.rows(path)
    looked = rows.check_unchanged

    def look():
        looked()
        if rows.__dict__.pop("check_unchanged", None):
            os.truncate(path, 100_000)

    rows.check_unchanged = look
    if asked == "fit":
        kwise.KMeans(5, random_state=0).fit(rows)
    elif asked == "batches":
        kwise.MiniBatchKMeans(5, random_state=0).fit(rows)
    else:
        model = kwise.KMeans(5, random_state=0).fit(np.eye(D, dtype=np.float32))
        rows.check_unchanged = look
        getattr(model, asked)(rows)


def outcome(task, path, asked, answer):
    try:
        task(path, asked)
        answer.send("no error")
    except DataFileError as error:
        answer.send(str(error))


@pytest.mark.parametrize(
    ("task", "asked"),
    [
        (fitted, ""),
        *((cut_between, each) for each in ("fit", "batches", "predict", "score", "transform")),
    ],
)
def test_a_cut_is_told_of(path, task, asked):
    ours, theirs = multiprocessing.get_context("spawn").Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(
        target=outcome, args=(task, path, asked, theirs)
    )
    process.start()
    theirs.close()
    try:
        said = ours.recv()
    except EOFError:
        said = "the process ended"
    process.join()

    assert str(path) in said
    assert "changed" in said
    assert "\n" not in said


def test_what_is_cut_reads_as_zeros_and_what_is_left_as_it_was(path):
    whole = np.load(path)
    mapped = np.load(path, mmap_mode="r")
    kept = kwise.rows(mapped)
    os.truncate(path, path.stat().st_size // 2)

    found = np.array(mapped)

    half = N // 2 - 2048
    np.testing.assert_array_equal(found[:half], whole[:half])
    assert not found[half + 4096 :].any()
    assert kept.shape == (N, D)


@pytest.mark.parametrize("mode", ["r", "r+", "c"])
def test_a_cut_is_told_of_in_every_mode_of_a_mapping(path, mode):
    mapped = np.load(path, mmap_mode=mode)
    rows = kwise.rows(mapped)
    os.truncate(path, 100_000)

    with pytest.raises(DataFileError, match=f"{path.name}.* has changed"):
        kwise.KMeans(5, random_state=0).fit(rows)


def test_a_file_that_cannot_be_read_is_told_of_though_its_size_and_time_are_the_same(path):
    """As where a disk fails, or where a file is cut and written again by a careful program."""
    told, whole = path.stat(), path.read_bytes()
    rows = kwise.rows(path)
    looked, looks = rows.check_unchanged, []

    def look():
        if looks:
            path.write_bytes(whole)
            os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
        looked()
        if not looks:
            os.truncate(path, 100_000)
        looks.append(1)

    rows.check_unchanged = look

    with pytest.raises(DataFileError, match=f"{path.name}: the file could not be read to its end"):
        [each.sum() for each in rows.batches()]

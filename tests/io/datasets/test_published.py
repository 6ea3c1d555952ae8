"""Downloads, against a server of our own: good, broken, cut off, changed and hostile ones."""

import gzip
import hashlib
import io
import tarfile
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import polars as pl
import pytest

from kwise.exceptions import DataFileError
from kwise.io import read_table
from kwise.io.datasets import (
    PUBLISHED,
    Member,
    PublishedSet,
    cache_folder,
    fetch,
    is_cached,
    load_dataset,
)
from kwise.io.datasets.published import TCGA_CLASSES, read_tcga

CSV = b"a,b\n" + b"1.5,2.5\n3.5,4.5\n" * 2000


class Served:
    """What the server holds, and how it misbehaves."""

    def __init__(self):
        self.files = {}
        self.cut_after = None  # bytes after which the next answers break off
        self.version = '"1"'
        self.ranges = []
        self.headers = {}  # sent instead of what is true


@pytest.fixture
def served(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    state = Served()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            data = state.files.get(self.path)
            if data is None:
                self.send_error(404)
                return
            asked = self.headers.get("Range")
            state.ranges.append(asked)
            begin = 0
            if asked and self.headers.get("If-Range") == state.version:
                begin = int(asked.removeprefix("bytes=").removesuffix("-"))
            if asked and begin >= len(data):
                self.send_error(416)
                return
            self.send_response(302 if "Location" in state.headers else 206 if begin else 200)
            told = {"Content-Length": str(len(data) - begin), "ETag": state.version}
            for name, value in {**told, **state.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            stop = len(data) if state.cut_after is None else begin + state.cut_after
            self.wfile.write(data[begin:stop])

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    state.address = f"http://127.0.0.1:{server.server_port}"
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


def packed(*members):
    """Return a gzipped tar archive of (name, bytes) or TarInfo members."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
                continue
            name, data = member
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def small(served, data, **changes):
    """Serve an archive, and describe it as a published set."""
    served.files["/small.tgz"] = data
    described = PublishedSet(
        name="small",
        title="two columns",
        address=f"{served.address}/small.tgz",
        licence="none",
        source="here",
        size=1000,
        largest=100_000,
        members=(Member("folder/small.csv", 50_000, hashlib.sha256(CSV).hexdigest()),),
        read=lambda folder, progress: read_table(folder / "small.csv", progress=progress),
    )
    return replace(described, **changes)


GOOD = packed(("folder/README", b"words"), ("folder/small.csv", CSV))


def test_a_good_archive_is_fetched_once_and_kept(served, tmp_path):
    dataset = small(served, GOOD)
    calls = []

    first = fetch(dataset, tmp_path, lambda *call: calls.append(call))
    served.files.clear()
    second = fetch(dataset, tmp_path)

    assert first.frame.shape == (4000, 2)
    assert first.frame.equals(second.frame)
    assert is_cached(dataset, tmp_path)
    assert ("downloading small.tgz", len(GOOD), len(GOOD)) in calls
    kept = sorted(each.name for each in (tmp_path / "small").iterdir())
    assert kept == ["small.csv", "verified.json"]


def test_an_interrupted_download_goes_on_where_it_stopped(served, tmp_path):
    noise = np.random.default_rng(0).bytes(20_000)
    data = packed(("noise", noise), ("folder/small.csv", CSV))
    dataset = small(served, data)
    served.cut_after = 12_000

    with pytest.raises(DataFileError, match="12,000 bytes are kept, run again to go on"):
        fetch(dataset, tmp_path)
    served.cut_after = None
    table = fetch(dataset, tmp_path)

    assert served.ranges == [None, "bytes=12000-"]
    assert table.frame.height == 4000


def test_a_download_of_a_file_that_changed_begins_again(served, tmp_path):
    noise = np.random.default_rng(0).bytes(20_000)
    dataset = small(served, packed(("noise", noise[::-1]), ("folder/small.csv", CSV)))
    served.cut_after = 12_000
    with pytest.raises(DataFileError):
        fetch(dataset, tmp_path)

    served.cut_after, served.version = None, '"2"'
    dataset = small(served, packed(("noise", noise), ("folder/small.csv", CSV)))

    assert fetch(dataset, tmp_path).frame.height == 4000


def test_a_download_that_shrank_begins_again(served, tmp_path):
    dataset = small(served, GOOD + bytes(9000))
    served.cut_after = len(GOOD) + 5000
    with pytest.raises(DataFileError):
        fetch(dataset, tmp_path)

    served.cut_after = None
    dataset = small(served, GOOD)

    assert fetch(dataset, tmp_path).frame.height == 4000


def test_ctrl_c_keeps_what_has_come_and_no_more(served, tmp_path):
    dataset = small(served, GOOD)

    def interrupt(task, done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(dataset, tmp_path, interrupt)

    assert not is_cached(dataset, tmp_path)
    assert not (tmp_path / "small" / "small.csv").exists()
    assert fetch(dataset, tmp_path).frame.height == 4000


ESCAPED = [
    ("../small.csv", CSV),
    ("/outside/small.csv", CSV),
    ("folder/../../small.csv", CSV),
    ("..\\small.csv", CSV),
    ("C:\\small.csv", CSV),
]
WRONG = {
    "damaged": (GOOD[: len(GOOD) // 2], "damaged or cut off"),
    "no archive": (b"<html>Not here</html>", "damaged or cut off"),
    "empty": (b"", "damaged or cut off"),
    "other contents": (packed(("folder/small.csv", b"a,b\n1,2\n")), "SHA-256 is|has the SHA-256"),
    "no such member": (packed(("folder/other.csv", CSV)), "has no member folder/small.csv"),
    "twice": (packed(*[("folder/small.csv", CSV)] * 2), "stands twice"),
    "too large": (packed(("folder/small.csv", bytes(60_000))), "more than the 50,000 expected"),
    "too many": (packed(*[(f"{i}", b"") for i in range(1100)]), "more than 1000 members"),
    "link": (packed(special("folder/small.csv", tarfile.SYMTYPE, "/etc/passwd")), "a link or"),
    "hard link": (packed(special("folder/small.csv", tarfile.LNKTYPE, "/etc/passwd")), "a link"),
    "device": (packed(special("folder/small.csv", tarfile.CHRTYPE)), "a link or device"),
    "pipe": (packed(special("folder/small.csv", tarfile.FIFOTYPE)), "a link or device"),
    "link beside": (packed(special("x", tarfile.SYMTYPE, "."), ("folder/small.csv", CSV)), "link"),
    **{f"escape {i}": (packed(member), "points elsewhere") for i, member in enumerate(ESCAPED)},
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_and_hostile_archives_leave_nothing_behind(served, tmp_path, case):
    data, message = WRONG[case]
    cache = tmp_path / "inside" / "cache"
    dataset = small(served, data)

    with pytest.raises(DataFileError, match=message) as caught:
        fetch(dataset, cache)

    assert "\n" not in str(caught.value)
    assert not is_cached(dataset, cache)
    assert [each for each in tmp_path.rglob("*") if not each.is_dir()] == []


def test_a_file_that_is_too_large_is_not_fetched_whole(served, tmp_path):
    dataset = small(served, bytes(200_000))

    with pytest.raises(DataFileError, match="has 200,000 bytes or more; at most 100,000"):
        fetch(dataset, tmp_path)


def test_a_source_that_changed_after_the_first_download_is_noticed(served, tmp_path):
    dataset = small(served, GOOD)
    fetch(dataset, tmp_path)
    (tmp_path / "small" / "small.csv").unlink()
    dataset = small(served, packed(("folder/small.csv", CSV), ("new", b"")))

    with pytest.raises(DataFileError, match="the first verified download had"):
        fetch(dataset, tmp_path)


def test_without_a_network_one_line_says_so(served, tmp_path):
    dataset = small(served, GOOD, address="http://127.0.0.1:9/small.tgz")

    with pytest.raises(DataFileError, match="no connection, or it broke off") as caught:
        fetch(dataset, tmp_path)

    assert "\n" not in str(caught.value)


def test_addresses_that_moved_or_are_odd_are_refused(served, tmp_path):
    with pytest.raises(DataFileError, match="the server answers 404"):
        fetch(small(served, GOOD, address=f"{served.address}/gone.tgz"), tmp_path)
    with pytest.raises(DataFileError, match="only http and https"):
        fetch(small(served, GOOD, address="file:///etc/passwd"), tmp_path)


def test_the_cache_folder_can_be_named(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("KWISE_CACHE", raising=False)
    assert cache_folder() == tmp_path / "kwise"
    monkeypatch.setenv("KWISE_CACHE", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"


def test_names_of_data_sets_are_checked():
    assert load_dataset("iris").frame.height == 150
    with pytest.raises(ValueError, match="unknown data set 'californa'; did you mean"):
        load_dataset("californa")


def test_published_sets_say_what_they_are():
    for dataset in PUBLISHED.values():
        assert dataset.address.startswith("https://")
        assert dataset.licence
        assert dataset.source
        assert dataset.size < dataset.largest


def test_the_california_archive_is_verified_by_its_checksum(served, tmp_path, data_dir):
    served.files["/housing.tgz"] = (data_dir / "california_housing" / "housing.tgz").read_bytes()
    dataset = replace(PUBLISHED["california"], address=f"{served.address}/housing.tgz")

    table = fetch(dataset, tmp_path)

    assert len(served.files["/housing.tgz"]) == dataset.size
    assert table.frame.shape == (20_640, 10)


def tcga_files(folder, n_genes=20_531, classes=TCGA_CLASSES, shift=0):
    names = [f"sample_{i}" for i in range(801)]
    header = ",".join(["", *(f"gene_{j}" for j in range(n_genes))])
    zeros = ",0.0" * n_genes
    kinds = [kind for kind, n in classes.items() for _ in range(n)]
    labels = pl.DataFrame({"": names[shift:] + names[:shift], "Class": kinds})
    folder.mkdir(exist_ok=True)
    (folder / "data.csv").write_text("\n".join([header, *(name + zeros for name in names)]))
    labels.write_csv(folder / "labels.csv")
    return folder


@pytest.mark.slow
def test_the_tcga_tables_are_verified_by_their_contents(tmp_path):
    def silent(task, done, total):
        pass

    table = read_tcga(tcga_files(tmp_path / "good"), silent)

    assert table.frame.shape == (801, 20_533)
    assert table.truth == "Class"
    with pytest.raises(DataFileError, match="not 801 x 20,532"):
        read_tcga(tcga_files(tmp_path / "narrow", n_genes=20), silent)
    with pytest.raises(DataFileError, match="the classes are"):
        read_tcga(tcga_files(tmp_path / "classes", classes={"BRCA": 801}), silent)
    with pytest.raises(DataFileError, match="name different samples"):
        read_tcga(tcga_files(tmp_path / "order", shift=1), silent)


def test_two_who_fetch_at_once_both_get_the_set(served, tmp_path):
    dataset, found = small(served, GOOD), []
    fetching = [
        threading.Thread(target=lambda: found.append(fetch(dataset, tmp_path).frame.shape))
        for _ in range(4)
    ]
    for each in fetching:
        each.start()
    for each in fetching:
        each.join(timeout=30)

    assert found == [(4000, 2)] * 4
    assert len(served.ranges) == 1


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"Content-Length": "abc"}, "announces 'abc' bytes"),
        ({"Content-Length": "9" * 30}, "announces '999"),
        ({"Content-Length": "-5"}, "announces '-5' bytes"),
    ],
)
def test_a_length_that_is_none_is_told_with_the_address(served, tmp_path, headers, message):
    served.headers = headers
    with pytest.raises(DataFileError, match=rf"/small\.tgz: .*{message}"):
        fetch(small(served, GOOD), tmp_path)


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://[bad/x"])
def test_a_server_that_points_elsewhere_is_refused(served, tmp_path, place):
    served.headers = {"Location": place}
    with pytest.raises(DataFileError, match=r"/small\.tgz: "):
        fetch(small(served, GOOD), tmp_path)
    assert not is_cached(small(served, GOOD), tmp_path)


def test_another_range_than_the_one_asked_for_is_refused(served, tmp_path):
    served.cut_after = len(GOOD) // 2
    with pytest.raises(DataFileError, match="are kept"):
        fetch(small(served, GOOD), tmp_path)
    served.cut_after = None
    served.headers = {"Content-Range": f"bytes 0-{len(GOOD)}/{len(GOOD)}"}
    with pytest.raises(DataFileError, match="asked for the bytes from"):
        fetch(small(served, GOOD), tmp_path)


def test_a_full_disk_is_told_with_the_file(served, tmp_path):
    import resource

    noise = np.random.default_rng(0).bytes(300_000)
    dataset = small(served, packed(("pad", noise), ("folder/small.csv", CSV)), largest=500_000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(DataFileError, match=r"small\.tgz\.part: File too large"):
            fetch(dataset, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert fetch(dataset, tmp_path).frame.shape == (4000, 2)


def test_a_header_that_announces_a_gigabyte_is_refused(served, tmp_path):
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 1 << 30
    data = gzip.compress(info.tobuf(tarfile.USTAR_FORMAT) + bytes(1 << 20))
    with pytest.raises(DataFileError, match="announces 1,073,741,824 bytes"):
        fetch(small(served, data), tmp_path)

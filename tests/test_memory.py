"""Memory is asked for only where there is some."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

import kwise._memory as memory
from kwise.exceptions import DataFileError
from kwise.io import read_table


def test_what_is_free_is_known_here_and_less_than_everything() -> None:
    free = memory.free_memory()
    assert free is not None
    assert memory.shortage(1000) is None
    assert "and" in (memory.shortage(free + (1 << 50)) or "")


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave ten megabytes."""
    monkeypatch.setattr(memory, "free_memory", lambda: 10_000_000)


def test_the_least_of_all_limits_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)
    (tmp_path / "memory.max").write_text("5000000\n")
    (tmp_path / "memory.current").write_text("4000000\n")
    (tmp_path / "memory.stat").write_text("anon 1\ninactive_file 500000\n")
    assert memory.free_memory() == 1_500_000
    assert memory.shortage(2_000_000) == "it takes 2 MB of memory and 2 MB are free"
    (tmp_path / "memory.max").write_text("max\n")
    assert (memory.free_memory() or 0) > 1_500_000
    monkeypatch.setattr(memory, "address_space_limit", lambda: 1)
    assert (memory.free_memory() or 0) < 0


def test_limits_of_data_and_of_older_groups_count(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)
    folder = tmp_path / "memory"
    folder.mkdir()
    (folder / "memory.limit_in_bytes").write_text("7000000\n")
    (folder / "memory.usage_in_bytes").write_text("6000000\n")
    (folder / "memory.stat").write_text("total_inactive_file 1000\n")
    assert memory.free_memory() == 1_001_000
    monkeypatch.setattr(memory, "data_limit", lambda: 1)
    assert (memory.free_memory() or 0) < 0


@pytest.mark.usefixtures("little")
@pytest.mark.parametrize("kind", ["csv", "csv.gz", "zip", "tar", "tar.gz"])
def test_what_would_not_fit_is_refused_by_name(kind: str, tmp_path: Path) -> None:
    data = b"a,b\n" + b"1,2\n" * 5_000_000
    path = tmp_path / f"t.{kind}"
    member = tarfile.TarInfo("t.csv")
    member.size = len(data)
    if kind == "csv":
        path.write_bytes(data)
    elif kind == "csv.gz":
        path.write_bytes(gzip.compress(data, 1))
    elif kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("t.csv", data)
    else:
        with tarfile.open(path, f"w:{kind[4:]}") as tar:
            tar.addfile(member, io.BytesIO(data))

    with pytest.raises(DataFileError, match=r"t\.[a-z.]*: .*too large.* MB of memory and"):
        read_table(path)


def test_a_header_that_announces_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 1 << 30
    head = info.tobuf(tarfile.USTAR_FORMAT) + bytes(1 << 20)
    (tmp_path / "t.tar").write_bytes(head)
    (tmp_path / "t.tgz").write_bytes(gzip.compress(head))
    for name in ("t.tar", "t.tgz"):
        with pytest.raises(DataFileError, match=rf"{name}: a header of the archive announces"):
            read_table(tmp_path / name)

"""Versions of files: by what is in them, looked at once for each time that they were written."""

import os

import numpy as np
import pytest

from kwise.exceptions import DataFileError
from kwise.row_sources import versions


@pytest.mark.parametrize("size", [0, 100, 70_000, 131_072, 5_000_000])
def test_a_version_changes_with_either_end_and_much_between(size, tmp_path):
    rng = np.random.default_rng(0)
    path, data = tmp_path / "file", rng.integers(0, 256, size, np.uint8)
    data.tofile(path)
    known, told = versions.version_of(path), path.stat()

    versions.unchanged(path, known)
    for place in {0, size - 1, size // 2} if size else ():
        other = data.copy()
        other[place if place in {0, size - 1} else slice(size // 4, size // 2)] ^= 1
        other.tofile(path)
        os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
        with pytest.raises(DataFileError, match="has changed since: other bytes"):
            versions.unchanged(path, known)
    np.append(data, data[:1] if size else np.zeros(1, np.uint8)).tofile(path)
    with pytest.raises(DataFileError, match=f"{size + 1:,} bytes where {size:,} were before"):
        versions.unchanged(path, known)
    path.unlink()
    with pytest.raises(DataFileError, match="it was there before"):
        versions.unchanged(path, known)


def test_a_file_is_looked_at_once(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"rows")
    known = versions.version_of(path)
    looked_at: list[object] = []
    monkeypatch.setattr(versions.hashlib, "sha256", lambda *_: looked_at.append(path))

    for _ in range(3):
        versions.unchanged(path, known)

    assert looked_at == []

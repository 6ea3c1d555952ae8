"""Compressed files: one row a format, each opened as a stream of plain bytes."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import mmap
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, cast

from kwise._memory import shortage
from kwise._optional import require
from kwise._progress import Progress
from kwise.exceptions import DataFileError

CHUNK = 8 << 20  # bytes unpacked between two calls of the progress callback


@dataclass(frozen=True)
class Compression:
    """A compressed format: the suffixes that it goes by, and how to open it."""

    suffixes: tuple[str, ...]
    open: Callable[[IO[bytes]], IO[bytes]]


def _open_gzip(raw: IO[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", gzip.GzipFile(fileobj=raw))


def _open_bz2(raw: IO[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", bz2.BZ2File(raw))


def _open_xz(raw: IO[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", lzma.LZMAFile(raw))


class _ZstdStream:
    """The plain bytes of zstd frames; unlike zstandard's own reader, it notices a cut-off."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._new = require("zstandard", extra="report").ZstdDecompressor().decompressobj
        self._frame = self._new()

    def read(self, size: int) -> bytes:
        """Return the plain bytes of the next piece; none at the end."""
        plain = b""
        while not plain:
            if self._frame.eof:
                packed = self._frame.unused_data or self._raw.read(size // 32)
                if not packed:
                    return b""
                self._frame = self._new()
            else:
                packed = self._raw.read(size // 32)
                if not packed:
                    raise EOFError("the last frame is incomplete")
            plain = self._frame.decompress(packed)
        return plain

    def __enter__(self) -> _ZstdStream:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the packed bytes open: they belong to the caller."""


def _open_zstd(raw: IO[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", _ZstdStream(raw))


COMPRESSIONS: Mapping[str, Compression] = {
    ".gz": Compression((".gz", ".gzip", ".tgz"), _open_gzip),
    ".bz2": Compression((".bz2", ".tbz2"), _open_bz2),
    ".xz": Compression((".xz", ".txz", ".lzma"), _open_xz),
    ".zst": Compression((".zst", ".zstd"), _open_zstd),
}


def opened(data: bytes | mmap.mmap, kind: str) -> IO[bytes]:
    """Return the plain bytes as a stream."""
    return COMPRESSIONS[kind].open(io.BytesIO(data[:]))


def first_bytes(data: bytes | mmap.mmap, kind: str, *, name: str) -> bytes:
    """Return the first plain bytes, enough to tell a format by."""
    with _named_damage(name, kind), opened(data, kind) as stream:
        return stream.read(512)


def decompress(data: bytes | mmap.mmap, kind: str, *, name: str, progress: Progress) -> bytes:
    """Unpack ``data``, saying how far it got; a damaged file raises DataFileError."""
    raw = io.BytesIO(data) if isinstance(data, bytes) else cast("IO[bytes]", data)
    raw.seek(0)
    parts: list[bytes] = []
    with _named_damage(name, kind), COMPRESSIONS[kind].open(raw) as stream:
        while part := stream.read(CHUNK):
            parts.append(part)
            missing = shortage(2 * CHUNK * len(parts))  # the parts, and all of them as one
            if missing:
                raise DataFileError(f"{name}: it is too large when unpacked: {missing}")
            progress(f"unpacking {name}", min(raw.tell(), len(data)), len(data))
    return b"".join(parts)


@contextmanager
def _named_damage(name: str, kind: str) -> Iterator[None]:
    """Say what is wrong with a compressed file."""
    try:
        yield
    except (EOFError, OSError, zlib.error, lzma.LZMAError) as error:
        raise _damaged(name, kind, error) from error
    except Exception as error:
        # zstandard's own error type is known only once the package is imported.
        if type(error).__name__ != "ZstdError":
            raise
        raise _damaged(name, kind, error) from error


def _damaged(name: str, kind: str, error: Exception) -> DataFileError:
    """Say that a compressed file ends early or does not add up."""
    return DataFileError(
        f"{name}: the {kind} data is damaged or cut off ({error}); fetch or pack the file again"
    )

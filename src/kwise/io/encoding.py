"""Text encodings: find out which one a file uses, and turn its bytes into UTF-8."""

from __future__ import annotations

import codecs
import difflib
import mmap
import re
from contextlib import suppress
from encodings.aliases import aliases

from charset_normalizer import from_bytes

from kwise.exceptions import DataFileError
from kwise.io.letters import is_ascii

CHUNK = 8 << 20
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Bytes that Windows-1252 leaves undefined: a file that has them is Latin-1.
UNDEFINED_IN_CP1252 = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
# Of letters that Western tables have few of: Cyrillic, Greek, Hebrew, Arabic, Thai and East Asian.
OTHER_ALPHABETS = (
    *("cp1251", "koi8_r", "cp866", "cp1253", "cp1255", "cp1256", "cp874"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
)
WESTERN = ("cp1250", "cp1252")
LOOKED_AT = 1 << 16  # bytes beyond ASCII, in lines that have some
MOSTLY = 0.5
SAME_CHAOS = 0.05  # between these, languages decide
MOST_CHAOS = 0.4  # beyond it charset_normalizer takes text for noise; cells are short
# Characters made for it, between the cells of tables that Hive and others write.
END_OF_FILE = b"\x1a"  # as CP/M and DOS wrote it
CONTROL_DELIMITERS = (b"\x01", b"\x1f")
CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1b")) + b"\x7f"


def to_utf8(
    data: bytes | mmap.mmap, encoding: str | None, *, name: str
) -> tuple[bytes | mmap.mmap, tuple[str, ...]]:
    """Return the same text in UTF-8, without a byte order mark, and what was decided.

    The bytes come back untouched, uncopied, where they are UTF-8 already.
    """
    if encoding is not None:
        return _as_told(data, encoding, name)
    found = find_encoding(data, name=name)
    if found is None:
        return data, ()
    text = _decode(data, found, name)
    if found == "utf-8-sig":
        return text.encode(), ("the file begins with a byte order mark, which was left out",)
    return text.encode(), (
        f"the text is not UTF-8; it was read as {found} (encoding=... takes another)",
    )


def find_encoding(data: bytes | mmap.mmap, *, name: str) -> str | None:
    """Return what text is written in; None where that is UTF-8 without a mark."""
    found = _marked(data) or _unmarked_utf16(data)
    if found is not None:
        return found
    _refuse_binary(data, name)
    if _is_utf8(data):
        return None
    return _of_another_alphabet(data) or _western(data)


def _western(data: bytes | mmap.mmap) -> str:
    """Return what single accents among ASCII letters are read as, which never fails."""
    undefined = any(data.find(byte) >= 0 for byte in UNDEFINED_IN_CP1252)
    return "latin-1" if undefined else "cp1252"


def _of_another_alphabet(data: bytes | mmap.mmap) -> str | None:
    """Return the encoding of text in another alphabet, by its letters; None where it is Western.

    Words of such text are runs of bytes beyond ASCII; Western accents stand among ASCII letters.
    """
    lines = re.findall(rb"[^\n]*[\x80-\xff][^\n]*\n?", data[: 64 * LOOKED_AT])
    head = b"".join(lines)[:LOOKED_AT]
    beyond = len(re.findall(rb"[\x80-\xff]", head))
    alone = re.findall(rb"(?<![A-Za-z\x80-\xff])[\x80-\xff]{2,}(?![A-Za-z])", head)
    if sum(map(len, alone)) < MOSTLY * beyond:
        return None
    named = [*OTHER_ALPHABETS, *WESTERN]
    found = list(from_bytes(head, cp_isolation=named, threshold=MOST_CHAOS))
    least = min((each.chaos for each in found), default=0.0)
    near = [each for each in found if each.chaos <= least + SAME_CHAOS]
    best = max(near, key=lambda each: each.coherence, default=None)  # the first of equal ones
    if best is None or best.encoding in WESTERN or not _fits(data, best.encoding):
        return None
    return best.encoding


def _fits(data: bytes | mmap.mmap, encoding: str) -> bool:
    """Whether all bytes are text in an encoding."""
    try:
        data[:].decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _as_told(
    data: bytes | mmap.mmap, encoding: str, name: str
) -> tuple[bytes | mmap.mmap, tuple[str, ...]]:
    """Decode with the encoding that the caller named."""
    try:
        codec = codecs.lookup(encoding).name
        with suppress(UnicodeError):
            bytes(4).decode(codec)  # there are codecs that turn bytes into bytes
    except LookupError:
        near = difflib.get_close_matches(encoding.lower().replace("-", "_"), aliases, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "; try 'utf-8' or 'latin-1'"
        raise ValueError(f"unknown encoding {encoding!r}{hint}") from None
    if codec == "utf-8" and data[:3] != codecs.BOM_UTF8 and _is_utf8(data):
        return data, ()
    text = _decode(data, "utf-8-sig" if codec == "utf-8" else codec, name)
    return text.encode(), (f"the text was read as {codec}, as asked",)


def _marked(data: bytes | mmap.mmap) -> str | None:
    """Return the encoding that a byte order mark announces."""
    head = data[:4]
    return next((codec for mark, codec in BYTE_ORDER_MARKS if head.startswith(mark)), None)


def _unmarked_utf16(data: bytes | mmap.mmap) -> str | None:
    """Recognize UTF-16 without a mark by the zero in every other byte."""
    head = data[: 1 << 14]
    half = len(head) // 2
    if half < 2:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.6 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _refuse_binary(data: bytes | mmap.mmap, name: str) -> None:
    """Raise if the first bytes cannot be text in any 8-bit encoding."""
    head = data[: 1 << 16]
    control = len(head) - len(head.translate(None, CONTROL)) - head.endswith(END_OF_FILE)
    control -= sum(_in_every_line(head, mark) for mark in CONTROL_DELIMITERS)
    if b"\0" in head or control > 0.005 * len(head):
        raise DataFileError(
            f"{name}: this is binary data, not a text table; kwise reads CSV and its relatives, "
            "Parquet, Arrow, NPY/NPZ, XLSX/ODS and JSON lines"
        )


def _in_every_line(head: bytes, mark: bytes) -> int:
    """Return how often a mark comes where it cuts every line into as many cells, else 0."""
    lines = [line for line in head.split(b"\n")[:-1] or [head] if line.strip()]
    counts = {line.count(mark) for line in lines}
    return head.count(mark) if len(counts) == 1 else 0


def _is_utf8(data: bytes | mmap.mmap) -> bool:
    """Check the whole buffer, a chunk at a time."""
    if is_ascii(data):
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), CHUNK):
            part = data[start : start + CHUNK]
            if not (part.isascii() and not decoder.getstate()[0]):
                decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _decode(data: bytes | mmap.mmap, encoding: str, name: str) -> str:
    """Decode everything; bytes that do not fit are an error that says where."""
    try:
        return data[:].decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        encoding = encoding.removesuffix("-sig")
        raise DataFileError(
            f"{name}, line {line}: byte {error.start} is not {encoding} text ({error.reason}); "
            "pass encoding='latin-1' or the encoding that the file was written in"
        ) from None
    except UnicodeError as error:
        raise DataFileError(f"{name}: this is not {encoding} text ({error})") from None

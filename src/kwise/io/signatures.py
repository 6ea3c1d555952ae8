"""First bytes that tell a file's format, whatever its name says."""

from __future__ import annotations

import io
import mmap
import zipfile
from collections.abc import Mapping

ARCHIVES = frozenset({".zip", ".tar", ".tgz", ".tbz2", ".txz"})

# First bytes -> suffix of a format that kwise reads or unpacks.
READABLE: Mapping[bytes, str] = {
    b"\x1f\x8b": ".gz",
    b"BZh": ".bz2",
    b"\xfd7zXZ\x00": ".xz",
    b"\x28\xb5\x2f\xfd": ".zst",
    b"PK\x03\x04": ".zip",
    b"PK\x05\x06": ".zip",
    b"PAR1": ".parquet",
    b"ARROW1": ".arrow",
    b"\x93NUMPY": ".npy",
}

# First bytes -> what the file is, for formats that hold no table kwise reads.
FOREIGN: Mapping[bytes, str] = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"\xd0\xcf\x11\xe0": "an old Office document (.xls); save it as .xlsx or .csv",
    b"SQLite format 3": "an SQLite database; export a table of it as .csv",
    b"\x89HDF": "an HDF5 file; export a table of it as .csv or .parquet",
    b"\x7fELF": "a program",
    b"\x80\x04\x95": "a Python pickle; export the table as .csv or .parquet",
    b"\x80\x05\x95": "a Python pickle; export the table as .csv or .parquet",
    b"\x00\x00\x08\x01": "an IDX file; save the array as .npy",
    b"\x00\x00\x08\x03": "an IDX file; save the array as .npy, one row per image",
    b"7z\xbc\xaf": "a 7z archive; unpack it first",
    b"Rar!": "a RAR archive; unpack it first",
    b"{\\rtf": "an RTF document",
    b"<!DOCTYPE": "a web page; save its table as .csv",
    b"<!doctype": "a web page; save its table as .csv",
    b"<html": "a web page (some programs call one .xls); open it and save the table as .csv",
    b"<table": "a web page (some programs call one .xls); open it and save the table as .csv",
    b"<?xml": "an XML document; save its table as .csv",
    b"@relation": "an ARFF file of Weka; save its table as .csv",
    b"@RELATION": "an ARFF file of Weka; save its table as .csv",
}

# Suffix -> the first bytes that such a file must have.
REQUIRED: Mapping[str, tuple[bytes, ...]] = {
    ".parquet": (b"PAR1",),
    ".npy": (b"\x93NUMPY",),
    ".npz": (b"PK",),
    ".xlsx": (b"PK",),
    ".xlsm": (b"PK",),
    ".ods": (b"PK",),
    ".zip": (b"PK",),
    ".gz": (b"\x1f\x8b",),
    ".tgz": (b"\x1f\x8b",),
    ".bz2": (b"BZh",),
    ".xz": (b"\xfd7zXZ\x00",),
    ".zst": (b"\x28\xb5\x2f\xfd",),
}


def ends_whole(data: bytes | mmap.mmap, magic: bytes) -> bool:
    """Say whether a file ends as it began, after a footer whose length fits into it.

    Parquet and Arrow files do; one that was cut off does not, and is refused before a reader
    stumbles over it.
    """
    end = len(data) - len(magic)
    if end < len(magic) + 4 or data[end:] != magic:
        return False
    return 0 < int.from_bytes(data[end - 4 : end], "little") <= end - 4 - len(magic)


def identify(data: bytes | mmap.mmap) -> str | None:
    """Return the suffix that the first bytes stand for, or None."""
    return next((suffix for magic, suffix in READABLE.items() if data[: len(magic)] == magic), None)


def zip_format(data: bytes) -> str | None:
    """Return the suffix of the format that a zip archive is, where its members tell."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    if "xl/workbook.xml" in names:
        return ".xlsx"
    if {"mimetype", "content.xml"} <= names:
        return ".ods"
    return ".npz" if names and all(each.endswith(".npy") for each in names) else None


def unreadable(data: bytes | mmap.mmap, suffix: str) -> str | None:
    """Say why these bytes are no table that kwise reads, or return None."""
    for magic, what in FOREIGN.items():
        if data[: len(magic)] == magic:
            return f"this is {what}" if ";" in what else f"this is {what}, not a table"
    required = REQUIRED.get(suffix)
    if required and not any(data[: len(magic)] == magic for magic in required):
        return (
            f"the name ends in {suffix}, but the content is no {suffix} file; "
            "it may be damaged, cut off or renamed"
        )
    return None

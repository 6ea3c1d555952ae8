"""Reader of JSON lines: one object a row; an array of objects will do as well."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

from kwise.exceptions import DataFileError
from kwise.io.encoding import to_utf8
from kwise.io.nesting import refuse_deep
from kwise.io.table import RawTable

if TYPE_CHECKING:
    from kwise.io.options import ReadOptions
    from kwise.io.sources import Source


def read(source: Source, options: ReadOptions) -> RawTable:
    """Read one object a line; keys are columns, absent keys are missing cells."""
    data, notes = to_utf8(source.data, options.encoding, name=source.name)
    plain = bytes(data[:])
    options.progress(f"reading {source.name}", 0, 1)
    is_array = plain.lstrip()[:1] == b"["
    refuse_deep(plain, source.name, lines=not is_array)
    try:
        if is_array:
            frame = pl.read_json(plain, infer_schema_length=None)
        else:
            frame = pl.read_ndjson(plain, infer_schema_length=None)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise DataFileError(_what_is_wrong(plain, source.name, error)) from error
    options.progress(f"reading {source.name}", 1, 1)
    if frame.width == 0:
        raise DataFileError(f"{source.name}: the objects have no keys")
    return RawTable(frame.head(options.n_rows) if options.n_rows else frame, notes)


def _what_is_wrong(plain: bytes, name: str, error: Exception) -> str:
    """Find the line that is no JSON object."""
    if plain.lstrip()[:1] == b"[":
        try:
            json.loads(plain)
        except (ValueError, RecursionError) as reason:
            return f"{name}: this is no JSON array of objects ({reason})"
        return f"{name}: the array holds something else than objects"
    for number, line in enumerate(plain.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as reason:
            return f"{name}, line {number}: this is no JSON ({reason}); write one object a line"
        if not isinstance(found, dict):
            return f"{name}, line {number}: this is no JSON object; write one object a line"
    return f"{name}: the JSON lines do not make a table ({str(error).partition(chr(10))[0]})"

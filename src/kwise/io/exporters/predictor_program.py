"""The exported predictor as a program: it reads a text table as kwise does and labels its rows.

The exporter puts what stands below the mark behind ``predictor.py``.
"""

from __future__ import annotations

# --- program
import bz2
import codecs
import csv
import gzip
import io
import lzma
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from kwise.io.exporters.predictor import (
    MODEL,
    RULES,
    TRUTH,
    ending,
    nearest,
    needed,
    seen_mark,
    singular,
    without_missing,
)


def main(path: str) -> None:
    """Write the cluster of every row of a text table, as ``kwise predict`` does."""
    names, rows = read_table(path)
    at = {name: names.index(name) for name in needed()}
    columns = {name: [row[j] for row in rows] for name, j in at.items()}
    marks = {
        each["name"]: each["decimal"] or shown_mark(columns[each["name"]])
        for each in MODEL["numbers"]
        if each["date"] is None and each["unit"] not in RULES["places"]
    }
    refuse_mixtures(columns)
    found = []
    for i, row in enumerate(rows, 1):
        try:
            found.append(nearest({name: row[j] for name, j in at.items()}, marks))
        except ValueError as error:
            raise ValueError(f"row {i}, {error}") from None
    sys.stdout.write("row,cluster\n")
    for i, cluster in enumerate(found, 1):
        sys.stdout.write(f"{i},{'' if cluster is None else cluster}\n")


def shown_mark(cells: list[str]) -> str:
    """Return the decimal mark that the cells of a column leave no doubt about, or ""."""
    bodies = [parts["body"] for parts in parts_of(cells)]
    sure = {seen_mark(body) for body in bodies if re.search("[.,]", body)} - {""}
    if len(sure) == 2:
        raise ValueError("decimal points and commas are mixed in one column")
    either = [body for body in bodies if not seen_mark(body)]
    plain = [float(body) for body in bodies if re.match(RULES["plain"], body)]
    if sure or not either:
        return next(iter(sure), "")
    mark = "," if "," in either[0] else "."
    if any(mark not in body for body in either):
        raise ValueError("decimal points and commas are mixed in one column")
    decimals = [float(body.replace(mark, ".")) for body in either]
    above = [x for x in plain if x]
    few = 1 if mark == "," else 3
    apart = min(len(decimals), len(above)) >= few and max(decimals) < min(above)
    thousands = plain and (apart or any(body.endswith("0") for body in either))
    return ("." if mark == "," else ",") if thousands else ""


def refuse_mixtures(columns: Mapping[str, list[str]]) -> None:
    """Raise for a column whose numbers are in more than one unit, or stand among truth values."""
    for column in MODEL["numbers"]:
        plain = not column["order"] and column["date"] is None
        plain = plain and column["unit"] not in RULES["places"]
        cells = columns[column["name"]] if plain else []
        parts = parts_of(cells)
        units = {ending(each["before"] or "", each["after"] or "")[1] for each in parts} - {""}
        units = {singular(each) for each in units if not re.match(RULES["flag"], each)}
        if len(units) > 1:
            raise ValueError(f"column {column['name']!r}: units are mixed: {sorted(units)}")
        if parts and any(cell.strip().lower() in TRUTH for cell in cells):
            raise ValueError(f"column {column['name']!r}: true or false stands among numbers")


def parts_of(cells: list[str]) -> list[re.Match[str]]:
    """Take the distinct cells of a column that hold numbers apart."""
    texts = (without_missing(cell) for cell in dict.fromkeys(cells))
    found = (re.match(RULES["parts"], text) for text in texts if text is not None)
    return [parts for parts in found if parts is not None]


def read_table(path: str) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns and the rows of a text table."""
    text = read_text(path)
    lines = [line for line in text.split("\n")[:60] if line.strip()]
    if not lines:
        raise ValueError("the file holds no cells")
    comment = "#" if lines[0].startswith("#") and not heads(lines) else None
    start, found = find_header(lines, comment)
    if found is None:
        raise ValueError(f"no line names the columns {', '.join(map(repr, needed()[:8]))}")
    delimiter, names = found
    rows = list(cut(text, delimiter, comment))
    if start is None:  # no header
        return names, checked(names, rows)
    at = next(i for i, row in enumerate(rows) if distinct(row) == names)
    body = rows[at + 1 :]
    filled = [row for row in body if row]
    if filled and all(len(row) == len(names) + 1 for row in filled):
        names = ["row name", *names]
    return names, checked(names, body)


def checked(names: list[str], rows: list[list[str]]) -> list[list[str]]:
    """Return the rows of cells; raise for one that is too short or too long."""
    rows = [row or [""] for row in rows if row or len(names) == 1]
    for i, row in enumerate(rows, 1):
        if len(row) != len(names):
            raise ValueError(f"row {i}: {len(row)} cells where the table has {len(names)} columns")
    bare = sum(not "".join(row).strip() for row in rows)
    empty = sum(all(without_missing(cell) is None for cell in row) for row in rows)
    if len(names) > 1 and empty and bare >= empty:
        rows = [row for row in rows if "".join(row).strip()]
    return rows


def find_header(
    lines: list[str], comment: str | None
) -> tuple[int | None, tuple[str, list[str]] | None]:
    """Return the line that names the columns, its delimiter and the names; None without one."""
    lines = [line for line in lines if comment is None or not line.startswith(comment)]
    for i in range(len(lines)):
        found = heads(lines[i:])
        if found is not None:
            return i, found
    names = MODEL["columns"]
    if names == [f"column {j + 1}" for j in range(len(names))]:
        for delimiter in "\t;,| ^~:":
            widths = {len(row) for row in cut("\n".join(lines), delimiter, comment) if row}
            if widths == {len(names)}:
                return None, (delimiter, names)
    return None, None


def heads(lines: list[str]) -> tuple[str, list[str]] | None:
    """Return the delimiter and the names if the first row names all columns that are needed.

    Names in quotes may go over lines.
    """
    fits = []
    for delimiter in "\t;,| ^~:":
        names = distinct(next(cut("\n".join(lines), delimiter, None), []))
        if set(needed()) <= set(names):
            fits.append((delimiter, names))
    wide = [each for each in fits if len(each[1]) > 1]
    return next(iter(wide or fits), None)


def distinct(cells: list[str]) -> list[str]:
    """Name columns as kwise does: stripped; numbered where a name is empty or stands twice."""
    wanted = [" ".join(c.split()) if "\n" in c or "\r" in c else c.strip() for c in cells]
    taken, seen, names = set(wanted), set(), []
    for j, name in enumerate(wanted):
        new = name or f"column {j + 1}"
        number = 1
        while (new in taken and not name) or name in seen:
            number += 1
            new = f"{name or f'column {j + 1}'} ({number})"
            if new not in taken:
                break
        seen.add(name)
        taken.add(new)
        names.append(new)
    return names


def cut(text: str, delimiter: str, comment: str | None) -> Iterator[list[str]]:
    """Cut a text into rows of cells; a blank line is an empty row."""
    lines: Iterator[str] = iter(io.StringIO(text, newline=""))
    if comment:
        lines = (line for line in lines if not line.startswith(comment))
    if delimiter == " ":
        lines = (" ".join(line.split()) + "\n" for line in lines)
    for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter == " "):
        yield row if len(row) > 1 or (row and row[0].strip()) else []


def read_text(path: str) -> str:
    """Return a file as text, unpacked and decoded."""
    data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    unpack = {b"\x1f\x8b": gzip.decompress, b"BZ": bz2.decompress, b"\xfd7": lzma.decompress}
    data = unpack.get(data[:2], bytes)(data)
    for mark, codec in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return data.decode(codec).replace("\r\n", "\n")
    for codec in ("utf-8-sig", "cp1252", "latin-1"):
        try:
            text = data.decode(codec)
            break
        except UnicodeDecodeError:
            continue
    return text.replace("\r\n", "\n").replace("\r", "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"usage: python {sys.argv[0]} table.csv")
    try:
        main(sys.argv[1])
    except (OSError, ValueError, csv.Error) as wrong:
        sys.stderr.write(f"{sys.argv[1]}: {wrong}\n")
        sys.exit(2)

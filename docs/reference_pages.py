"""The reference, written from the code: a page an object, the tables of plug-ins, the commands.

Nothing here is listed by hand but the public folders: what ``__all__``, a table or ``COMMANDS``
gains is on the site with the next build.

    python docs/reference_pages.py      write the pages into docs/reference
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import os
import re
import sys
from pathlib import Path

import kwise
from kwise.cli import COMMANDS

REFERENCE = Path(__file__).resolve().parent / "reference"
# Public folders, in the order of the page; names of ``kwise`` itself come first.
PLACES = (
    "kwise",
    "kwise.estimators",
    "kwise.init",
    "kwise.selection",
    "kwise.metrics",
    "kwise.preparation",
    "kwise.explain",
    "kwise.io",
    "kwise.io.datasets",
    "kwise.monitoring",
    "kwise.comparison",
    "kwise.ordered",
    "kwise.plots",
)
# Table of plug-ins -> what its rows are, and where a row is asked for.
TABLES = {
    "kwise.selection:CRITERIA": "criteria for k, of `select_k(criteria=...)`",
    "kwise.init:INITIALIZERS": "initializations, of `KMeans(init=...)`",
    "kwise.estimators.quality:QUALITIES": "searches for better optima, of `KMeans(quality=...)`",
    "kwise.row_sources:SOURCES": "kinds of rows that `kwise.rows` describes",
    "kwise.engines:ENGINES": "engines, of `kwise.rows(engine=...)` and `--engine`",
    "kwise.comparison:METHODS": "methods, of `compare(methods=...)` and `--methods`",
    "kwise.io:READERS": "file formats that `read_table` knows",
    "kwise.io:EXPORTERS": "targets of `kwise export --to`",
    "kwise.io.datasets:BUNDLED": "data sets that come along, of `kwise datasets`",
    "kwise.io.datasets:PUBLISHED": "data sets that are downloaded, of `kwise datasets`",
    "kwise.preparation:SCALINGS": "scalings, of `scale=` and `--scale`",
    "kwise.preparation:FILLINGS": "treatments of missing cells, of `missing=` and `--missing`",
    "kwise.preparation:CATEGORIES": "treatments of categories, of `categories=` and `--categories`",
    "kwise.report.sections:SECTIONS": "sections of the page",
    "kwise.benchmark:TASKS": "tasks of `kwise bench --tasks`",
}


def public_names() -> dict[str, list[str]]:
    """Return the full names by place; what has a shorter name elsewhere is listed there alone."""
    seen: set[int] = set()
    found: dict[str, list[str]] = {}
    for place in PLACES:
        module = importlib.import_module(place)
        found[place] = []
        for name in sorted(module.__all__, key=str.lower):
            thing = getattr(module, name)
            if id(thing) not in seen:
                found[place].append(f"{place}.{name}")
            seen.add(id(thing))
    return {place: names for place, names in found.items() if names}


def find(name: str) -> object:
    """Return the object of a full name."""
    place, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(place), attribute)


def object_page(name: str) -> str:
    """Return the page of one object, under its public name."""
    thing = find(name)
    heading = f"# {name.rpartition('.')[2]}\n\n"
    if not getattr(thing, "__module__", "kwise").startswith("kwise"):
        return f"{heading}scikit-learn's own, from `{'.'.join(thing.__module__.split('.')[:2])}`.\n"
    if inspect.isclass(thing):
        directive = f".. autoclass:: {name}\n   :members: {', '.join(_own_members(thing))}"
    else:
        directive = f".. {'autofunction' if callable(thing) else 'autodata'}:: {name}"
    return f"{heading}```{{eval-rst}}\n{directive}\n```\n"


def _own_members(kind: type) -> list[str]:
    """Return the public methods and properties that are ours, not those of a library's class."""
    found = []
    for name, member in inspect.getmembers(kind):
        code = member.fget if isinstance(member, property) else member
        if name.startswith("_") or not (inspect.isfunction(code) or inspect.ismethod(code)):
            continue
        if code.__module__.startswith("kwise"):
            found.append(name)
    return found


def first_sentence(thing: object) -> str:
    """Return the first line of a docstring; of plain data there is none."""
    if not (inspect.isclass(thing) or callable(thing)):
        return f"A table of {len(thing)} rows." if hasattr(thing, "__len__") else ""
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def contents() -> str:
    """Return the page that lists all objects, by place, with a line on each."""
    parts = ["# Python\n"]
    for place, names in public_names().items():
        parts.append(f"## {place}\n\n| | |\n|---|---|")
        for name in names:
            short = name.removeprefix(f"{place}.")
            parts.append(f"| [{short}]({name}.md) | {first_sentence(find(name))} |")
        listed = "\n".join(names)
        parts.append(f"\n```{{toctree}}\n:hidden:\n\n{listed}\n```\n")
    return "\n".join(parts)


def tables() -> str:
    """Return the page of the tables of plug-ins, with the names that each holds now."""
    parts = ["# Names that may be given\n\nBuilt-ins are rows of tables; to add one, see"]
    parts[0] += " [Extend](../how-to/extend.md).\n"
    for place, about in TABLES.items():
        rows = find(place.replace(":", "."))
        parts.append(f"## {place.partition(':')[2]}\n\n{about[0].upper()}{about[1:]}.\n")
        parts += [f"- `{getattr(row, 'name', row)}`" for row in rows]  # type: ignore[attr-defined]
        parts.append("")
    return "\n".join(parts)


def command_line() -> str:
    """Return the page of the commands: what --help of each prints."""
    parts = ["# Command line\n", "```text", _help([]), "```\n"]
    for name in COMMANDS:
        parts += [f"## kwise {name}\n", "```text", _help([name]), "```\n"]
    return "\n".join(parts)


def _help(words: list[str]) -> str:
    """Return what --help prints, in lines of 96 letters."""
    from kwise.cli import main

    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "96"
    try:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            main([*words, "--help"])
    finally:
        os.environ.pop("COLUMNS") if before is None else os.environ.update(COLUMNS=before)
    return re.sub(r" +$", "", out.getvalue(), flags=re.M).strip()


def pages() -> dict[str, str]:
    """Return every page by its path below ``docs/reference``."""
    made = {"python/index.md": contents(), "tables.md": tables(), "command-line.md": command_line()}
    for names in public_names().values():
        made |= {f"python/{name}.md": object_page(name) for name in names}
    return made


def write_reference() -> None:
    """Write the pages, and take away those of objects that are gone."""
    made = pages()
    for old in (REFERENCE / "python").glob("*.md"):
        if f"python/{old.name}" not in made:
            old.unlink()
    for name, text in made.items():
        path = REFERENCE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_reference()
    sys.stdout.write(f"{kwise.__version__}: {len(pages())} pages\n")

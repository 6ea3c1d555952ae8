"""How to ask the same question again: in words, as a command, as code."""

from __future__ import annotations

import shlex
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from kwise._formatting import count, listed
from kwise.report.summary import Reproduction
from kwise.table_options import in_one_word

if TYPE_CHECKING:
    from kwise.report.data import Asked, ReportData

__all__ = ["asked_in_words", "reproduction"]

_PACKAGES = ("kwise", "numpy", "scipy", "scikit-learn", "polars")


def asked_in_words(data: ReportData) -> tuple[str, ...]:
    """Say in a few sentences what was asked."""
    options = data.asked.options
    ks = data.selection.sweep.ks
    said = [
        f"{count(len(data.X))} rows of {data.asked.table}, {_columns(data)}, grouped by k-means."
    ]
    if "k" in options:
        said.append(f"The number of groups was given: {options['k']}.")
    elif ks:
        said.append(f"The number of groups was to be found; {_looked_at(data)} were looked at.")
    if data.match is not None:
        said.append(f"Numbers and names of groups go on from {data.last_name}.")
    if data.outside:
        names = [each.name for each in data.outside]
        said.append(f"Set beside the groups, and not used to make them: {listed(names)}.")
    if data.truth is not None:
        said.append(f"Compared with the labels in {data.truth.name}.")
    return tuple(said)


def _looked_at(data: ReportData) -> str:
    """Say which numbers of groups were looked at."""
    ks = data.selection.sweep.ks
    gap = next((i for i in range(1, len(ks)) if ks[i] != ks[i - 1] + 1), len(ks))
    parts = [f"{part[0]} to {part[-1]}" for part in (ks[:gap], ks[gap:]) if part]
    return " and ".join(parts)


def reproduction(data: ReportData) -> Reproduction:
    """Write the command and the lines of Python that give the same result."""
    return Reproduction(
        command=_command(data),
        code=_code(data),
        seed=data.asked.random_state,
        versions=(("Python", sys.version.split()[0]), *_versions()),
    )


def _columns(data: ReportData) -> str:
    """Say which columns were clustered."""
    n = len(data.columns)
    if n == 1:
        return f"by the column {data.columns[0]}"
    if n <= 4:
        return f"by the columns {listed(list(data.columns))}"
    return f"by {count(n)} columns"


def _command(data: ReportData) -> str:
    """Write the command line; options follow the names of the arguments."""
    asked = data.asked
    words = ["kwise", "report"]
    if asked.path is not None:
        words.append(shlex.quote(asked.path))
    for name, value in asked.options.items():
        option = "--" + name.replace("_", "-")
        if value is True:
            words.append(option)
        else:
            words += [option, shlex.quote(in_one_word(value))]
    words += ["--seed", str(asked.random_state)]
    return " ".join(words)


def _code(data: ReportData) -> str:
    """Write ten lines of Python or fewer that analyze, use and keep the clustering."""
    asked = data.asked
    arguments = [f"    {_source(asked)},"]
    arguments += [f"    {name}={value!r}," for name, value in asked.options.items()]
    arguments.append(f"    random_state={asked.random_state!r},")
    bundled = ["from kwise.io.datasets import bundled"] if asked.bundled else []
    lines = ["import kwise", *bundled, "", "analysis = kwise.analyze(", *arguments, ")"]
    lines.append("print(analysis.k, analysis.verdict)  # labels: analysis.labels, from 0")
    lines.append('analysis.save("model.kwise")         # kwise.load("model.kwise").predict(rows)')
    return "\n".join(lines)


def _source(asked: Asked) -> str:
    """Write where the table comes from."""
    if asked.bundled:
        return f"bundled({asked.table!r})"
    return repr(asked.path) if asked.path is not None else "frame"


def _versions() -> list[tuple[str, str]]:
    """List the packages that a result rests on."""
    found = []
    for package in _PACKAGES:
        try:
            found.append((package, version(package)))
        except PackageNotFoundError:
            continue
    return found

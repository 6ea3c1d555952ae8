"""A model as one query of standard SQL, for DuckDB, SQLite, PostgreSQL and their relatives."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kwise._cells.missing import MISSING
from kwise.io.exporters.description import Category, Description, Number, describe, output_name
from kwise.io.exporters.sql_dates import days
from kwise.preparation.categories import TRUTH_VALUES, WHOLE, held_levels

if TYPE_CHECKING:
    from kwise.io.model import Model

__all__ = ["TABLE", "export_sql"]

TABLE = "new_rows"  # what the query reads; the last line names it
MOST_COLUMNS = 1500  # prepared columns and clusters: databases hold no more columns in a query
MOST_ARGUMENTS = 50  # of one LEAST
# Standard SQL for "the one row": without it PostgreSQL and SQLite write each step into the next,
# as often as it is named there, and a query of a few kB takes gigabytes to plan.
ONCE = "OFFSET 0 ROWS FETCH FIRST 1 ROWS ONLY"
HUGE = 1.7e308  # only infinity and nan, the greatest of all in SQL, lie beyond


def export_sql(model: Model) -> str:
    """Return a query that adds the column ``cluster`` to a table named ``new_rows``.

    Clusters count from 1. NULL stands where a cell is missing that the model needs, and where
    kwise would refuse the row: text among numbers, numbers beyond 1e130. Columns of numbers must
    be numbers in the database, those of dates DATE, TIMESTAMP or TIME (in SQLite text such as
    2023-01-05 10:30:00). Where a column is named ``cluster``, the new one is ``cluster_``.

    Parameters
    ----------
    model : Model
        As from ``kwise.load``.

    Returns
    -------
    str
        One SELECT, which sqlglot translates to other dialects.

    Raises
    ------
    ValueError
        If the model is wider than databases are.

    Examples
    --------
    >>> import kwise, numpy as np
    >>> from kwise.io import as_model
    >>> from kwise.io.exporters import EXPORTERS
    >>> model = as_model(kwise.KMeans(2, random_state=0).fit(np.array([[0.0], [1.0], [9.0]])))
    >>> EXPORTERS["sql"](model).splitlines()[-1]
    'FROM new_rows AS t'
    """
    told = describe(model)
    steps = [_cells(told), _scaled(told)]
    if told["normalize_rows"]:
        steps += _normalized(_width(told))
    if told["components"]:
        steps.append(_components(told))
    steps.append(_distances(told["centers"]))
    widest = max(len(step) for step in steps)
    if widest > MOST_COLUMNS:
        raise ValueError(
            f"the query would have {widest:,} columns, and databases hold about {MOST_COLUMNS:,}; "
            "export to python, javascript or onnx, or fit again with components=50, say"
        )
    query = "SELECT " + ",\n".join(steps[0])
    for step in steps[1:]:
        query = f"SELECT {_lines(step)}\nFROM (\n{query}\n{ONCE}) AS s"
    return (
        "SELECT t.*, (\n"
        f"SELECT {_nearest(len(told['centers']))}\nFROM (\n{query}\n{ONCE}) AS s\n"
        f") AS {output_name(told)}\nFROM {TABLE} AS t\n"
    )


def _cells(told: Description) -> list[str]:
    """Return cells as numbers, filled where the model says so; NULL where nothing is."""
    numbers = [f"{_cell(each, told)} AS c{j}" for j, each in enumerate(told["numbers"])]
    return numbers + [f"{_word(each)} AS w{j}" for j, each in enumerate(told["categories"])]


def _cell(column: Number, told: Description) -> str:
    """Return the cell of a column of numbers, or of words in an order."""
    name = f"t.{_name(column['name'])}"
    filling = "NULL" if column["filling"] is None else _number(column["filling"])
    if column["order"]:
        word = f"LOWER({_stripped(name)})"
        steps = [(word_, i) for i, word_ in enumerate(column["order"])]
        taken = [(w.strip().lower(), i) for w, i in steps if float(i) not in column["sentinels"]]
        gone = [w.strip().lower() for w, i in steps if float(i) in column["sentinels"]]
        missing = [*told["missing_words"], *gone]
        cases = " ".join(f"WHEN {word} = {_text(w)} THEN {_number(float(i))}" for w, i in taken)
        return (
            f"CASE WHEN {name} IS NULL OR {_stripped(name)} IN ({_texts(missing)}) "
            f"THEN {filling} {cases} END"
        )
    if column["date"] is not None:
        return _date(column, name, filling, told["missing_words"])
    # COALESCE of one column is that column, without what SQLite would make of text in it.
    plain, most = f"COALESCE({name}, {name})", _number(told["largest_cell"])
    missing_if = f"{name} IS NULL OR ({plain} > {_number(HUGE)} AND -{plain} > {_number(HUGE)})"
    if column["sentinels"]:
        missing_if += f" OR {plain} IN ({', '.join(map(_number, column['sentinels']))})"
    return (
        f"CASE WHEN {missing_if} THEN {filling} "
        f"WHEN {plain} <= {most} AND {plain} >= -{most} THEN CAST({name} AS DOUBLE PRECISION) END"
    )


def _date(column: Number, name: str, filling: str, missing: list[str]) -> str:
    """Return the cell of a column of dates as days; NULL where it is none."""
    gone = f"{name} IS NULL OR {_stripped(name)} IN ({_texts(missing)})"
    taken = days(name)
    if column["sentinels"]:
        gone += f" OR {taken} IN ({', '.join(map(_number, column['sentinels']))})"
    return f"CASE WHEN {gone} THEN {filling} ELSE {taken} END"


def _word(column: Category) -> str:
    """Return the cell of a column of categories, stripped; NULL where it stands for no value."""
    name = f"t.{_name(column['name'])}"
    word = _stripped(name)
    if held_levels(column["levels"]) <= TRUTH_VALUES:
        word = f"LOWER({word})"
    filling = "NULL" if column["filling"] is None else _text(column["filling"])
    missing = f"{name} IS NULL OR {_stripped(name)} IN ({_texts(sorted(MISSING))})"
    return f"CASE WHEN {missing} THEN {filling} ELSE {word} END"


def _scaled(told: Description) -> list[str]:
    """Return columns evened out and scaled, and indicators; NULL where one is too far out."""
    found = []
    for j, column in enumerate(told["numbers"]):
        less = f"({_evened(f'c{j}', column['power'])} - {_number(column['subtract'])})"
        scaled = f"{less} / {_number(column['divide'])}"
        far = _number(told["largest_prepared"])
        found.append(f"CASE WHEN ABS({scaled}) <= {far} THEN {scaled} END")
    for j, category in enumerate(told["categories"]):
        whole = all(map(WHOLE.fullmatch, held_levels(category["levels"])))
        for level in category["levels"]:
            texts = _texts([level, level + ".0"] if whole else [level])
            is_level = f"WHEN w{j} IN ({texts}) THEN {_number(category['weight'])}"
            found.append(f"CASE WHEN w{j} IS NULL THEN NULL {is_level} ELSE 0e0 END")
    return [f"{each} AS x{j}" for j, each in enumerate(found)]


def _evened(x: str, power: float | None) -> str:
    """Return a skewed number evened out (Yeo-Johnson); NULL where it would overflow."""
    if power is None:
        return x
    log, tiny = f"LN(1e0 + ABS({x}))", sys.float_info.epsilon

    def curve(exponent: float, *, flat: bool) -> str:
        """Return (e^(exponent log) - 1) / exponent, or the logarithm where that is its limit.

        PostgreSQL refuses what is too small for EXP.
        """
        if flat:
            return log
        e = f"{_number(exponent)} * {log}"
        least = f"WHEN {e} < -7e2 THEN {_number(-1 / exponent)} " if exponent < 0 else ""
        return f"CASE {least}WHEN {e} < 7e2 THEN (EXP({e}) - 1e0) / {_number(exponent)} END"

    above = curve(power, flat=abs(power) < tiny)
    below = curve(2 - power, flat=abs(power - 2) <= tiny)
    return f"(CASE WHEN {x} >= 0e0 THEN {above} ELSE -({below}) END)"


def _normalized(width: int) -> list[list[str]]:
    """Return the steps that divide a row by its length."""
    xs = [f"x{j}" for j in range(width)]
    length = f"SQRT({_products([(x, x) for x in xs])}) AS l"
    return [
        [*xs, length],
        [f"CASE WHEN l > 0e0 THEN {x} / l ELSE {x} END AS {x}" for x in xs],
    ]


def _components(told: Description) -> list[str]:
    """Return the principal components of a row."""
    centered = [f"(x{j} - {_number(mean)})" for j, mean in enumerate(told["component_mean"])]
    return [
        f"{_products([(x, _number(a)) for x, a in zip(centered, axis)])} AS x{i}"
        for i, axis in enumerate(told["components"])
    ]


def _distances(centers: Sequence[Sequence[float]]) -> list[str]:
    """Return the squared distance to each center."""
    return [
        _products([(apart, apart) for apart in _apart(center)]) + f" AS d{i}"
        for i, center in enumerate(centers)
    ]


def _apart(center: Sequence[float]) -> list[str]:
    """Return a row less a center."""
    return [f"(x{j} - {_number(value)})" for j, value in enumerate(center)]


def _products(pairs: Sequence[tuple[str, str]]) -> str:
    """Return the sum of products in kwise's order: eight lanes, added in pairs."""
    lanes = [" + ".join(f"{a} * {b}" for a, b in pairs[i::8]) for i in range(8)]

    def added(*numbers: int) -> str:
        """Add the lanes that are there."""
        there = [f"({lanes[i]})" for i in numbers if lanes[i]]
        return " + ".join(there)

    fours = [(added(0, 4), added(2, 6)), (added(1, 5), added(3, 7))]
    halves = [" + ".join(f"({part})" for part in four if part) for four in fours]
    return " + ".join(f"({half})" for half in halves if half)


def _nearest(k: int) -> str:
    """Return the number of the smallest distance, the lowest of equal ones."""
    if k == 1:
        return "CASE WHEN d0 IS NOT NULL THEN 1 END"
    least = [f"d{i}" for i in range(k)]
    while len(least) > 1:
        least = [
            f"LEAST({', '.join(some)})" if len(some) > 1 else some[0]
            for some in (
                least[i : i + MOST_ARGUMENTS] for i in range(0, len(least), MOST_ARGUMENTS)
            )
        ]
    return f"CASE {least[0]}\n" + "\n".join(f"WHEN d{i} THEN {i + 1}" for i in range(k)) + " END"


def _width(told: Description) -> int:
    """Return the number of scaled columns."""
    return len(told["numbers"]) + sum(len(each["levels"]) for each in told["categories"])


def _lines(step: Sequence[str]) -> str:
    """Write columns one a line."""
    return ",\n".join(step)


def _stripped(name: str) -> str:
    """Return a cell as text without blanks around it."""
    return f"TRIM(CAST({name} AS VARCHAR), {_text(' ' + chr(9) + chr(10) + chr(13))})"


def _name(name: str) -> str:
    """Quote the name of a column."""
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    """Quote text."""
    return "'" + text.replace("'", "''") + "'"


def _texts(texts: Iterable[str]) -> str:
    """Quote texts and join them."""
    return ", ".join(map(_text, texts))


def _number(value: float) -> str:
    """Write a number so that it is a double everywhere, and reads back exactly."""
    written = repr(float(value))
    written = written if "e" in written else written + "e0"
    return f"({written})" if value < 0 else written

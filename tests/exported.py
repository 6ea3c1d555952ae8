"""How each exported target is run on a table: program -> its target, and what labels rows.

Each returns clusters from 1 on, and 0 where there is none or the row is refused.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

import numpy as np
import polars as pl

from kwise.preparation.dates import in_days
from postgres import run_postgres

ROW, ORDER = "the row", 'ORDER BY "the row"'  # queries keep no order
WIDE = 100  # columns from which on DuckDB's optimizer takes longer than its work
Runs = Callable[[str, pl.DataFrame], np.ndarray]


def run_python(source: str, frame: pl.DataFrame) -> np.ndarray:
    """Call the predictor row by row."""
    predictor: dict[str, object] = {"__name__": "predictor"}
    exec(compile(source, "predictor.py", "exec"), predictor)
    found = []
    for row in frame.iter_rows(named=True):
        try:
            found.append(predictor["predict"](row) or 0)
        except ValueError:
            found.append(0)
    return np.array(found)


def in_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table with dates and times as text, as SQLite and JSON hold them."""
    kinds = {"Date": "%Y-%m-%d", "Datetime": "%Y-%m-%d %H:%M:%S%.6f", "Time": "%H:%M:%S%.6f"}
    texts = [
        pl.col(name).dt.strftime(kinds[str(kind.base_type())])
        for name, kind in frame.schema.items()
        if str(kind.base_type()) in kinds
    ]
    return frame.with_columns(texts)


def run_javascript(source: str, frame: pl.DataFrame, rows_at_once: int = 5000) -> np.ndarray:
    """Call the function in V8."""
    from py_mini_racer import MiniRacer

    engine = MiniRacer()
    engine.eval(source)
    engine.eval(
        "function labels(names, rows) {"
        "  return JSON.stringify(rows.map((cells) => {"
        "    const row = Object.fromEntries(names.map((name, j) => [name, cells[j]]));"
        "    try { return predict(row) || 0; } catch (wrong) { return 0; }"
        "  }));"
        "}"
    )
    names, frame = json.dumps(frame.columns), in_text(frame)
    found: list[int] = []
    for start in range(0, frame.height, rows_at_once):
        rows = json.dumps([list(row) for row in frame[start : start + rows_at_once].iter_rows()])
        found += json.loads(str(engine.eval(f"labels({names}, {rows})")))
    return np.array(found)


def run_duckdb(query: str, frame: pl.DataFrame) -> np.ndarray:
    """Run the query in DuckDB."""
    import duckdb
    import sqlglot

    made = query.rpartition(") AS ")[2].split()[0]
    with duckdb.connect() as base:
        if frame.width > WIDE:
            base.execute("PRAGMA disable_optimizer")
        base.register("new_rows", frame.with_row_index(ROW).to_arrow())
        query = sqlglot.transpile(query, read="postgres", write="duckdb")[0]
        found = base.execute(f"SELECT COALESCE({made}, 0) FROM ({query}) AS q {ORDER}").fetchnumpy()
    return np.asarray(next(iter(found.values())))


def run_sqlite(query: str, frame: pl.DataFrame) -> np.ndarray:
    """Run the query in SQLite."""
    import sqlglot

    base = sqlite3.connect(":memory:")
    frame = in_text(frame).with_row_index(ROW)
    kinds = ["REAL" if kind.is_numeric() else "TEXT" for kind in frame.dtypes]
    names = ['"' + name.replace('"', '""') + '"' for name in frame.columns]
    base.execute(f"CREATE TABLE new_rows ({', '.join(map(' '.join, zip(names, kinds)))})")
    texts = [pl.col(n).cast(pl.String) for n, k in frame.schema.items() if k == pl.Boolean]
    marks = ", ".join("?" * frame.width)
    base.executemany(f"INSERT INTO new_rows VALUES ({marks})", frame.with_columns(texts).rows())
    query = sqlglot.transpile(query, read="postgres", write="sqlite")[0]
    found = [row[-1] or 0 for row in base.execute(f"SELECT * FROM ({query}) {ORDER}")]
    base.close()
    return np.array(found)


def run_onnx(graph: bytes, frame: pl.DataFrame, rows_at_once: int = 20_000) -> np.ndarray:
    """Run the graph in onnxruntime."""
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(graph, settings, providers=["CPUExecutionProvider"])
    found = []
    for start in range(0, frame.height, rows_at_once):
        part = frame[start : start + rows_at_once]
        feeds = {}
        for each in session.get_inputs():
            column = part[each.name]
            if each.type == "tensor(string)":
                cells = column.cast(pl.String).fill_null("").to_numpy().astype(object)
            else:
                column = in_days(column, "") if column.dtype.is_temporal() else column
                cells = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
            feeds[each.name] = cells.reshape(-1, 1)
        found.append(session.run(None, feeds)[0])
    return np.concatenate(found)


def run_json(text: str, frame: pl.DataFrame, rows_at_once: int = 20_000) -> np.ndarray:
    """Do with typed columns what the schema says of each entry (docs/how-to/export.md)."""
    told = json.loads(text)
    parts = [frame[start : start + rows_at_once] for start in range(0, frame.height, rows_at_once)]
    with np.errstate(all="ignore"):
        return np.concatenate([labels_of_json(told, part) for part in parts])


def labels_of_json(told: dict, frame: pl.DataFrame) -> np.ndarray:
    """Label rows by a model in plain values."""
    numbers = [scaled(told, each, frame[each["name"]]) for each in told["numbers"]]
    X = [*numbers, *(i for each in told["categories"] for i in indicators(told, each, frame))]
    none = np.any([~(np.abs(x) <= told["largest_prepared"]) for x in X], axis=0)
    if told["normalize_rows"]:
        length = np.sqrt(products([(x, x) for x in X]))
        X = [x / np.where(length == 0, 1.0, length) for x in X]
    if told["components"]:
        X = [x - mean for x, mean in zip(X, told["component_mean"])]
        X = [products(zip(X, axis)) for axis in told["components"]]
    squares = [products([(x - c,) * 2 for x, c in zip(X, center)]) for center in told["centers"]]
    return np.where(none, 0, np.argmin(squares, axis=0) + 1)


def scaled(told: dict, each: dict, cells: pl.Series) -> np.ndarray:
    """Return a column of numbers, words in an order or dates, scaled; nan for no cluster."""
    if each["order"]:
        words = cells.cast(pl.String).str.strip_chars()
        gone = words.is_null() | words.is_in(told["missing_words"])
        places = {word.strip().lower(): float(i) for i, word in enumerate(each["order"])}
        x = words.str.to_lowercase().replace_strict(
            places, default=math.inf, return_dtype=pl.Float64
        )
        x = x.set(gone, math.nan).to_numpy(writable=True)
    else:
        cells = in_days(cells, "") if cells.dtype.is_temporal() else cells
        x = cells.cast(pl.Float64).fill_null(math.nan).to_numpy(writable=True)
    x[np.isin(x, each["sentinels"])] = math.nan
    far = np.abs(x) > told["largest_cell"]
    if each["filling"] is not None:
        x[np.isnan(x)] = each["filling"]
    if each["power"] is not None:
        x = np.where(x >= 0, evened(x, each["power"]), -evened(-x, 2 - each["power"]))
    return np.where(far, math.inf, (x - each["subtract"]) / each["divide"])


def evened(x: np.ndarray, power: float) -> np.ndarray:
    """Return the curve of Yeo and Johnson for numbers from 0 on."""
    log = np.log1p(x)
    return log if abs(power) <= np.finfo(float).eps else np.expm1(power * log) / power


def indicators(told: dict, each: dict, frame: pl.DataFrame) -> Iterator[np.ndarray]:
    """Return 0 or the weight for each category; nan where the cell is missing."""
    words = frame[each["name"]].cast(pl.String).str.strip_chars()
    gone = (words.is_null() | words.is_in(told["missing_words"])).to_numpy()
    held = set(each["levels"]) - {"(missing)"}
    if held <= {"true", "false"}:
        words = words.str.to_lowercase()
    if all(re.fullmatch("-?(0|[1-9][0-9]*)", level) for level in held):
        words = words.str.replace(r"^([+-]?[0-9]+)\.0*$", "${1}")
    for level in each["levels"]:
        found = np.where((words == level).fill_null(False).to_numpy(), each["weight"], 0.0)
        missing = math.nan if each["filling"] is None else each["weight"] * (
            level == each["filling"]
        )  # fmt: skip
        yield np.where(gone, missing, found)


def products(pairs: Iterable[tuple[np.ndarray, np.ndarray | float]]) -> np.ndarray:
    """Add products in eight lanes."""
    lanes = [np.zeros(1)] * 8
    for j, (a, b) in enumerate(pairs):
        lanes[j % 8] = lanes[j % 8] + a * b
    l0, l1, l2, l3, l4, l5, l6, l7 = lanes
    return ((l0 + l4) + (l2 + l6)) + ((l1 + l5) + (l3 + l7))


PROGRAMS: Mapping[str, tuple[str, Runs]] = MappingProxyType(
    {
        "python": ("python", run_python),
        "javascript (V8)": ("javascript", run_javascript),
        "sql (DuckDB)": ("sql", run_duckdb),
        "sql (SQLite)": ("sql", run_sqlite),
        "sql (PostgreSQL)": ("sql", run_postgres),
        "onnx (onnxruntime)": ("onnx", run_onnx),
        "json (numpy)": ("json", run_json),
    }
)

"""How each exported target is run on a table: program -> its target, and what labels rows.

Each returns clusters from 1 on, and 0 where there is none or the row is refused.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import polars as pl

from kwise.preparation.dates import in_days
from postgres import run_postgres

ROW, ORDER = "the row", 'ORDER BY "the row"'  # queries keep no order
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


PROGRAMS: Mapping[str, tuple[str, Runs]] = MappingProxyType(
    {
        "python": ("python", run_python),
        "javascript (V8)": ("javascript", run_javascript),
        "sql (DuckDB)": ("sql", run_duckdb),
        "sql (SQLite)": ("sql", run_sqlite),
        "sql (PostgreSQL)": ("sql", run_postgres),
        "onnx (onnxruntime)": ("onnx", run_onnx),
    }
)

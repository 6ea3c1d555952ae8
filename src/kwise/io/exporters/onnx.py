"""A model as an ONNX graph in float64, preparation folded in."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from kwise._cells.missing import MISSING
from kwise._onnx_graph import OPSET, Graph
from kwise._optional import require
from kwise.io.exporters.description import Category, Description, Number, describe, output_name
from kwise.preparation.categories import TRUTH_VALUES, WHOLE, held_levels

if TYPE_CHECKING:
    from kwise.io.model import Model

__all__ = ["export_onnx"]

_UNSEEN, _MISSING = -1, -2  # codes of words
_ML = "ai.onnx.ml"


def export_onnx(model: Model) -> bytes:
    """Return a graph with one input a used column and the output ``cluster``.

    Inputs bear the names of the columns and have the shape (n, 1): float64 for numbers, nan where
    a cell is missing; strings for categories and for words in an order; dates as days since
    1970-01-01, times of a day as hours. ``cluster``, int64 of
    shape (n,), counts from 1; 0 stands for a row without a cluster, and for one that kwise would
    refuse. Where a column is named ``cluster`` the output is ``cluster_``.

    Parameters
    ----------
    model : Model
        As from ``kwise.load``.

    Returns
    -------
    bytes
        A model of opset 17, for onnxruntime and others.

    Examples
    --------
    >>> import kwise, numpy as np
    >>> from kwise.io import as_model
    >>> from kwise.io.exporters import EXPORTERS
    >>> model = as_model(kwise.KMeans(2, random_state=0).fit(np.array([[0.0], [1.0], [9.0]])))
    >>> len(EXPORTERS["onnx"](model)) > 0  # doctest: +SKIP
    True
    """
    onnx = require("onnx", extra="export")
    told = describe(model)
    names = [each["name"] for each in (*told["numbers"], *told["categories"])]
    graph = Graph(_prefix(names))
    output = output_name(told)
    refused, x = _prepared(graph, told)
    nearest = graph.smallest(graph.squared_distances(x, np.array(told["centers"])))
    cluster = graph.add("Add", nearest, graph.constant(1, np.int64))
    nothing = graph.constant(0, np.int64)
    refused = graph.add("Squeeze", refused, graph.constant([1], np.int64))
    graph.add("Where", refused, nothing, cluster, output=output)
    value = onnx.helper.make_tensor_value_info
    words = {each["name"] for each in told["categories"]}
    words |= {each["name"] for each in told["numbers"] if each["order"]}
    kinds = onnx.TensorProto
    inputs = [
        value(name, kinds.STRING if name in words else kinds.DOUBLE, ["n", 1]) for name in names
    ]
    made = onnx.helper.make_model(
        graph.finished(inputs, [value(output, kinds.INT64, ["n"])]),
        producer_name="kwise",
        opset_imports=[onnx.helper.make_opsetid("", OPSET), onnx.helper.make_opsetid(_ML, 2)],
        ir_version=8,
    )
    onnx.checker.check_model(made)
    return bytes(made.SerializeToString())


def _prefix(names: list[str]) -> str:
    """Return what begins the names of nodes: no column is named so."""
    prefix = "kwise_"
    while any(each.startswith(prefix) for each in names):
        prefix += "_"
    return prefix


def _prepared(graph: Graph, told: Description) -> tuple[str, str]:
    """Add what prepares rows; return which are refused or incomplete, (n, 1), and the rows."""
    columns = []
    for special, each in groupby(told["numbers"], _is_special):
        run = list(each)
        blocks = [[column] for column in run] if special else [run]
        columns += [_scaled(graph, block, told["largest_cell"]) for block in blocks]
    columns += [_indicators(graph, category) for category in told["categories"]]
    x = graph.add("Concat", *columns, axis=1) if len(columns) > 1 else columns[0]
    refused = graph.any_beyond(x, told["largest_prepared"])
    width = len(told["numbers"]) + sum(len(each["levels"]) for each in told["categories"])
    if told["normalize_rows"]:
        length = graph.add("Sqrt", graph.squares(x, width))
        none = graph.add("Equal", length, graph.constant(0.0))
        x = graph.add("Div", x, graph.add("Where", none, graph.constant(1.0), length))
    if told["components"]:
        centered = graph.add("Sub", x, graph.constant([told["component_mean"]]))
        x = graph.products(centered, np.array(told["components"]))
    return refused, x


def _is_special(column: Number) -> bool:
    """Say whether a column takes steps of its own, and cannot be one of a block."""
    return bool(column["order"] or column["sentinels"]) or column["power"] is not None


def _scaled(graph: Graph, columns: list[Number], largest: float) -> str:
    """Return columns, filled, evened out and scaled; nan where a cell is refused or missing.

    Many columns that take no steps of their own are one block of a few nodes: runtimes take
    minutes to load a node for each of thousands of columns.
    """
    first = columns[0]
    x = _steps(graph, first) if first["order"] else _block(graph, columns)
    for sentinel in first["sentinels"]:
        same = graph.add("Equal", x, graph.constant(sentinel))
        x = graph.add("Where", same, graph.constant(np.nan), x)
    nan = graph.constant(np.nan)
    fits = graph.add("LessOrEqual", graph.add("Abs", x), graph.constant(largest))
    plain = graph.add("Where", fits, x, nan)
    fillings = [np.nan if each["filling"] is None else each["filling"] for each in columns]
    if not np.isnan(fillings).all():
        plain = graph.add("Where", graph.add("IsNaN", x), graph.constant([fillings]), plain)
    plain = _evened(graph, plain, first["power"])
    less = graph.add("Sub", plain, graph.constant([[each["subtract"] for each in columns]]))
    return graph.add("Div", less, graph.constant([[each["divide"] for each in columns]]))


def _block(graph: Graph, columns: list[Number]) -> str:
    """Return inputs side by side."""
    names = [each["name"] for each in columns]
    return graph.add("Concat", *names, axis=1) if len(names) > 1 else names[0]


def _steps(graph: Graph, column: Number) -> str:
    """Return the numbers that words stand for: nan where one is missing, infinity if unknown."""
    codes: dict[str, float] = dict.fromkeys(MISSING, np.nan)
    for i, word in enumerate(column["order"]):
        plain = word.strip()
        for form in (plain.title(), plain.capitalize(), plain.upper(), plain.lower(), plain, word):
            codes[form] = float(i)
    found = graph.add(
        "LabelEncoder", column["name"], domain=_ML, keys_strings=list(codes),
        values_floats=list(codes.values()), default_float=np.inf,
    )  # fmt: skip
    return graph.add("Cast", found, to=graph.onnx.TensorProto.DOUBLE)


def _indicators(graph: Graph, column: Category) -> str:
    """Return a column of 0 and the weight for each category; nan where the cell is missing."""
    levels = column["levels"]
    filled = _MISSING if column["filling"] is None else levels.index(column["filling"])
    codes = dict.fromkeys(MISSING, filled)
    words = held_levels(levels)
    whole, truth = all(map(WHOLE.fullmatch, words)), words <= TRUTH_VALUES
    for i, level in enumerate(levels):
        forms = [f"{level}.0"] if whole else [level.title(), level.upper()] if truth else []
        codes |= dict.fromkeys([*forms, level], i)
    code = graph.add(
        "LabelEncoder", column["name"], domain=_ML, keys_strings=list(codes),
        values_int64s=list(codes.values()), default_int64=_UNSEEN,
    )  # fmt: skip
    same = graph.add("Equal", code, graph.constant([range(len(levels))], np.int64))
    made = graph.add("Cast", same, to=graph.onnx.TensorProto.DOUBLE)
    made = graph.add("Mul", made, graph.constant(column["weight"]))
    gone = graph.add("Equal", code, graph.constant(_MISSING, np.int64))
    return graph.add("Where", gone, graph.constant(np.nan), made)


def _evened(graph: Graph, x: str, power: float | None) -> str:
    """Even out a skewed number (Yeo-Johnson)."""
    if power is None:
        return x
    one, tiny = graph.constant(1.0), sys.float_info.epsilon
    log = graph.add("Log", graph.add("Add", graph.add("Abs", x), one))

    def curve(exponent: float, *, flat: bool) -> Any:
        """Return (e^(exponent log) - 1) / exponent, or the logarithm where that is its limit."""
        if flat:
            return log
        told = graph.constant(exponent)
        grown = graph.add("Exp", graph.add("Mul", told, log))
        return graph.add("Div", graph.add("Sub", grown, one), told)

    above = curve(power, flat=abs(power) < tiny)
    below = graph.add("Neg", curve(2 - power, flat=abs(power - 2) <= tiny))
    positive = graph.add("GreaterOrEqual", x, graph.constant(0.0))
    return graph.add("Where", positive, above, below)

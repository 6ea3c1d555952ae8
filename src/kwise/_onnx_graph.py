"""Pieces of an ONNX graph in float64 that compute as kwise does, bit for bit.

Sums of products have eight lanes, as ``preparation.lanes``: matrix products would round otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kwise._optional import require
from kwise.types import Floats

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto, TensorProto

__all__ = ["OPSET", "Graph"]

OPSET = 17
_LANES = 8


@dataclass
class Graph:
    """Nodes and constants, as they are added; ``prefix`` begins every name that is made."""

    prefix: str = "kwise_"
    nodes: list[NodeProto] = field(default_factory=list)
    constants: list[TensorProto] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse to begin without onnx."""
        self.onnx = require("onnx", extra="export")
        self._number = 0

    def add(self, operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        """Add a node with one output; return its name."""
        output = output or self._name()
        make = self.onnx.helper.make_node
        self.nodes.append(make(operator, list(inputs), [output], **attributes))
        return output

    def constant(self, values: object, dtype: object = np.float64) -> str:
        """Add a constant; return its name."""
        name = self._name()
        array = np.asarray(values, dtype=dtype)  # type: ignore[call-overload]
        self.constants.append(self.onnx.numpy_helper.from_array(array, name))
        return name

    def squared_distances(self, x: str, centers: Floats) -> str:
        """Return squared distances, (n, k), of rows ``x``, (n, d), to centers, (k, d)."""

        def apart(rows: str, part: slice) -> str:
            """Return the squares of one block."""
            return self._square(self.add("Sub", rows, self._block(centers, part)))

        return self._lanes(x, centers.shape[1], apart)

    def products(self, x: str, rows: Floats) -> str:
        """Return the products, (n, k), of rows ``x``, (n, d), with ``rows``, (k, d)."""
        width = rows.shape[1]
        return self._lanes(
            x, width, lambda mine, part: self.add("Mul", mine, self._block(rows, part))
        )

    def absolute_sums(self, x: str, centers: Floats, output: str = "") -> str:
        """Return sums of absolute differences, (n, k), one term after the other."""
        wide = self.add("Unsqueeze", x, self.constant([1], np.int64))
        apart = self.add("Abs", self.add("Sub", wide, self.constant(centers[None])))
        sums = self.add("CumSum", apart, self.constant(2, np.int64))
        last = centers.shape[1]
        return self.add(
            "Squeeze", self._cut(sums, last - 1, last), self.constant([2], np.int64), output=output
        )

    def columns(self, x: str, places: Sequence[int] | NDArray[np.intp]) -> str:
        """Return some columns of a matrix."""
        return self.add("Gather", x, self.constant(places, np.int64), axis=1)

    def squares(self, x: str, width: int) -> str:
        """Return the sum of squares of each row, (n, 1)."""
        return self._lanes(x, width, lambda mine, _: self._square(mine))

    def smallest(self, distances: str, output: str = "") -> str:
        """Return the index of the smallest number of each row, the lowest of equal ones."""
        return self.add("ArgMin", distances, axis=1, keepdims=0, output=output)

    def any_beyond(self, x: str, largest: float) -> str:
        """Say which rows, (n, 1), hold a number beyond a limit, or nan."""
        fits = self.add("LessOrEqual", self.add("Abs", x), self.constant(largest))
        least = self.add(
            "ReduceMin", self.add("Cast", fits, to=self.onnx.TensorProto.DOUBLE), axes=[1]
        )
        return self.add("Less", least, self.constant(0.5))

    def _square(self, x: str) -> str:
        """Return the square of each number."""
        return self.add("Mul", x, x)

    def _block(self, rows: Floats, part: slice) -> str:
        """Return a block of eight columns as a constant, (1, k, 8), with 0 beyond the last one."""
        block = rows[:, part]
        return self.constant(np.pad(block, ((0, 0), (0, _LANES - block.shape[1])))[None])

    def _lanes(self, x: str, width: int, term: Callable[[str, slice], str]) -> str:
        """Sum terms of blocks of eight columns lane by lane, then the lanes in pairs."""
        n_blocks = max(1, -(-width // _LANES))
        missing = n_blocks * _LANES - width
        if missing:
            pads = self.constant([0, 0, 0, missing], np.int64)
            x = self.add("Pad", x, pads, self.constant(0.0))
        wide = self.add("Unsqueeze", x, self.constant([1], np.int64))  # (n, 1, d)
        sums = ""
        for b in range(n_blocks):
            part = slice(b * _LANES, (b + 1) * _LANES)
            mine = self._cut(wide, part.start, part.stop)
            found = term(mine, part)
            sums = self.add("Add", sums, found) if sums else found
        for half in (4, 2, 1):
            sums = self.add("Add", self._cut(sums, 0, half), self._cut(sums, half, 2 * half))
        return self.add("Squeeze", sums, self.constant([2], np.int64))

    def _cut(self, x: str, start: int, stop: int) -> str:
        """Return a part of the last axis of three."""
        ends = ([start], [stop], [2])
        return self.add("Slice", x, *(self.constant(each, np.int64) for each in ends))

    def _name(self) -> str:
        """Return a name that is new."""
        self._number += 1
        return f"{self.prefix}{self._number}"

    def finished(self, inputs: Sequence[Any], outputs: Sequence[Any]) -> GraphProto:
        """Return the graph with its inputs and outputs."""
        made: GraphProto = self.onnx.helper.make_graph(
            self.nodes, "kwise", list(inputs), list(outputs), self.constants
        )
        return made

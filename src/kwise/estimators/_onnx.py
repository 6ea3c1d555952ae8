"""Estimators as ONNX graphs: what ``skl2onnx`` asks of estimators of other libraries.

The methods are all there is to register: skl2onnx calls them wherever an estimator stands in a
pipeline, and only then is it imported.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kwise._onnx_graph import Graph

if TYPE_CHECKING:
    from kwise.estimators._mixed_space import MixedSpace
    from kwise.estimators._split_tree import SplitTree
    from kwise.types import Floats

__all__ = ["OnnxCenters", "OnnxMedoids", "OnnxPrototypes", "OnnxTree"]

Step = Callable[..., Any]
_SUMS = ("manhattan", "cityblock", "l1")


class OnnxCenters:
    """Conversion of an estimator whose ``predict`` is the nearest of ``cluster_centers_``.

    The graph has the outputs ``label`` (int64, from 0 on, as ``predict``) and ``scores`` (the
    distances of ``transform``). It computes in float64, whatever its input is.
    """

    cluster_centers_: NDArray[np.floating]

    def _check_onnx(self) -> None:
        """Raise for what has no graph."""
        metric = getattr(self, "metric", "euclidean")
        if metric != "euclidean":
            raise ValueError(f"only Euclidean distances become ONNX graphs, not {metric!r}")

    def _add_nodes(self, graph: Graph, x: str, label: str, scores: str, single: bool) -> None:  # noqa: ARG002
        """Add what labels rows ``x`` in float64, which were float32 if ``single``."""
        squared = graph.squared_distances(x, np.asarray(self.cluster_centers_, dtype=np.float64))
        graph.smallest(squared, output=label)
        graph.add("Sqrt", squared, output=scores)

    def onnx_parser(self) -> Step:
        """Return what declares the outputs, for skl2onnx."""
        self._check_onnx()

        def parse(scope: Any = None, inputs: Any = None) -> list[Any]:  # noqa: ARG001 - as it calls
            from skl2onnx.common.data_types import DoubleTensorType, Int64TensorType

            return [
                scope.declare_local_variable("label", Int64TensorType()),
                scope.declare_local_variable("scores", DoubleTensorType()),
            ]

        return parse

    def onnx_shape_calculator(self) -> Step:
        """Return what tells shapes, for skl2onnx."""

        def shape(operator: Any) -> None:
            from skl2onnx.common.data_types import DoubleTensorType, Int64TensorType

            n = operator.inputs[0].get_first_dimension()
            k = len(operator.raw_operator.cluster_centers_)
            operator.outputs[0].type = Int64TensorType([n])
            operator.outputs[1].type = DoubleTensorType([n, k])

        return shape

    def onnx_converter(self) -> Step:
        """Return what adds the nodes, for skl2onnx."""

        def convert(scope: Any, operator: Any, container: Any) -> None:
            from skl2onnx.common.data_types import FloatTensorType

            graph = Graph(scope.get_unique_variable_name("kwise") + "_")
            label, scores = (each.full_name for each in operator.outputs)
            double = graph.onnx.TensorProto.DOUBLE
            x = graph.add("Cast", operator.inputs[0].full_name, to=double)
            single = isinstance(operator.inputs[0].type, FloatTensorType)
            operator.raw_operator._add_nodes(graph, x, label, scores, single)
            container.nodes.extend(graph.nodes)
            container.initializers.extend(graph.constants)

        return convert


class OnnxTree(OnnxCenters):
    """Conversion of an estimator whose ``predict`` goes down a tree of splits."""

    _tree: SplitTree

    def _add_nodes(self, graph: Graph, x: str, label: str, scores: str, single: bool) -> None:  # noqa: ARG002
        """Take the nearer side at every split; distances are those to the leaves."""
        tree = self._tree
        squared = graph.squared_distances(x, np.asarray(tree.centers, dtype=np.float64))
        leaves = graph.columns(squared, np.arange(tree.n_leaves))
        graph.add("Sqrt", leaves, output=scores)
        zeros = graph.add("Mul", graph.smallest(squared), graph.constant(0, np.int64))
        reached = [graph.constant(c, np.int64) for c in range(tree.n_leaves)]
        for left, right in tree.children.tolist():
            nearer = graph.smallest(graph.columns(squared, [left, right]))
            to_right = graph.add("Cast", nearer, to=graph.onnx.TensorProto.BOOL)
            reached.append(graph.add("Where", to_right, reached[right], reached[left]))
        graph.add("Add", zeros, reached[-1], output=label)


class OnnxMedoids(OnnxCenters):
    """Conversion of an estimator whose ``predict`` is the nearest medoid.

    ``transform``, from which its labels come, rounds Euclidean distances in its own way: of rows
    as near to two medoids, but for the last digits, the graph may take the other one.
    """

    metric: Any

    def _check_onnx(self) -> None:
        """Raise for metrics that have no graph."""
        if self.metric not in ("euclidean", *_SUMS):
            raise ValueError(
                "only Euclidean and Manhattan distances become ONNX graphs, not "
                f"metric={self.metric!r}"
            )

    def _add_nodes(self, graph: Graph, x: str, label: str, scores: str, single: bool) -> None:
        """Compare distances themselves, in the type in which ``transform`` gives them."""
        centers = np.asarray(self.cluster_centers_, dtype=np.float64)
        if self.metric in _SUMS:
            graph.smallest(graph.absolute_sums(x, centers, output=scores), output=label)
            return
        apart = graph.add("Sqrt", graph.squared_distances(x, centers), output=scores)
        if single:
            apart = graph.add("Cast", apart, to=graph.onnx.TensorProto.FLOAT)
        graph.smallest(apart, output=label)


class OnnxPrototypes(OnnxCenters):
    """Conversion of an estimator for numbers and categories, both as numbers in one matrix."""

    missing: str
    gamma_: float
    _space: MixedSpace
    _means: Floats
    _modes: NDArray[np.int32]

    def _check_onnx(self) -> None:
        """Raise for words and missing cells: skl2onnx gives a graph one matrix of numbers."""
        levels = [level for each in self._space.categories.values() for level in each]
        if not all(isinstance(level, (int, float, np.number)) for level in levels):
            raise ValueError(
                "categories that are words become no ONNX graph here; give them as numbers, or fit "
                "a table with categories='mixed' and export that: kwise export --to onnx"
            )

    def _add_nodes(self, graph: Graph, x: str, label: str, scores: str, single: bool) -> None:  # noqa: ARG002
        """Add squared differences of numbers, and gamma for each category that differs."""
        space = self._space
        numbers = [j for j in range(len(space.names)) if j not in space.vocabularies]
        if not numbers:
            cost = graph.constant(np.zeros((1, len(self._means))))
        else:
            less = graph.add("Sub", graph.columns(x, numbers), graph.constant(space.origin))
            scaled = graph.add("Div", less, graph.constant(space.scale))
            cost = graph.squared_distances(scaled, self._means)
        for place, (j, vocabulary) in enumerate(space.vocabularies.items()):
            codes = self._modes[:, place] - space.firsts[place]
            modes = [float(vocabulary.levels[c]) if c >= 0 else np.nan for c in codes]
            same = graph.add("Equal", graph.columns(x, [j]), graph.constant([modes]))
            free, dear = graph.constant(0.0), graph.constant(self.gamma_)
            cost = graph.add("Add", cost, graph.add("Where", same, free, dear))
        graph.add("Identity", cost, output=scores)
        graph.smallest(cost, output=label)

"""Estimators as ONNX graphs: what ``skl2onnx`` asks of estimators of other libraries.

The methods are all there is to register: skl2onnx calls them wherever an estimator stands in a
pipeline, and only then is it imported.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kwise._onnx_graph import Graph

__all__ = ["OnnxCenters"]

Step = Callable[..., Any]


class OnnxCenters:
    """Conversion of an estimator whose ``predict`` is the nearest of ``cluster_centers_``.

    The graph has the outputs ``label`` (int64, from 0 on, as ``predict``) and ``scores`` (the
    distances of ``transform``). It computes in float64, whatever its input is.
    """

    cluster_centers_: NDArray[np.floating]

    def onnx_parser(self) -> Step:
        """Return what declares the outputs, for skl2onnx."""

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
            metric = getattr(operator.raw_operator, "metric", "euclidean")
            if metric != "euclidean":
                raise ValueError(f"only Euclidean distances become ONNX graphs, not {metric!r}")
            centers = np.asarray(operator.raw_operator.cluster_centers_, dtype=np.float64)
            graph = Graph(scope.get_unique_variable_name("kwise") + "_")
            label, scores = (each.full_name for each in operator.outputs)
            double = graph.onnx.TensorProto.DOUBLE
            x = graph.add("Cast", operator.inputs[0].full_name, to=double)
            squared = graph.squared_distances(x, centers)
            graph.smallest(squared, output=label)
            graph.add("Sqrt", squared, output=scores)
            container.nodes.extend(graph.nodes)
            container.initializers.extend(graph.constants)

        return convert

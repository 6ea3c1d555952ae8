"""Models as code for other places: one target a file.

To add a target: a module with ``export(model)``, which returns text or bytes, and a row in
``EXPORTERS``. A target numbers clusters from 1 and has nothing (null) for a row without one, as
``kwise predict`` does; ``description.describe`` gives it the model in plain values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from kwise.io.exporters.description import export_json
from kwise.io.exporters.javascript import export_javascript
from kwise.io.exporters.onnx import export_onnx
from kwise.io.exporters.python import export_python
from kwise.io.exporters.sql import export_sql
from kwise.io.model import Model

__all__ = ["EXPORTERS", "export_python"]

# Target -> what a file of it holds.
EXPORTERS: Mapping[str, Callable[[Model], str | bytes]] = MappingProxyType(
    {
        "python": export_python,
        "sql": export_sql,
        "javascript": export_javascript,
        "onnx": export_onnx,
        "json": export_json,
    }
)

"""Models as code for other places: one target a file.

To add a target: a module with ``export(model) -> str`` and a row in ``EXPORTERS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from kwise.io.exporters.python import export_python
from kwise.io.model import Model

__all__ = ["EXPORTERS", "export_python"]

# Target -> the source text of a predictor.
EXPORTERS: Mapping[str, Callable[[Model], str]] = MappingProxyType({"python": export_python})

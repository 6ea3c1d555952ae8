"""Optional packages: imported on demand, with a message that says what to install."""

from __future__ import annotations

import importlib
from types import ModuleType

from kwise.exceptions import MissingDependencyError


def require(package: str, *, extra: str) -> ModuleType:
    """Import ``package``, or say which extra of kwise brings it."""
    try:
        return importlib.import_module(package)
    except ImportError as error:
        name = package.partition(".")[0]
        message = f'{name} is needed here and is not installed; run: pip install "kwise[{extra}]"'
        raise MissingDependencyError(message) from error

"""Optional packages: imported on demand, with a message that says what to install."""

from __future__ import annotations

import builtins
import importlib
import sys
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
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


def require_part(package: str, part: str, *, without: str, extra: str) -> ModuleType:
    """Import one file of ``package`` alone, which finds that ``without`` is not installed.

    Some packages import in passing what takes ten times as long as they do. Nothing else notices.
    """
    spec = find_spec(package) if package not in sys.modules else None
    if spec is None or spec.submodule_search_locations is None:
        return require(package, extra=extra)
    path = Path(spec.submodule_search_locations[0], f"{part}.py")
    return _part(path, without) if path.exists() else require(package, extra=extra)


@cache
def _part(path: Path, without: str) -> ModuleType:
    """Run a file as a module of its own, whose imports find all but one package."""

    def find(name: str, *others: object) -> ModuleType:
        if name.partition(".")[0] == without:
            raise ModuleNotFoundError(f"{path.stem} is to do without {name}", name=name)
        return builtins.__import__(name, *others)  # type: ignore[arg-type]

    spec = spec_from_file_location(f"kwise._{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None  # as a file of Python has
    module = module_from_spec(spec)
    module.__dict__["__builtins__"] = {**vars(builtins), "__import__": find}
    spec.loader.exec_module(module)
    return module

"""Between files and memory: tables in, models and their exports out.

To add a file format: a module with ``read(source, options) -> RawTable`` and a row in
``READERS``. To add a target of exports: see ``exporters``.
"""

from importlib import import_module

# Public name -> the module that it lives in; models reach the estimators, tables do not.
_HOME = {
    "EXPORTERS": "kwise.io.exporters",
    "Model": "kwise.io.model",
    "READERS": "kwise.io.reading",
    "Table": "kwise.io.table",
    "as_model": "kwise.io.modeling",
    "demonstration": "kwise.io.datasets",
    "export_python": "kwise.io.exporters",
    "load": "kwise.io.model_file",
    "match_models": "kwise.io.matching",
    "read_table": "kwise.io.reading",
    "save_model": "kwise.io.model_file",
}

__all__ = sorted(_HOME)  # noqa: PLE0605 - the table is the list


def __getattr__(name: str) -> object:
    """Load a public name, or the folder of data sets, on first use."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name == "datasets":
        return import_module("kwise.io.datasets")
    raise AttributeError(f"module 'kwise.io' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names."""
    return [*__all__, "datasets"]

"""k-means, chosen wisely: how many groups, are they real, what are they, where does a row belong.

Public names load on first use, so that ``import kwise`` and ``kwise --help`` stay quick.
To add one: a row in ``_HOME`` and a line in ``__init__.pyi``.
"""

from importlib import import_module

# Public name -> the module that it lives in.
_HOME = {
    "Analysis": "kwise.analysis",
    "BisectingKMeans": "kwise.estimators",
    "KMeans": "kwise.estimators",
    "KMedoids": "kwise.estimators",
    "KPrototypes": "kwise.estimators",
    "MiniBatchKMeans": "kwise.estimators",
    "Selection": "kwise.results",
    "Sweep": "kwise.results",
    "analyze": "kwise.analysis",
    "build_info": "kwise._core",
    "compare": "kwise.analysis.compare",
    "judge_sweep": "kwise.selection",
    "k_means": "kwise.estimators.function",
    "kmeans_plusplus": "kwise.estimators.plusplus",
    "load": "kwise.io",
    "read_table": "kwise.io",
    "rows": "kwise.row_sources",
    "select_k": "kwise.selection",
    "sweep_k": "kwise.selection",
}

# Folders that are public themselves.
_FOLDERS = frozenset(
    {
        "comparison",
        "estimators",
        "explain",
        "io",
        "metrics",
        "monitoring",
        "ordered",
        "plots",
        "preparation",
        "selection",
    }
)

__all__ = sorted(_HOME)  # noqa: PLE0605 - the table is the list


def __getattr__(name: str) -> object:
    """Load a public name, or a public folder such as ``kwise.metrics``, on first use."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name in _FOLDERS:
        return import_module(f"kwise.{name}")
    if name == "__version__":
        from importlib.metadata import version  # a twentieth of a second, for those who ask

        return version("kwise")
    raise AttributeError(f"module 'kwise' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names and folders."""
    return sorted({*__all__, *_FOLDERS, "__version__"})

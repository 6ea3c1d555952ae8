"""Figures, one a file: each draws a result on one matplotlib axes and computes nothing new.

To add one: a file with ``plot_NAME(result, *, ax=None) -> Axes``, and its row in ``_HOME``.
"""

from __future__ import annotations

from importlib import import_module

from kwise._optional import require

# Public name -> the module that it lives in.
_HOME = {
    "plot_boxes": "kwise.plots.boxes",
    "plot_criteria": "kwise.plots.criterion",
    "plot_criterion": "kwise.plots.criterion",
    "plot_scatter": "kwise.plots.scatter",
    "plot_silhouette": "kwise.plots.silhouette",
    "plot_violins": "kwise.plots.boxes",
}

__all__ = sorted(_HOME)  # noqa: PLE0605 - the table is the list


def __getattr__(name: str) -> object:
    """Load a figure on first use."""
    if name in _HOME:
        require("matplotlib", extra="report")
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'kwise.plots' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the figures."""
    return __all__

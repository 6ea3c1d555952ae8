"""Figures, one a file: each draws a result on one matplotlib axes and computes nothing new.

To add one: a file with ``plot_NAME(result, *, ax=None) -> Axes``, and its row in ``_HOME``.
"""

from __future__ import annotations

from importlib import import_module

# Public name -> the module that it lives in; what draws nothing but frames loads no selection.
_HOME = {
    "ElbowDisplay": "kwise.plots.elbow",
    "ScatterDisplay": "kwise.plots.display",
    "SilhouetteDisplay": "kwise.plots.display",
    "animate_iterations": "kwise.plots.animation",
    "plot_changes": "kwise.plots.changes",
    "plot_boxes": "kwise.plots.boxes",
    "plot_comparison": "kwise.plots.comparison",
    "plot_components": "kwise.plots.components",
    "plot_confusion": "kwise.plots.heat",
    "plot_convergence": "kwise.plots.convergence",
    "plot_criteria": "kwise.plots.criterion",
    "plot_criterion": "kwise.plots.criterion",
    "plot_dendrogram": "kwise.plots.hierarchy",
    "plot_distances": "kwise.plots.distances",
    "plot_flows": "kwise.plots.flows",
    "plot_history": "kwise.plots.history",
    "plot_hue": "kwise.plots.hue",
    "plot_interactive": "kwise.plots.interactive",
    "plot_outcome": "kwise.plots.comparison",
    "plot_pairs": "kwise.plots.pairs",
    "plot_parallel": "kwise.plots.parallel",
    "plot_profile": "kwise.plots.heat",
    "plot_reachability": "kwise.plots.hierarchy",
    "plot_scatter": "kwise.plots.scatter",
    "plot_segments": "kwise.plots.segments",
    "plot_silhouette": "kwise.plots.silhouette",
    "plot_sizes": "kwise.plots.sizes",
    "plot_stability": "kwise.plots.sizes",
    "plot_tree": "kwise.plots.tree",
    "plot_variance": "kwise.plots.variance",
    "plot_violins": "kwise.plots.boxes",
    "save_comparison": "kwise.plots.comparison",
    "save_segments": "kwise.plots.segments",
}

__all__ = sorted(_HOME)  # noqa: PLE0605 - the table is the list


def __getattr__(name: str) -> object:
    """Load a figure on first use."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'kwise.plots' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the figures."""
    return __all__

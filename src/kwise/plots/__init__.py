"""Figures, one a file: each draws a result on one matplotlib axes and computes nothing new.

To add one: a file with ``plot_NAME(result, *, ax=None) -> Axes``, and its import here.
"""

from kwise.plots.boxes import plot_boxes, plot_violins
from kwise.plots.criterion import plot_criteria, plot_criterion
from kwise.plots.scatter import plot_scatter
from kwise.plots.silhouette import plot_silhouette

__all__ = [
    "plot_boxes",
    "plot_criteria",
    "plot_criterion",
    "plot_scatter",
    "plot_silhouette",
    "plot_violins",
]

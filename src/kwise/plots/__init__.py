"""Figures, one a file: each draws a result on one matplotlib axes and computes nothing new.

To add one: a file with ``plot_NAME(result, *, ax=None) -> Axes``, and its import here.
"""

from kwise.plots.animation import animate_iterations
from kwise.plots.boxes import plot_boxes, plot_violins
from kwise.plots.convergence import plot_convergence
from kwise.plots.criterion import plot_criteria, plot_criterion
from kwise.plots.distances import plot_distances
from kwise.plots.heat import plot_confusion, plot_profile
from kwise.plots.parallel import plot_parallel
from kwise.plots.scatter import plot_scatter
from kwise.plots.silhouette import plot_silhouette
from kwise.plots.sizes import plot_sizes, plot_stability
from kwise.plots.tree import plot_tree
from kwise.plots.variance import plot_variance

__all__ = [
    "animate_iterations",
    "plot_boxes",
    "plot_confusion",
    "plot_convergence",
    "plot_criteria",
    "plot_criterion",
    "plot_distances",
    "plot_parallel",
    "plot_profile",
    "plot_scatter",
    "plot_silhouette",
    "plot_sizes",
    "plot_stability",
    "plot_tree",
    "plot_variance",
    "plot_violins",
]

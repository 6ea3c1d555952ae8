"""The clusters drawn in a plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.report.data import MOST_PAIRED
from kwise.report.drawings import draw_variance
from kwise.report.points import MOST_ASKED
from kwise.report.projection_drawings import MOST_OUTLINED, draw_clusters, draw_pairs
from kwise.report.sections.base import GROUPS, ONE_GROUP, Material, Section, situation

if TYPE_CHECKING:
    from collections.abc import Mapping


def context(material: Material) -> Mapping[str, object]:
    """Draw the plane, and the most telling columns in pairs, and say what they are."""
    data, made = material.data, material.data.plane
    several = made.kind == "components" and len(data.columns) > 2
    return {
        "figure": draw_clusters(data, made),
        "kind": made.kind,
        "shown": sum(made.shares[:2]) if made.kind == "components" else None,
        "loadings": made.loadings,
        "n_points": len(made.points),
        "n_asked": MOST_ASKED,
        "outlined": len(made.points) <= MOST_OUTLINED and made.kind != "one column",
        "variance": draw_variance(made.shares) if len(made.shares) > 2 else None,
        "one_group": situation(data) == ONE_GROUP,
        "n_components": len(made.shares),
        "pairs": draw_pairs(data) if several and data.paired.shape[1] == MOST_PAIRED else None,
    }


MAP = Section(
    "map", "Scatter: the groups drawn", context=context, draws=True, leads=(ONE_GROUP, GROUPS)
)

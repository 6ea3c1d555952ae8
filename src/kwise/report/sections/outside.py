"""Columns that made none of the clusters, set beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.report.drawings import draw_outside
from kwise.report.projection_drawings import draw_hue
from kwise.report.sections.base import GROUPS, Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping

# Maps in the colors of outside columns: each is a picture of its own.
_MOST_MAPS = 3


def applies(material: Material) -> bool:
    """Show the section where an outside column was asked for."""
    return bool(material.data.outside)


def context(material: Material) -> Mapping[str, object]:
    """Draw boxes for the columns that are numbers, and maps where the plane is the table's own."""
    figures = {
        i: draw_outside(material.data, variable, f"outside-{i}")
        for i, variable in enumerate(material.data.outside)
        if variable.is_numeric
    }
    plane = material.data.plane
    maps = {
        i: draw_hue(plane, variable, f"hue-{i}")
        for i, variable in enumerate(material.data.outside[:_MOST_MAPS])
        if variable.is_numeric and plane.kind in ("map", "columns")
    }
    return {"figures": figures, "maps": maps}


OUTSIDE = Section(
    "outside", "Outside columns, beside the groups", applies, context, draws=True, leads=(GROUPS,)
)

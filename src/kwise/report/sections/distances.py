"""How far the clusters are from each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.report.hierarchy_drawings import MOST_MAPPED, draw_center_maps
from kwise.report.sections.base import Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping


def applies(material: Material) -> bool:
    """Show distances where some candidate has more than two clusters, and none very many."""
    return 2 < max(material.data.labels) <= MOST_MAPPED


def context(material: Material) -> Mapping[str, object]:
    """Draw the map of the centers."""
    figure, shares = draw_center_maps(material.data)
    return {"figure": figure, "shares": shares}


DISTANCES = Section(
    "distances", "Distances between centers", applies, context, draws=True, compares=True
)

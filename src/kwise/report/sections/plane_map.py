"""The clusters drawn in a plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.report.drawings import draw_clusters
from kwise.report.plane import plane
from kwise.report.sections.base import Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping


def context(material: Material) -> Mapping[str, object]:
    """Draw the plane, and say what it is."""
    made = plane(material.study)
    shown = sum(made.shares[:2]) if made.kind == "components" else None
    return {
        "figure": draw_clusters(material.study, made),
        "kind": made.kind,
        "shown": shown,
        "loadings": made.loadings,
        "n_points": len(made.points),
    }


MAP = Section("map", "The groups, drawn", context=context)

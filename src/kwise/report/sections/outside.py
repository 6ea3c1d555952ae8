"""Columns that made none of the clusters, set beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.report.drawings import draw_outside
from kwise.report.sections.base import Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping


def applies(material: Material) -> bool:
    """Show the section where an outside column was asked for."""
    return bool(material.study.outside)


def context(material: Material) -> Mapping[str, object]:
    """Draw boxes for the columns that are numbers."""
    figures = {
        i: draw_outside(material.study, variable, f"outside-{i}")
        for i, variable in enumerate(material.study.outside)
        if variable.is_numeric
    }
    return {"figures": figures}


OUTSIDE = Section("outside", "Beside the groups", applies, context)

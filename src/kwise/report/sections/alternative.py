"""What another method finds where k-means does not suit the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.report.projection_drawings import draw_alternative
from kwise.report.sections.base import OTHER_METHOD, Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping


def applies(material: Material) -> bool:
    """Show the section where the choice of k found a method that fits better."""
    return material.data.selection.alternative is not None


def context(material: Material) -> Mapping[str, object]:
    """Draw the other method's groups."""
    return {"figure": draw_alternative(material.data, material.data.plane)}


ALTERNATIVE = Section(
    "alternative", "Another method fits better", applies, context, draws=True, leads=(OTHER_METHOD,)
)

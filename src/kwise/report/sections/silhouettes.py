"""How well every row sits in its cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.report.drawings import draw_silhouettes
from kwise.report.sections.base import Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping


def applies(material: Material) -> bool:
    """Show bars where some candidate has more than one cluster."""
    return bool(material.data.silhouettes)


def context(material: Material) -> Mapping[str, object]:
    """Draw the bars."""
    return {"figure": draw_silhouettes(material.data)}


SILHOUETTES = Section(
    "silhouettes", "Silhouettes: how well rows fit", applies, context, draws=True, compares=True
)

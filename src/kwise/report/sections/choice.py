"""Why this number of clusters: every criterion's curve and its own choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.report.drawings import draw_criteria
from kwise.report.sections.base import Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping


def applies(material: Material) -> bool:
    """Show the choice where there was one."""
    return len(material.data.selection.sweep.ks) > 1


def context(material: Material) -> Mapping[str, object]:
    """Draw the curves."""
    return {"figure": draw_criteria(material.data)}


CHOICE = Section("choice", "How many groups", applies, context, draws=True)

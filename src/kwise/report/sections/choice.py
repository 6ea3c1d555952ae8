"""Why this number of clusters: every criterion's curve and its own choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.report.drawings import draw_criteria
from kwise.report.sections.base import Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping


# Candidates that have a column, those next to the answer: more would not fit on paper.
_MOST_COLUMNS = 12


def applies(material: Material) -> bool:
    """Show the choice where there was one."""
    return len(material.data.selection.sweep.ks) > 1


def context(material: Material) -> Mapping[str, object]:
    """Draw the curves, and say which candidates have a column."""
    selection = material.data.selection
    ks = selection.sweep.ks
    near = sorted(range(len(ks)), key=lambda i: (abs(ks[i] - selection.k), ks[i]))
    return {"figure": draw_criteria(material.data), "columns": sorted(near[:_MOST_COLUMNS])}


CHOICE = Section("choice", "Choosing k: what each criterion says", applies, context, draws=True)

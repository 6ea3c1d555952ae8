"""How rows nest and order themselves without k-means, with its clusters beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.report.hierarchy_drawings import draw_tree_of_rows, draw_valleys
from kwise.report.sections.base import Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping


def applies(material: Material) -> bool:
    """Show the section where there are rows enough."""
    return material.data.hierarchy is not None


def context(material: Material) -> Mapping[str, object]:
    """Draw the tree and the valleys, and say of which rows."""
    data, found = material.data, material.data.hierarchy
    assert found is not None
    return {
        "tree": draw_tree_of_rows(data, found),
        "valleys": draw_valleys(data, found),
        "n_rows": len(found.rows),
        "sampled": len(found.rows) < len(data.rows),
        "min_samples": found.min_samples,
    }


HIERARCHY = Section(
    "hierarchy", "Hierarchy: the rows without k-means", applies, context, draws=True
)

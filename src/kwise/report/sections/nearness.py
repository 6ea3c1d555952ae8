"""How rows nest and order themselves without k-means, with its clusters beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.report.nearness_drawings import draw_tree_of_rows, draw_valleys
from kwise.report.sections.base import Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping


def applies(material: Material) -> bool:
    """Show the section where there are rows enough."""
    return material.study.nearness is not None


def context(material: Material) -> Mapping[str, object]:
    """Draw the tree and the valleys, and say of which rows."""
    study, found = material.study, material.study.nearness
    assert found is not None
    return {
        "tree": draw_tree_of_rows(study, found),
        "valleys": draw_valleys(study, found),
        "n_rows": len(found.rows),
        "sampled": len(found.rows) < len(study.X),
        "min_samples": found.min_samples,
    }


NEARNESS = Section("nearness", "The rows without k-means", applies, context, draws=True)

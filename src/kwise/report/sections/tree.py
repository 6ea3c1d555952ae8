"""How clusters split as k grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.report.drawings import draw_tree
from kwise.report.sections.base import Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping


def applies(material: Material) -> bool:
    """Show the tree where there are two candidates or more, of few clusters each."""
    ks = list(material.data.labels)
    return len(ks) > 1 and max(ks) <= 30


def context(material: Material) -> Mapping[str, object]:
    """Draw the tree."""
    return {"figure": draw_tree(material.data)}


TREE = Section("tree", "Clustering tree: how groups split as k grows", applies, context, draws=True)

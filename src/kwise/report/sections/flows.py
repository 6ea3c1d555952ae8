"""Which clusters go on from last time, and where rows went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.report.monitoring_drawings import MOST_DRAWN, draw_flows, shades_in
from kwise.report.sections.base import ALWAYS, Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping


def applies(material: Material) -> bool:
    """Show the section where clusters were to be like last time's."""
    return material.data.match is not None


def context(material: Material) -> Mapping[str, object]:
    """Draw the flows, unless they are too many."""
    match, name = material.data.match, material.data.last_name
    assert match is not None
    colors = material.data.colors(material.data.selection.shown)
    few = max(match.flows.shape) <= MOST_DRAWN + 1
    return {
        "match": match,
        "last_name": name,
        "figure": draw_flows(match, colors, (f"last time: {name}", "now")) if few else "",
        "shades": shades_in(colors),
    }


FLOWS = Section(
    "flows", "Where rows went since last time", applies, context, draws=True, leads=ALWAYS
)

"""What has changed in the table since last time's model was fitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.report.monitoring_drawings import draw_drift, shades_of
from kwise.report.sections.base import ALWAYS, Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping


def applies(material: Material) -> bool:
    """Show the section where last time's rows are known."""
    return material.data.drift is not None


def context(material: Material) -> Mapping[str, object]:
    """Draw the changes."""
    drift = material.data.drift
    assert drift is not None
    return {"drift": drift, "figure": draw_drift(drift), "shades": shades_of(len(drift.clusters))}


DRIFT = Section("drift", "What has changed", applies, context, draws=True, leads=ALWAYS)

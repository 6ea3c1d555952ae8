"""Means of each cluster against the whole, in the columns' own units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.report.sections.base import Material, Section

if TYPE_CHECKING:
    from collections.abc import Mapping


def context(material: Material) -> Mapping[str, object]:
    """Lay out one table for each candidate: rows of mean and strength of color."""
    summary = material.summary
    tables = {}
    for k, means in summary.means.items():
        rows = []
        for j, column in enumerate(summary.profile):
            effects = [
                (mean - summary.overall[j]) / summary.spread[j] if summary.spread[j] else 0.0
                for mean in means[j]
            ]
            cells = [(mean, effect, _strength(effect)) for mean, effect in zip(means[j], effects)]
            rows.append((column, summary.overall[j], summary.spread[j], cells))
        tables[k] = rows
    return {"tables": tables}


def _strength(effect: float) -> int:
    """Return how strongly a cell is colored, in percent: full at two standard deviations."""
    return round(min(abs(effect) / 2.0, 1.0) * 50)


PROFILE = Section("profile", "Profiles: each group against the whole", context=context)

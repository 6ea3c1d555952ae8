"""How far the clusters are from each other."""

from __future__ import annotations

from kwise.report.sections.base import Material, Section


def applies(material: Material) -> bool:
    """Show distances where some candidate has more than two clusters, and none very many."""
    ks = [each.k for each in material.summary.clusterings]
    return max(ks) > 2 and max(ks) <= 40


DISTANCES = Section("distances", "How far apart the groups are", applies)

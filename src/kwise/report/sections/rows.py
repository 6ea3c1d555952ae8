"""Typical and borderline rows of each cluster."""

from kwise.report.sections.base import Material, Section


def applies(material: Material) -> bool:
    """Show rows where some candidate has more than one cluster."""
    return any(each.k > 1 for each in material.summary.clusterings)


ROWS = Section("rows", "Rows: typical and borderline", applies, compares=True)

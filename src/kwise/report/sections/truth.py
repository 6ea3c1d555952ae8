"""Clusters against true labels."""

from kwise.report.sections.base import GROUPS, Material, Section


def applies(material: Material) -> bool:
    """Show the comparison where true labels were given."""
    return material.data.truth is not None


TRUTH = Section("truth", "Agreement with the labels", applies, leads=(GROUPS,))

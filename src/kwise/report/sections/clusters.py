"""Each cluster on a card: size, name, what sets it apart, a rule that finds it."""

from kwise.report.sections.base import Section

CLUSTERS = Section("clusters", "What the groups are")

"""How to get the same result again."""

from kwise.report.sections.base import Section

REPRODUCTION = Section("reproduction", "Reproduction: the same result again")

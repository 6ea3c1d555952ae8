"""How to get the same result again."""

from kwise.report.sections.base import Section

RECIPE = Section("recipe", "The same result again")

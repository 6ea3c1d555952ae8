"""The table, and what was done to it before clustering."""

from kwise.report.sections.base import Section

DATA = Section("data", "Data and preparation")

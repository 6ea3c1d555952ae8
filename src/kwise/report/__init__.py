"""From a finished analysis to one HTML page; ``README.md`` here explains the way."""

from kwise.report.building import build_study
from kwise.report.page import draw_sections, get_ready_to_draw, render_page
from kwise.report.study import Asked, ColumnFact, Study, Variable
from kwise.report.summarizer import summarize
from kwise.report.summary import Summary
from kwise.report.writing import write_text

__all__ = [
    "Asked",
    "ColumnFact",
    "Study",
    "Summary",
    "Variable",
    "build_study",
    "draw_sections",
    "get_ready_to_draw",
    "render_page",
    "summarize",
    "write_text",
]

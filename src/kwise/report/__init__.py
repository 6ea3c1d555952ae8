"""From a finished analysis to one HTML page; ``README.md`` here explains the way."""

from kwise.report.data import Asked, ReportData
from kwise.report.monitoring_page import render_drift, render_match
from kwise.report.page import (
    compile_templates,
    draw_sections,
    get_ready_to_draw,
    render_page,
)
from kwise.report.summarizer import summarize
from kwise.report.summary import Summary

__all__ = [
    "Asked",
    "ReportData",
    "Summary",
    "compile_templates",
    "draw_sections",
    "get_ready_to_draw",
    "render_drift",
    "render_match",
    "render_page",
    "summarize",
]

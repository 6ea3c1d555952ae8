"""From a finished analysis to one HTML page; ``README.md`` here explains the way.

Public names load on first use: the summary needs no plotting library, the page does.
"""

from __future__ import annotations

from importlib import import_module

# Public name -> the module that it lives in.
_HOME = {
    "Asked": "kwise.report.study",
    "ColumnFact": "kwise.report.study",
    "Study": "kwise.report.study",
    "Summary": "kwise.report.summary",
    "Variable": "kwise.report.study",
    "build_study": "kwise.report.building",
    "render_page": "kwise.report.page",
    "summarize": "kwise.report.summarizer",
    "write_text": "kwise.report.writing",
}

__all__ = sorted(_HOME)  # noqa: PLE0605 - the table is the list


def __getattr__(name: str) -> object:
    """Load a public name on first use."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'kwise.report' has no attribute {name!r}")

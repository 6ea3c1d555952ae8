"""From a table to a defended clustering: the one place where all the parts meet."""

from kwise.analysis.analyze import analyze
from kwise.analysis.breaks import Breaks, find_breaks
from kwise.analysis.compare import compare
from kwise.analysis.result import Analysis
from kwise.analysis.segments import TableSegments, find_segments

__all__ = [
    "Analysis",
    "Breaks",
    "TableSegments",
    "analyze",
    "compare",
    "find_breaks",
    "find_segments",
]

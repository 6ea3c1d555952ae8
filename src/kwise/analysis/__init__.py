"""From a table to a defended clustering: the one place where all the parts meet."""

from kwise.analysis.analyze import analyze
from kwise.analysis.breaks import Breaks, find_breaks
from kwise.analysis.compare import compare
from kwise.analysis.result import Analysis

__all__ = ["Analysis", "Breaks", "analyze", "compare", "find_breaks"]

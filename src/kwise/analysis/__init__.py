"""From a table to a defended clustering: the one place where all the parts meet."""

from kwise.analysis.analyze import analyze
from kwise.analysis.compare import compare
from kwise.analysis.result import Analysis

__all__ = ["Analysis", "analyze", "compare"]

"""From a table to the numbers that k-means sees, with an account of everything done.

To add a scaling: a row in ``SCALINGS``; a treatment of missing cells: a row in ``FILLINGS``.
"""

from kwise.preparation.missing import FILLINGS
from kwise.preparation.scaling import SCALINGS
from kwise.preparation.summary import ColumnSummary, PreparationSummary
from kwise.preparation.transformer import Preparation

__all__ = ["FILLINGS", "SCALINGS", "ColumnSummary", "Preparation", "PreparationSummary"]

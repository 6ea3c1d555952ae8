"""From a table to the numbers that k-means sees, with an account of everything done.

To add a scaling: a row in ``SCALINGS``; a treatment of missing cells: a row in ``FILLINGS``.
"""

# ruff: noqa: E402 - the friendly message about polars comes before a module needs it

from kwise._optional import require

require("polars", extra="report")

from kwise.preparation.categories import CATEGORIES
from kwise.preparation.influence import ColumnInfluence, column_influence
from kwise.preparation.missing import FILLINGS
from kwise.preparation.scaling import SCALINGS
from kwise.preparation.sensitivity import ScalingAnswer, ScalingSensitivity, scaling_sensitivity
from kwise.preparation.summary import ColumnSummary, PreparationSummary
from kwise.preparation.transformer import Preparation

__all__ = [
    "CATEGORIES",
    "FILLINGS",
    "SCALINGS",
    "ColumnInfluence",
    "ColumnSummary",
    "Preparation",
    "PreparationSummary",
    "ScalingAnswer",
    "ScalingSensitivity",
    "column_influence",
    "scaling_sensitivity",
]

"""From a table to the numbers that k-means sees, with an account of everything done.

To add a scaling: a row in ``SCALINGS``; a treatment of missing cells: a row in ``FILLINGS``.
"""

from kwise._optional import require

require("polars", extra="report")  # the friendly message, before a module needs it

from kwise.preparation.missing import FILLINGS  # noqa: E402
from kwise.preparation.scaling import SCALINGS  # noqa: E402
from kwise.preparation.summary import ColumnSummary, PreparationSummary  # noqa: E402
from kwise.preparation.transformer import Preparation  # noqa: E402

__all__ = ["FILLINGS", "SCALINGS", "ColumnSummary", "Preparation", "PreparationSummary"]

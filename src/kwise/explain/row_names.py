"""What the rows of a table are called: by the column that names each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kwise.io.table import Table
    from kwise.preparation import Preparation

__all__ = ["row_names"]


def row_names(table: Table, preparation: Preparation, rows: NDArray[np.int64]) -> list[str] | None:
    """Return the names of ``rows``; None where no column names them.

    That is the first column of texts that are all different, or else an id that does not merely
    count the rows.
    """
    import polars as pl

    n = table.frame.height
    for texts in (True, False):
        for each in preparation.summary_.columns:
            whole = each.kind == "id" and not each.used and each.n_distinct == n
            if not whole or each.name not in table.frame.columns or each.max - each.min == n - 1:
                continue
            column = table.frame[each.name]
            if (column.dtype == pl.String) == texts:
                return [str(name) for name in column.gather(rows).to_list()]
    return None

"""From a table to a defended clustering: the one place where all the parts meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kwise._names import check_columns
from kwise._progress import Progress, silent
from kwise.estimators import KMeans
from kwise.io import Table, read_table
from kwise.preparation import Preparation
from kwise.report import Asked, ColumnFact, Study, Variable
from kwise.results import Kind, Labels, Selection
from kwise.selection import select_k

if TYPE_CHECKING:
    import polars as pl
    from narwhals.typing import IntoFrame
    from sklearn.pipeline import Pipeline

    from kwise.report import Summary
    from kwise.results import Floats

__all__ = ["Analysis", "analyze"]

"""Settings of every test and doctest: figures are drawn in memory and put away."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

os.environ.setdefault("MPLBACKEND", "agg")


@pytest.fixture(autouse=True)
def _figures_put_away() -> Iterator[None]:
    """Close what pyplot keeps, as a user's session would."""
    yield
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")

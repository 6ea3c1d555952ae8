"""What the tests of several commands start from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Write a table of two far groups."""
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(30, 2)), rng.normal(size=(20, 2)) + 12.0])
    lines = ["x,y,name", *(f"{x:.6f},{y:.6f},row {i}" for i, (x, y) in enumerate(X))]
    path = tmp_path / "two groups.csv"
    path.write_text("\n".join(lines) + "\n")
    return path

"""Names for types that many modules share."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "RandomState"]

Floats: TypeAlias = NDArray[np.float64]
RandomState: TypeAlias = int | np.random.RandomState | None

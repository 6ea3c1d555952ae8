"""How large numbers may be; the programs that ``io.exporters`` writes keep to the same limits."""

from __future__ import annotations

LARGEST_CELL = 1e100  # sums of squares of larger cells would overflow
LARGEST_PREPARED = 1e150  # likewise, once a column is scaled

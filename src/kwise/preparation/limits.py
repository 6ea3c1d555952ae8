"""How large numbers may be; the programs that ``io.exporters`` writes keep to the same limits."""

from __future__ import annotations

LARGEST_CELL = 1e130  # sums of squares of larger cells might overflow
LARGEST_PREPARED = 1e150  # likewise, once a column is scaled

"""Between files and memory: tables in, models and their exports out.

To add a file format: a module with ``read(source, options) -> (frame, notes)`` and a row in
``READERS``.
"""

from kwise.io.datasets import demonstration
from kwise.io.reading import READERS, read_table
from kwise.io.table import Table

__all__ = ["READERS", "Table", "demonstration", "read_table"]

"""What cells of text mean: missing, a number as people write it, a truth value, or a word.

``missing`` lists the words for "no value"; ``marks`` takes a cell's number apart; ``numbers``
decides from all cells of a column how its numbers are written; ``columns`` does so for a frame
and says what it decided.
"""

from kwise._cells.missing import MISSING

__all__ = ["MISSING"]

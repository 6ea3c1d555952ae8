"""What a column of words, dates or truth values is: its cells decide together with its name."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from kwise._cells.columns import why_not_numbers
from kwise.preparation.column_kind import ColumnKind
from kwise.preparation.date_words import are_dates, no_date
from kwise.preparation.name_words import names_id, names_label, words_of
from kwise.preparation.number_kinds import label
from kwise.preparation.ordered_words import in_order, yes_no

MAX_LEVELS = 50  # a column of text with more distinct cells is text, not a category
_DATE_REASON = "it holds dates or times"
_TRUTH = ("false", "true")


@dataclass(frozen=True, slots=True)
class Words:
    """One column of text, with what is known of its cells; ``cells``: the distinct ones if few."""

    column: pl.Series
    present: pl.Series
    words: tuple[str, ...]
    n: int
    n_distinct: int
    cells: list[str]


def other_kind(column: pl.Series, n_distinct: int) -> ColumnKind:
    """Say what a column that holds no numbers is."""
    dtype = column.dtype
    if n_distinct == 0:
        return ColumnKind("constant", "no cell has a value")
    if dtype.is_nested() or dtype in (pl.Object, pl.Binary):
        return ColumnKind("text", f"its cells are of type {dtype}")
    if n_distinct == 1:
        filled = " that is filled" if column.null_count() else ""
        return ColumnKind("constant", f"every cell{filled} is {shown(column.drop_nulls()[0])}")
    if dtype.is_temporal():
        return _duration_kind(column) if dtype == pl.Duration else _date_kind(column)
    if isinstance(dtype, pl.Enum) and 2 < n_distinct <= MAX_LEVELS:
        order = tuple(dtype.categories.to_list())
        return ColumnKind("ordinal", f"it holds {n_distinct} steps of a scale", order=order)
    return _text_kind(column.cast(pl.String), n_distinct)


def _text_kind(column: pl.Series, n_distinct: int) -> ColumnKind:
    """Tell what a column of text holds."""
    present = column.drop_nulls()
    n = len(present)
    few = n_distinct <= min(MAX_LEVELS, max(0.5 * n, 5))
    cells = present.unique(maintain_order=True).to_list() if few else []
    text = Words(column, present, words_of(column.name), n, n_distinct, cells)
    for asked in (_label, _yes_no, _date, _code, _number, _own_text, _scale, _id):
        found = asked(text)
        if found is not None:
            return found
    if few:
        return ColumnKind("category", f"it holds text in {n_distinct} categories")
    return ColumnKind("text", f"it holds text, {n_distinct:,} different cells")


def _label(text: Words) -> ColumnKind | None:
    """Tell answers: few words, in a column that is named as one."""
    if text.cells and text.n_distinct < text.n and names_label(text.words):
        return label(text.n_distinct, "words")
    return None


def _yes_no(text: Words) -> ColumnKind | None:
    """Tell yes and no, in several languages."""
    two = yes_no(text.cells) if text.n_distinct == 2 else None
    if two is None:
        return None
    reason = "it holds true and false" if _truth(two) else f"it says {two[0]} or {two[1]}"
    return ColumnKind("yes/no", reason, order=two)


def _date(text: Words) -> ColumnKind | None:
    """Tell dates and times."""
    return _date_kind(text.column) if are_dates(text.present.head(200).to_list()) else None


def _code(text: Words) -> ColumnKind | None:
    """Tell codes, which have zeros in front."""
    if not _have_leading_zeros(text.present):
        return None
    return ColumnKind("code", "its cells are digits with zeros in front, which measure nothing")


def _number(text: Words) -> ColumnKind | None:
    """Tell numbers that odd cells, or mixed marks, keep from being read as such."""
    almost = why_not_numbers(text.column)
    if not almost:
        return None
    return ColumnKind("text", almost, f"column {text.column.name!r} was left out: {almost}")


def _own_text(text: Words) -> ColumnKind | None:
    """Tell names: every row has its own."""
    if text.n_distinct == text.n >= 10:
        return ColumnKind("id", "every cell holds another text")
    return None


def _scale(text: Words) -> ColumnKind | None:
    """Tell words in an order."""
    order = in_order(text.cells) if text.cells else None
    if order is None:
        return None
    return ColumnKind("ordinal", f"it holds {text.n_distinct} words in an order", order=order)


def _id(text: Words) -> ColumnKind | None:
    """Tell ids by their name."""
    if names_id(text.words, nearly_distinct=text.n_distinct >= 0.9 * text.n):
        return ColumnKind("id", "it is named as an id, which may stand in many rows")
    return None


def _truth(two: tuple[str, str]) -> bool:
    """Say whether two cells are the truth values."""
    return tuple(cell.strip().lower() for cell in two) == _TRUTH


def _duration_kind(column: pl.Series) -> ColumnKind:
    """Leave durations out, with a word: they have no unit that all would agree on."""
    why = "its cells are durations; dt.total_seconds() makes numbers of them"
    return ColumnKind("text", why, f"column {column.name!r} was left out: {why}")


def _date_kind(column: pl.Series) -> ColumnKind:
    """Return the kind of a date; a day that is none is pointed out."""
    empty = no_date(column)
    warning = ""
    if empty:
        warning = (
            f"column {column.name!r} holds {empty[0]} in {empty[1]:,} rows, which often stands "
            "for a date that is not known"
        )
    return ColumnKind("date", _DATE_REASON, warning)


def _have_leading_zeros(present: pl.Series) -> bool:
    """Say whether all cells are digits, of at least two, and some begin with a zero."""
    text = present.str.strip_chars()
    zeros = text.str.contains(r"^0\d+$")
    return bool(zeros.any()) and bool(text.str.contains(r"^\d{2,}$").all())


def shown(cell: object) -> str:
    """Return a cell's text, cut to a readable length."""
    text = repr(cell)
    return text if len(text) <= 40 else text[:37] + "..."

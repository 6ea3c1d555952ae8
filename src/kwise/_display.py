"""How results show themselves: one line in a console, a small table in a notebook."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence

from kwise._formatting import said

__all__ = ["as_html", "in_a_line"]

_MOST_ROWS, _MOST_LETTERS = 30, 60
_STYLE = "text-align:left;padding:.15em .8em .15em 0"


def in_a_line(kind: str, *facts: str) -> str:
    """Write what something is: ``<Selection: k=3, clear, ...>``."""
    return f"<{kind}: {', '.join(fact for fact in facts if fact)}>"


def as_html(title: str, sentences: Iterable[str], rows: Sequence[Mapping[str, object]] = ()) -> str:
    """Write a heading, sentences and rows of equal keys as HTML without styles of its own.

    Words are escaped; numbers are short; of many rows the first are shown, and it says so.
    """
    parts = [f"<strong>{html.escape(title)}</strong>"]
    parts += [f"<div>{html.escape(sentence)}</div>" for sentence in sentences]
    if rows:
        heads = "".join(f'<th scope="col" style="{_STYLE}">{_cell(head)}</th>' for head in rows[0])
        lines = (
            "".join(
                f'<td style="{_STYLE}">{_cell(value, name)}</td>' for name, value in row.items()
            )
            for row in rows[:_MOST_ROWS]
        )
        body = "".join(f"<tr>{line}</tr>" for line in lines)
        parts.append(f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>")
    if len(rows) > _MOST_ROWS:
        parts.append(f"<div>the first {_MOST_ROWS} of {len(rows):,} rows</div>")
    return f"<div>{''.join(parts)}</div>"


def _cell(value: object, name: str = "") -> str:
    """Write one cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "✓" if value else ""
    text = said(name, value) if isinstance(value, float) else str(value)
    return html.escape(text if len(text) <= _MOST_LETTERS else text[: _MOST_LETTERS - 1] + "…")

"""Figures written to files: whole or not at all, and the same each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure; the suffix chooses the format."""
    from matplotlib import rc_context

    from kwise._atomic import written_whole

    kind = path.suffix.lstrip(".")
    if kind not in figure.canvas.get_supported_filetypes():
        raise ValueError(f"{path}: {kind!r} is not a format of pictures; use .svg, .png or .pdf")
    # Without the date and with names that do not turn, the same figure is the same file.
    told = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)
    with written_whole(path) as file, rc_context({"svg.hashsalt": "kwise"}):
        figure.savefig(file, format=kind, dpi=150, metadata=told)

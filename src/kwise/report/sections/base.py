"""What a section of the page is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kwise.report.data import ReportData
    from kwise.report.summary import Summary

__all__ = ["Material", "Section"]


@dataclass(frozen=True)
class Material:
    """What sections are made from: the summary for words, the data for pictures."""

    data: ReportData
    summarized: Summary | None = None

    @property
    def summary(self) -> Summary:
        """Words and numbers; sections that draw do without."""
        assert self.summarized is not None
        return self.summarized


def always(material: Material) -> bool:  # noqa: ARG001 - the signature of ``applies``
    """Show the section on every page."""
    return True


def nothing_more(material: Material) -> Mapping[str, object]:  # noqa: ARG001 - as above
    """Give the template the summary alone."""
    return {}


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its anchor, its heading, its template's name and what that is given.

    The template ``templates/sections/NAME.html`` sees ``summary`` and what ``context``
    returns; the section is left out where ``applies`` is false. ``draws`` marks a section whose
    context is mostly pictures, made from the data: another process may be asked for it.
    """

    name: str
    title: str
    applies: Callable[[Material], bool] = always
    context: Callable[[Material], Mapping[str, object]] = nothing_more
    draws: bool = False

"""What a section of the page is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kwise.plots._roles import own_style

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kwise.report.data import ReportData
    from kwise.report.summary import Summary

__all__ = ["GROUPS", "ONE_GROUP", "OTHER_METHOD", "Material", "Section", "situation"]

# What a page is about: it leads with the sections that are open for it.
ONE_GROUP, OTHER_METHOD, GROUPS = "one group", "another method", "groups"


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


ALWAYS = (ONE_GROUP, GROUPS, OTHER_METHOD)


def situation(data: ReportData) -> str:
    """Say what a page is about: one group, groups of another kind, or groups of k-means."""
    selection = data.selection
    if selection.alternative is not None and len(selection.asked) != 1:
        return OTHER_METHOD
    return ONE_GROUP if selection.shown == 1 else GROUPS


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
    context is mostly pictures, made from the data: another process may be asked for it. It lies
    open on pages about what ``leads`` names, and is folded under its heading on others; with
    ``compares`` it has nothing to say of one group, and is hidden while that is looked at.
    """

    name: str
    title: str
    applies: Callable[[Material], bool] = always
    context: Callable[[Material], Mapping[str, object]] = nothing_more
    draws: bool = False
    leads: tuple[str, ...] = ()
    compares: bool = False

    def filled(self, material: Material) -> Mapping[str, object]:
        """Return the context; pictures are drawn in the page's own style, whatever the reader's."""
        if not self.draws:
            return self.context(material)
        with own_style():
            return self.context(material)

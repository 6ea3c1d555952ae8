"""Drawn SVG as a tree, for the page: attributes are edited, words are never touched."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from kwise.plots.palette import ACCENT, INK, LINE, MUTED, PAPER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from xml.etree.ElementTree import Element

__all__ = ["LAYER", "RASTER", "element", "parse_svg", "picture", "write_svg"]

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
# Beginnings of the ids by which ``kwise.report.svg`` marks groups while it draws.
LAYER, RASTER = "layer-of-k", "raster-goes-here"
# Colors that stand for a role -> the page's own, light or dark.
_ROLES = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    LINE: "var(--line)",
    PAPER: "var(--surface)",
    ACCENT: "var(--accent)",
}
# What XML cannot hold is shown as a letter that cannot be read.
_FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127], "\ufffd")
_PLACES = ("d", "x", "y", "cx", "cy", "r", "width", "height", "points", "transform")
_NUMBER = re.compile(r"-?\d+\.\d+")
_NO_TURN = re.compile(r"rotate\(-?0(?:\.0+)?[ ,][^)]*\)")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")


def parse_svg(text: str) -> Element:
    """Read what matplotlib wrote, and make it fit for a page.

    Comments and metadata go; layers get their candidate (``data-k``); colors that stand for roles
    follow the page; letters are the reader's own; places are rounded to a hundredth of a point,
    which is finer than a screen.
    """
    root = ET.fromstring(text.translate(_FORBIDDEN))
    for parent in root.iter():
        for child in [each for each in parent if each.tag == f"{{{SVG}}}metadata"]:
            parent.remove(child)
    for each in root.iter():
        _follow_the_page(each)
        _round_places(each)
    _name_layers(root)
    return root


def write_svg(root: Element) -> str:
    """Write the tree as one ``<svg>`` element."""
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", XLINK)
    for element in root.iter():  # line ends between elements, never those of words
        if element.text is not None and not element.text.strip():
            element.text = None
        if element.tail is not None and not element.tail.strip():
            element.tail = None
    return ET.tostring(root, encoding="unicode")


def element(tag: str, attributes: Mapping[str, str]) -> Element:
    """Make an SVG element."""
    return ET.Element(f"{{{SVG}}}{tag}", dict(attributes))


def picture(address: str, box: tuple[float, float, float, float], k: int | None) -> Element:
    """Make an element that shows a picture in a box (left, top, width, height), for one k."""
    names = ("x", "y", "width", "height")
    attributes = {name: f"{value:.2f}" for name, value in zip(names, box)}
    attributes |= {"preserveAspectRatio": "none", f"{{{XLINK}}}href": address}
    if k is not None:
        attributes["data-k"] = str(k)
    return element("image", attributes)


def _follow_the_page(element: Element) -> None:
    """Swap colors of roles for the page's, and drop the names of typefaces."""
    for name in ("fill", "stroke", "stop-color"):
        if element.get(name) in _ROLES:
            element.set(name, _ROLES[element.attrib[name]])
    style = element.get("style")
    if style is None:
        return
    kept = [part for each in style.split(";") for part in _declaration(each)]
    element.set("style", "; ".join(f"{name}: {value}" for name, value in kept))


def _declaration(text: str) -> Iterator[tuple[str, str]]:
    """Return what is left of one declaration of a style."""
    name, _, value = (part.strip() for part in text.partition(":"))
    if name == "font":  # [style] [weight] size family, ...
        words = value.split()
        size = next(i for i, word in enumerate(words) if word.endswith("px"))
        if {"bold", "700"} & set(words[:size]):
            yield "font-weight", "700"
        yield "font-size", words[size]
    elif name and name != "font-family":
        yield name, _ROLES.get(value, value)


def _round_places(element: Element) -> None:
    """Round what says where an element lies."""
    for name in _PLACES:
        if name in element.attrib:
            element.set(name, _NUMBER.sub(_two_digits, element.attrib[name]))
    turned = element.get("transform")
    if turned is not None and _NO_TURN.fullmatch(turned.strip()):
        del element.attrib["transform"]


def _two_digits(found: re.Match[str]) -> str:
    """Write a number with at most two digits after its point."""
    text = f"{float(found[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _name_layers(root: Element) -> None:
    """Turn the ids of layers into attributes, and drop ids that nothing refers to."""
    used = set(_references(root))
    for element in root.iter():
        name = element.get("id", "")
        if name in used or name.startswith(RASTER) or not name:
            continue
        del element.attrib["id"]
        if name.startswith(("xtick_", "ytick_")):
            element.set("class", "tick")
        if name.startswith(LAYER):
            kind, k = name.removeprefix(f"{LAYER}-").split("-")[:2]
            element.set("class", f"on-{kind}")
            if k != "all":
                element.set("data-k", k)


def _references(root: Element) -> Iterator[str]:
    """Yield the ids that elements refer to."""
    find: Callable[[str], list[str]] = _REFERENCE.findall
    for element in root.iter():
        for name, value in element.attrib.items():
            if name.endswith("href") and value.startswith("#"):
                yield value[1:]
            elif "url(" in value:
                yield from find(value)

"""What stands before and behind numbers: currencies, units, factors such as K, and flags."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

import polars as pl

from kwise._cells.marks import CURRENCY

MOST_ENDINGS = 40  # different words beside numbers, beyond which they are no units
FLAG = re.compile(r"[a-z*\u2020\u2021\u00a7#]|\*+|\[[a-z]\]")
UNIT = re.compile(r"(?!#[A-Za-z])[^\s()=<>~]{1,15}(?: [^\s()=<>~]{1,12}){0,2}")
# Words that multiply; single letters do only where they cannot be a unit.
FACTORS = {
    "k": 1e3, "thousand": 1e3, "thousands": 1e3, "tsd": 1e3, "tsd.": 1e3,
    "mn": 1e6, "mln": 1e6, "mio": 1e6, "mio.": 1e6, "mill.": 1e6, "million": 1e6, "millions": 1e6,
    "bn": 1e9, "mrd": 1e9, "mrd.": 1e9, "billion": 1e9, "billions": 1e9,
    "trillion": 1e12, "trillions": 1e12, "tn": 1e12,
    "lakh": 1e5, "lakhs": 1e5, "lac": 1e5, "lacs": 1e5, "crore": 1e7, "crores": 1e7,
}  # fmt: skip
LETTERS = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
_WORD = re.compile(rf"([A-Za-z]+\.?)\s*({CURRENCY})?")


@dataclass(frozen=True)
class Endings:
    """What stands beside the numbers of a column: a factor for each, and the unit.

    ``flags`` says how many cells bear a mark such as * or p that is no unit.
    """

    factors: list[float]
    unit: str = ""
    flags: str = ""


@dataclass(frozen=True)
class _Kind:
    """Cells that bear the same: how many, the first, and what is read from it."""

    count: int
    cell: str
    row: int
    factor: float
    unit: str


def read_endings(numbers: pl.DataFrame) -> Endings | str:
    """Read what stands before and behind the numbers, or say why it cannot be left out."""
    # Zeros last: 0 is 0 in any unit, so that another cell speaks for those that bear the same.
    zero = ~pl.col("body").str.contains("[1-9]")
    pairs = (
        numbers.sort(zero, maintain_order=True)
        .group_by("before", "after", maintain_order=True)
        .agg(pl.col("cell").first(), pl.col("row").first(), pl.col("count").sum())
    )
    if pairs.height > MOST_ENDINGS:
        shown = ", ".join(repr(cell) for cell in islice(pairs["cell"], 3))
        return f"what stands beside the numbers differs: {shown}"
    bears = [(before or "", after or "") for before, after in pairs[:, :2].rows()]
    kinds = {
        (before, after): _kind(before, after, bears, rest)
        for (before, after), rest in zip(bears, pairs[:, 2:].rows())
    }
    factors = [
        kinds[before or "", after or ""].factor
        for before, after in numbers.select("before", "after").rows()
    ]
    united = [each for each in kinds.values() if each.unit]
    bare = [each for each in kinds.values() if not each.unit]
    if united and _are_flags(united, bare):
        n = sum(each.count for each in united)
        return Endings(factors, "", f"{united[0].cell!r} ({n:,} cell{'s' if n > 1 else ''})")
    why = _unfit(united, bare)
    return why or Endings(factors, united[0].unit if united else "")


def _kind(
    before: str, after: str, bears: list[tuple[str, str]], first: tuple[str, int, int]
) -> _Kind:
    """Return what the cells with this before and behind their number have in common."""
    factor, unit = _split(after, bears)
    cell, row, count = first
    return _Kind(count, cell, row, factor, before or unit)


def _are_flags(united: list[_Kind], bare: list[_Kind]) -> bool:
    """Say whether single letters and stars mark a few cells, as statistics offices do."""
    few = sum(each.count for each in united) <= sum(each.count for each in bare)
    return few and all(FLAG.fullmatch(each.unit) for each in united)


def _unfit(united: list[_Kind], bare: list[_Kind]) -> str:
    """Say why the units of a column do not belong together, or nothing."""
    strange = next((each for each in united if not UNIT.fullmatch(each.unit)), None)
    if strange is not None:
        return f"{strange.cell!r} (row {strange.row + 1}) is no number with a unit"
    names: dict[str, _Kind] = {}
    for each in united:
        names.setdefault(singular(each.unit), each)
    if len(names) > 1:
        first, second = list(names.values())[:2]
        return (
            f"units are mixed: {first.cell!r} (row {first.row + 1}) and "
            f"{second.cell!r} (row {second.row + 1})"
        )
    percent = [each for each in united if each.unit in ("%", "\u2030")]
    plain = [each for each in bare if not re.fullmatch(r"[+-]?0*[.,]?0*", each.cell)]
    if percent and plain:
        return (
            f"percentages and plain numbers are mixed: {percent[0].cell!r} "
            f"(row {percent[0].row + 1}) and {plain[0].cell!r} (row {plain[0].row + 1})"
        )
    return ""


def _split(after: str, bears: list[tuple[str, str]]) -> tuple[float, str]:
    """Return the factor and the unit that stand behind a number."""
    found = _WORD.fullmatch(after)
    if found is None:
        return 1.0, after
    word, unit = found[1], found[2] or ""
    factor = FACTORS.get(word.lower(), 1.0) if len(word) > 1 or word == "k" else 1.0
    if word.upper() in LETTERS and (unit or _multiplies(word, bears)):
        factor = LETTERS[word.upper()]
    return (factor, unit) if factor != 1.0 else (1.0, after)


def _multiplies(letter: str, bears: list[tuple[str, str]]) -> bool:
    """Say whether K, M, B or T multiplies: beside a currency, or another such letter."""
    letters = {after.upper() for _, after in bears} & set(LETTERS)
    money = any(before for before, _ in bears)
    return letter in "KMB" or money or len(letters) > 1


def singular(unit: str) -> str:
    """Return a unit in lower case, without the s of its plural."""
    lowered = unit.lower().rstrip(".")
    return lowered.removesuffix("s") if len(lowered) > 2 else lowered

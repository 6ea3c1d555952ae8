"""Words that stand in an order: Low, Medium, High; never ... always; 18-25, 26-35, 36+."""

from __future__ import annotations

import re

# Each scale from its lowest word; a column may use part of one.
SCALES: tuple[tuple[str, ...], ...] = tuple(
    tuple(line.split(", "))
    for line in (
        "very low, low, medium low, medium, moderate, normal, medium high, high, very high, "
        "critical, extreme",
        "low, mid, high",
        "low, average, above average, high",
        "niedrig, mittel, hoch",
        "xxs, xs, s, m, l, xl, xxl, xxxl",
        "tiny, small, medium, large, extra large, huge",
        "never, almost never, hardly ever, rarely, seldom, occasionally, sometimes, often, "
        "frequently, usually, very often, almost always, always",
        "nie, selten, manchmal, oft, immer",
        "strongly disagree, disagree, somewhat disagree, slightly disagree, "
        "neither agree nor disagree, neutral, undecided, slightly agree, somewhat agree, agree, "
        "strongly agree",
        "very dissatisfied, dissatisfied, neutral, satisfied, very satisfied",
        "very unlikely, unlikely, neutral, likely, very likely",
        "not at all, slightly, a little, somewhat, moderately, quite, very, extremely",
        "very poor, poor, fair, average, good, very good, excellent",
        "fair, good, very good, premium, ideal",
        "very bad, bad, ok, okay, good, very good",
        "none, minimal, mild, moderate, severe, very severe",
        "bronze, silver, gold, platinum, diamond",
        "basic, standard, premium",
        "first, second, third, fourth, fifth",
        "1st, 2nd, 3rd, 4th, 5th, 6th, 7th, 8th, 9th, 10th",
        "primary, secondary, tertiary",
        "beginner, elementary, intermediate, advanced, expert",
        "novice, intermediate, expert",
        "trainee, junior, mid, middle, senior, lead",
        "freshman, sophomore, junior, senior",
        "slow, medium, fast",
        "short, medium, long",
        "cold, mild, warm, hot",
        "young, middle-aged, middle aged, old",
        "bad, average, good",
        "worse, same, better",
        "no high school, some high school, high school, some college, associate's degree, "
        "associate, bachelor's degree, bachelor, master's degree, master, doctorate, phd",
    )
)
YES_NO: tuple[tuple[str, str], ...] = (
    ("false", "true"), ("no", "yes"), ("n", "y"), ("f", "t"), ("nein", "ja"), ("non", "oui"),
    ("no", "si"), ("no", "sí"), ("não", "sim"), ("off", "on"), ("absent", "present"),
    ("negative", "positive"), ("0", "1"), ("unchecked", "checked"), ("fail", "pass"),
    ("нет", "да"), ("nej", "ja"), ("nei", "ja"), ("nee", "ja"), ("nie", "tak"), ("ne", "ano"),
    ("nem", "igen"), ("hay\u0131r", "evet"), ("ei", "kyllä"), ("いいえ", "はい"), ("否", "是"),
    ("아니오", "예"), ("\u03cc\u03c7\u03b9", "\u03bd\u03b1\u03b9"),
    ("falsch", "wahr"), ("faux", "vrai"), ("falso", "verdadero"),
    ("falso", "verdadeiro"), ("falso", "vero"), ("no", "sì"), ("n", "j"), ("n", "o"), ("n", "s"),
)  # fmt: skip
_BAND = re.compile(
    r"[<≤>≥$€£]*\s*(\d+(?:[.,]\d+)?)\s*[k%]?\s*(?:(?:-|–|to|bis|/)\s*[$€£]?(\d+(?:[.,]\d+)?)?|\+)?"
    r"\s*[\w %$€£]*"
)
_BOUND = re.compile(
    r"[<≤>≥+]|under|over|below|above|less|more|or older|unter|über|\d\s*(?:-|–|to)\s*[$€£]?\d"
)


def plain_word(cell: str) -> str:
    """Return a cell's text as it is compared: small letters, single blanks."""
    return " ".join(cell.strip().lower().replace("_", " ").split())


def in_order(cells: list[str]) -> tuple[str, ...] | None:
    """Return the distinct cells of a column from the lowest to the highest, if they have an order.

    Numbers in front of words (``1 - low``) and bands of numbers (``18-25``) are in order too.
    """
    words = {plain_word(cell): cell for cell in cells}
    if len(words) < 3 or len(words) != len(cells):
        return None
    for scale in SCALES:
        if all(word in scale for word in words):
            return tuple(sorted(cells, key=lambda cell: scale.index(plain_word(cell))))
    return _bands(list(cells))


def yes_no(cells: list[str]) -> tuple[str, str] | None:
    """Return the cell that says no and the one that says yes, if these two do."""
    words = {plain_word(cell): cell for cell in cells}
    for no, yes in YES_NO:
        if set(words) == {no, yes}:
            return words[no], words[yes]
    return None


def _bands(cells: list[str]) -> tuple[str, ...] | None:
    """Order bands of numbers by their bounds: <18, 18-25, 26-35, 36+."""
    keys = []
    for cell in cells:
        word = plain_word(cell)
        number = re.search(r"\d+(?:[.,]\d+)?", word)
        if number is None or not _BOUND.search(word) or not _is_band(word):
            return None
        below = bool(re.match(r"[<≤]|under|below|less|unter", word))
        keys.append((float(number[0].replace(",", ".")) - 0.5 * below, cell))
    values = [key for key, _ in keys]
    return tuple(cell for _, cell in sorted(keys)) if len(set(values)) == len(values) else None


def _is_band(word: str) -> bool:
    """Say whether a cell is a band of numbers, and nothing like a date or a phone number."""
    words = re.sub(r"under|over|below|above|less than|more than|or older|unter|über", "<", word)
    return _BAND.fullmatch(words.replace("< ", "<")) is not None

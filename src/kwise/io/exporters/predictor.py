"""Predict the cluster of new rows; needs Python's standard library and nothing else.

As a command:  python THIS_FILE table.csv > labels.csv
As a module:   predict({"column": 1.5, ...}) returns the number of the cluster, from 1 on;
               None if a cell is missing that the model needs.

It reads cells as ``kwise predict`` does, prints the same lines, and refuses what it refuses.
"""

from __future__ import annotations

import math
import re
import sys
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

# --- model: the exporter replaces what stands between these marks
MODEL: dict[str, Any] = {}
RULES: dict[str, Any] = {}
# --- end of model

PLACE = ("degrees", "minutes", "seconds")
MARKS = {".": "point", ",": "comma"}
TRUTH = {"true": 1.0, "false": 0.0}
DAY, HOUR = 86_400_000_000, 3_600_000_000  # in microseconds
EPOCH = datetime(1970, 1, 1)


def predict(row: Mapping[str, Any]) -> int | None:
    """Return the number of the cluster of one row, a mapping from column names to cells."""
    return nearest({name: row[name] for name in needed()}, {})


def nearest(row: Mapping[str, Any], marks: Mapping[str, str]) -> int | None:
    """Return the cluster of a row; ``marks`` are decimal marks that its table has shown."""
    values = prepare(row, marks)
    if values is None:
        return None
    found, least = 0, math.inf
    for number, center in enumerate(MODEL["centers"], 1):
        apart = [x - c for x, c in zip(values, center)]
        distance = products(apart, apart)
        if distance < least:
            found, least = number, distance
    return found


def products(a: list[float], b: list[float]) -> float:
    """Return the sum of products, added in kwise's order, so that even ties come out alike."""
    s = [0.0] * 8
    for j, (x, y) in enumerate(zip(a, b)):
        s[j % 8] += x * y
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))


def prepare(row: Mapping[str, Any], marks: Mapping[str, str]) -> list[float] | None:
    """Return the numbers that the clusters were found in; None if a cell is missing."""
    values: list[float] = []
    complete = True
    for column in MODEL["numbers"]:
        x = number(row[column["name"]], column, marks.get(column["name"], column["decimal"]))
        x = column["filling"] if x is None else x
        if x is None:
            complete = refuse_missing(column["name"])
        else:
            values.append((evened(x, column) - column["subtract"]) / column["divide"])
    for column in MODEL["categories"]:
        held = [level for level in column["levels"] if level != "(missing)"]
        word = category(row[column["name"]], held)
        word = column["filling"] if word is None else word
        if word is None:
            complete = refuse_missing(column["name"])
        values.extend(column["weight"] if word == level else 0.0 for level in column["levels"])
    if any(not abs(x) <= MODEL["largest_prepared"] for x in values):
        raise ValueError("once its columns are scaled the row is too far from all others")
    return directed(values) if complete else None


def directed(values: list[float]) -> list[float]:
    """Normalize a row and take its components, as the model says."""
    if MODEL["normalize_rows"]:
        length = math.sqrt(products(values, values)) or 1.0
        values = [x / length for x in values]
    if MODEL["components"]:
        centered = [x - mean for x, mean in zip(values, MODEL["component_mean"])]
        values = [products(centered, axis) for axis in MODEL["components"]]
    return values


def refuse_missing(name: str) -> bool:
    """Raise for a missing cell where the model says so."""
    if MODEL["missing_is_error"]:
        raise ValueError(f"column {name!r}: the cell is missing")
    return False


def evened(x: float, column: Mapping[str, Any]) -> float:
    """Even out a skewed number (Yeo-Johnson)."""
    power, tiny = column["power"], sys.float_info.epsilon
    if power is None:
        return x
    try:
        if x >= 0:
            log = math.log1p(x)
            return log if abs(power) < tiny else math.expm1(power * log) / power
        log = math.log1p(-x)
        return -log if abs(power - 2) <= tiny else -math.expm1((2 - power) * log) / (2 - power)
    except OverflowError:
        return math.inf


def number(cell: Any, column: Mapping[str, Any], mark: str) -> float | None:
    """Return a cell as a float, None if it is missing."""
    name = column["name"]
    if column["order"]:
        return step(cell, column)
    if column["date"] is not None:
        x = days(cell, column)
    elif isinstance(cell, str):
        x = read_number(cell, name, mark, column["unit"])
    else:
        x = None if cell is None else float(cell)
    if x is None or math.isnan(x) or x in column["sentinels"]:
        return None
    if abs(x) > MODEL["largest_cell"]:
        raise ValueError(f"column {name!r}: {x:.6g} is too large to be squared")
    return x


def days(cell: Any, column: Mapping[str, Any]) -> float | None:
    """Return a date as days since 1970-01-01, a time of the day as hours."""
    name, written = column["name"], column["date"]
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, str):
        text = without_missing(cell)
        if text is None:
            return None
        found = {dated(text, each) for each in ([written] if written else RULES["dates"])} - {None}
        if len(found) != 1:
            what = "can be read as more than one date" if found else "is no date"
            how = f"written as {written}" if written else "that is written as 2023-01-05"
            raise ValueError(f"column {name!r}: {cell!r} {what}, and must be one {how}")
        return found.pop()
    if isinstance(cell, time):
        at = timedelta(
            hours=cell.hour, minutes=cell.minute, seconds=cell.second,
            microseconds=cell.microsecond,
        )  # fmt: skip
        return at // timedelta(microseconds=1) / HOUR
    if isinstance(cell, date) and not isinstance(cell, datetime):
        cell = datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, datetime):
        if cell.tzinfo is not None:
            cell = cell.astimezone(UTC).replace(tzinfo=None)
        cell = cell - EPOCH
    if not isinstance(cell, timedelta):
        raise ValueError(f"column {name!r} holds {cell!r}, where dates stood in the fit")  # noqa: TRY004
    return float(cell // timedelta(microseconds=1)) / DAY


def dated(text: str, written: str) -> float | None:
    """Return a date that is written so as days, a time as hours; None if it is not written so."""
    month = written.endswith(" %d") and written[:-3] in RULES["month_dates"]
    pieces = re.split(r"(%\.f|%#z|%[A-Za-z]| )", written[:-3] if month else written)
    pattern = "".join(RULES["date_parts"].get(each) or re.escape(each) for each in pieces)
    match = re.fullmatch(pattern, text)
    told = {} if match is None else {k: v for k, v in match.groupdict().items() if v is not None}
    at = clock(told)
    if match is None or at is None:
        return None
    if not {"Y", "y"} & set(told):
        return float(at) / (1000 * HOUR)
    year = int(told.get("Y") or told["y"])
    year += 0 if "Y" in told else 2000 if year < 70 else 1900
    names = [each[:3] for each in RULES["months"]]
    number = int(told["m"]) if "m" in told else names.index(told["B"][:3].lower()) + 1
    try:
        moment = datetime(year, number, int(told.get("d", 1)))
    except ValueError:
        return None
    weekday = RULES["weekdays"][moment.weekday()][:3]
    if year < RULES["earliest"] or told.get("A", weekday)[:3].lower() != weekday:
        return None
    return float((moment - EPOCH).days * DAY + at // 1000) / DAY


def clock(told: Mapping[str, str]) -> int | None:
    """Return the nanoseconds since midnight in UTC; None for a time that no clock shows."""
    hour, minute, second = (int(told.get(each, 0)) for each in "HMS")
    if "I" in told:
        half = int(told["I"])
        hour = half % 12 + (12 if told["p"].lower() == "pm" else 0) if 1 <= half <= 12 else 24
    if hour > 23 or minute > 59 or second > 60:
        return None
    zone = told.get("z", "z").lower().replace(":", "")
    away = 0 if zone == "z" else int(zone[0] + "1") * (60 * int(zone[1:3]) + int(zone[3:] or 0))
    seconds = (60 * hour + minute - away) * 60 + second
    return seconds * 1_000_000_000 + int(told.get("f", "")[:9].ljust(9, "0"))


def step(cell: Any, column: Mapping[str, Any]) -> float | None:
    """Return the number that a word stands for."""
    text = as_text(cell)
    if text is None:
        return None
    steps = [word.strip().lower() for word in column["order"]]
    word = text.strip().lower()
    if word not in steps:
        raise ValueError(
            f"column {column['name']!r}: {text!r} is none of {', '.join(column['order'])}"
        )
    x = float(steps.index(word))
    return None if x in column["sentinels"] else x


def category(cell: Any, levels: list[str]) -> str | None:
    """Return a cell as text, None if it is missing."""
    text = as_text(cell)
    if text is None:
        return None
    if set(levels) <= {"true", "false"}:
        return text.lower()
    if isinstance(cell, str) and all(re.fullmatch("-?(0|[1-9][0-9]*)", each) for each in levels):
        return re.sub(r"^([+-]?[0-9]+)\.0*$", r"\1", text)
    return text


def as_text(cell: Any) -> str | None:
    """Return a cell as text: whole numbers without a point; None if it is missing."""
    if isinstance(cell, str):
        return None if without_missing(cell) is None else cell.strip(RULES["blanks"])
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, bool) or type(cell).__name__ == "bool_":
        return str(cell).lower()
    whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if whole else cell)


def without_missing(cell: str) -> str | None:
    """Return the text of a cell with plain marks, None if it stands for no value."""
    text = cell.strip()
    if not text.isascii() and re.search(RULES["digits"], text):
        for pattern, plain in RULES["tidy"]:
            text = re.sub(pattern, plain, text)
        text = text.strip()
        if re.search("[\uff00-\uff5e]", text):
            text = unicodedata.normalize("NFKC", text)
    return None if text in RULES["missing"] else text


def read_number(cell: str, name: str, mark: str, unit: str) -> float | None:
    """Return the number in a cell as people write it: signs, marks, units and factors."""
    text = without_missing(cell)
    if text is None or text.lower() in RULES["missing_among_numbers"]:
        return None
    if text.lower() in TRUTH:
        return TRUTH[text.lower()]
    if unit in RULES["places"]:
        return degrees(text, unit, name)
    parts = re.match(RULES["parts"], text)
    if parts is None:
        raise ValueError(f"column {name!r}: {cell!r} is no number")
    body = parts["body"]
    mark = mark or seen_mark(body)
    if not mark:
        raise ValueError(f"column {name!r}: {cell!r} may hold decimals, or thousands set apart")
    if not re.match(RULES["valid"][mark], body):
        raise ValueError(f"column {name!r}: {cell!r} has no decimal {MARKS[mark]}")
    factor, found = ending(parts["before"] or "", parts["after"] or "")
    if found and not re.match(RULES["unit"], found):
        raise ValueError(f"column {name!r}: {cell!r} is no number with a unit")
    if unlike(unit, found):
        raise ValueError(f"column {name!r}: {cell!r} is in another unit than {unit!r}")
    digits = re.sub(f"[{'.' if mark == ',' else ','}' _]", "", body).replace(mark, ".")
    exponent = int((parts["power"] or "e0")[1:]) + round(math.log10(factor))
    x = float(f"{digits}e{exponent}")
    signs = (parts["sign"], parts["inner"])
    behind = parts["trailing"] and body[-1] not in ".,"
    return -x if "-" in signs or behind or parts["open"] else x


def degrees(text: str, unit: str, name: str) -> float:
    """Return signed degrees, negative in the south and west."""
    place, half = re.match(RULES["place"], text), RULES["places"][unit]
    told = {} if place is None else {k: v for k, v in place.groupdict().items() if v is not None}
    parts = [float(told.get(each, "0").replace(",", ".")) for each in PLACE]
    x = parts[0] + parts[1] / 60 + parts[2] / 3600
    letter = told.get("first") or told.get("last") or ""
    finer = "minutes" in told or "seconds" in told
    if (
        place is None or max(parts[1:]) >= 60 or x > RULES["farthest"][unit] or letter not in half
        or len({"first", "last", "sign"} & set(told)) > 1 or (finer and "mark" not in told)
    ):  # fmt: skip
        raise ValueError(f"column {name!r}: {text!r} is no place such as 57.05{half[:1]}")
    return -x if letter in ("S", "W") or told.get("sign") == "-" else x


def seen_mark(body: str) -> str:
    """Return the decimal mark that digits show, or "" if it may be either."""
    either = [mark for mark in MARKS if re.match(RULES["either"][mark], body)]
    sure = [mark for mark in MARKS if re.match(RULES["proves"][mark], body)]
    return "" if either else next(iter(sure), ".")


def ending(before: str, after: str) -> tuple[float, str]:
    """Return the factor and the unit that stand beside a number."""
    found = re.match(RULES["word"], after)
    factor, unit = 1.0, after
    if found is not None:
        word, rest = found[1], found[2] or ""
        if len(word) > 1 or word == "k":
            factor = RULES["factors"].get(word.lower(), 1.0)
        if word.upper() in RULES["letters"] and (rest or before or word in "KMB"):
            factor = RULES["letters"][word.upper()]
        unit = after if factor == 1.0 else rest
    return factor, before or unit


def unlike(told: str, found: str) -> bool:
    """Say whether numbers in one unit cannot stand for numbers in another."""
    alike = singular(told) == singular(found)
    half = told in RULES["places"] or (not told and found in tuple("NSEW"))
    return not alike and (bool(told and found) or "%" in (told, found) or half)


def singular(unit: str) -> str:
    """Return a unit in lower case, without the s of its plural."""
    lowered = unit.lower().rstrip(".")
    return lowered[:-1] if len(lowered) > 2 and lowered.endswith("s") else lowered


def needed() -> list[str]:
    """Return the names of the columns that the model uses."""
    return [column["name"] for column in MODEL["numbers"] + MODEL["categories"]]

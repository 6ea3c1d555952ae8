"""Numbers as people read them: few digits, thin spaces, no false precision."""

from __future__ import annotations

import math
import os
from datetime import UTC, datetime
from typing import Literal

__all__ = [
    "coefficient", "count", "exact", "finite", "fixed", "legible", "listed", "one_line", "percent",
    "rounded", "said", "score", "short", "shortened", "sureness", "today",
]  # fmt: skip


def fixed(value: float, digits: int = 2, *, sign: Literal["", "+"] = "") -> str:
    """Write a number with so many digits behind the point; what rounds to 0 has no minus."""
    return f"{value:{sign}z.{digits}f}"


def short(value: float | None, digits: int = 3) -> str:
    """Write a number with about ``digits`` significant digits: 37.9, 0.00412, 2.07e+09.

    Whole digits are never rounded away below a million: 206,855 stays 206,855.
    """
    if value is None or not math.isfinite(value):
        return "–"
    size = abs(value)
    if size == 0:
        return "0"
    if size >= 1e7 or size < 1e-4:
        return f"{value:.{digits - 1}e}"
    after = max(0, digits - 1 - math.floor(math.log10(size)))
    text = f"{value:z,.{after}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")


def coefficient(value: float | None) -> str:
    """Write what lies between -1 and 1, silhouettes, stabilities and Rand indices: 0.53, 1.00."""
    if value is None or not math.isfinite(value):
        return "–"
    return fixed(value).replace("-", "−")


def score(value: float | None) -> str:
    """Write what a criterion says, of whatever size: 0.53, 4.85, 482, 0.0042."""
    return short(value) if value is None or not 0.005 <= abs(value) < 10 else coefficient(value)


# What numbers of these names are: indices from -1 to 1, scores of any size, or shares of 1.
INDICES = frozenset({"agreement", "ari", "prediction_strength", "silhouette", "stability"})
SCORES = frozenset({
    "bic", "border_density", "calinski_harabasz", "davies_bouldin", "gap", "gap_first_peak",
    "inertia", "information", "jump", "mixture", "one_group", "seconds", "separation",
    "unimodal_gap",
})  # fmt: skip
SHARES = frozenset({
    "confidence", "explained", "fidelity", "its share", "margin", "noise", "rule_precision",
    "rule_recall", "share", "share_of_before", "support", "variance_explained",
})  # fmt: skip


def said(name: str, value: float) -> str:
    """Write a number of a table as its kind is written everywhere; by default to five digits."""
    if name in SHARES:
        return percent(value)
    if name in INDICES:
        return coefficient(value)
    return score(value) if name in SCORES else f"{value:z.5g}"


def rounded(value: float, spread: float) -> str:
    """Write a number with the digits that matter beside others that spread so far: 38.0."""
    if not (math.isfinite(value) and math.isfinite(spread)) or spread <= 0:
        return short(value)
    after = max(0, 1 - math.floor(math.log10(spread)))
    if after > 8 or abs(value) >= 1e7 or spread >= 1e7:
        return short(value)
    return f"{value:z,.{after}f}".replace("-", "−")


def exact(value: float) -> str:
    """Write a cell as it stands in the table, to six digits: 2008, 18.6, 206,855."""
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    if size >= 1e7 or 0 < size < 1e-4:
        return f"{value:.5g}".replace("-", "−")
    if size >= 1e4:  # a year or a small number has no separator
        return f"{float(f'{value:.6g}'):,}".removesuffix(".0").replace("-", "−")
    return f"{value:z.6g}".replace("-", "−")


def legible(name: str) -> str:
    """Return the name of a file, whose bytes may be no text, with ? for those that are none."""
    return name.encode("utf-8", "replace").decode()


def one_line(text: str) -> str:
    """Write a text that people named in one line: whitespace of any kind is a space."""
    return " ".join(text.split())


def count(value: int) -> str:
    """Write a whole number with separators: 20,640."""
    return f"{value:,}"


def percent(share: float | None) -> str:
    """Write a share of 1 in percent: 34 %, 0.7 %, < 0.1 %, 0 %."""
    if share is None or not math.isfinite(share):
        return "–"
    value = 100 * share
    if 0 < value < 0.1:
        return "< 0.1 %"
    if 99.9 < value < 100 * (1 - 1e-12):
        return "> 99.9 %"
    return f"{value:.1f} %" if 0 < value < 1 or 99 < value < 100 else f"{value:z.0f} %"


def sureness(confidence: float) -> str:
    """Write a confidence: 76 %, over 99 %; nothing here is ever 100 % sure."""
    if confidence < 0.01:
        return "under 1 %"
    return "over 99 %" if confidence > 0.99 else f"{100 * confidence:.0f} %"


def listed(words: list[str] | tuple[str, ...], *, last: str = "and", most: int = 6) -> str:
    """Join words as a sentence does: a, b and c; after ``most`` say how many more."""
    shown = list(words)
    if len(shown) > most:
        shown = [*shown[: most - 1], f"{len(words) - most + 1:,} more"]
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} {last} {shown[-1]}"


def finite(value: float) -> float | None:
    """Return the value, or None if it is not a number, as JSON has no word for it."""
    return float(value) if math.isfinite(value) else None


def today() -> str:
    """Return the day as 2026-11-28: that of SOURCE_DATE_EPOCH where files are to be reproduced."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now(UTC)
    return now.date().isoformat()


def shortened(text: str, most: int = 72) -> str:
    """Cut a long name inside: names of one table often differ at their end alone."""
    if len(text) <= most:
        return text
    end = (most - 1) // 3
    return f"{text[: most - 1 - end].rstrip()}…{text[len(text) - end :].lstrip()}"

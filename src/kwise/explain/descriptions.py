"""What sets a cluster apart, in words: effects, a suggested name, a sentence."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kwise._formatting import listed, rounded

if TYPE_CHECKING:
    from kwise.explain.profile import Profile

__all__ = ["Effect", "effects_of", "names_of", "sentence_of"]

# In standard deviations of all rows (Cohen's words: 0.2 small, 0.5 medium, 0.8 large).
_TELLING, _STRONG = 0.4, 1.5
# A unit at the end of a name, as people write it: flipper_length_mm, petal length (cm).
_UNIT_WORD = re.compile(r"(?<=\w\w\w) (mm|cm|m|km|mg|g|kg|lb|ms|usd|eur|gbp)$", re.IGNORECASE)
_UNIT = re.compile(r"(?<=\S) \([^()]{1,8}\)$")


@dataclass(frozen=True, slots=True)
class Effect:
    """How one column sets one cluster apart.

    ``mean`` is the cluster's, ``overall`` that of all rows and ``spread`` their standard
    deviation, all in the column's units; ``effect`` is the difference of the means in
    standard deviations.
    """

    column: str
    mean: float
    overall: float
    spread: float
    effect: float


def effects_of(made: Profile, columns: tuple[str, ...], k: int) -> list[tuple[Effect, ...]]:
    """List the effects of each cluster, the strongest first."""
    found = []
    for c in range(k):
        order = np.argsort(-np.abs(made.effects[k][:, c]), kind="stable")
        found.append(
            tuple(
                Effect(
                    column=columns[made.columns[j]],
                    mean=float(made.means[k][j, c]),
                    overall=float(made.overall[j]),
                    spread=float(made.spread[j]),
                    effect=float(made.effects[k][j, c]),
                )
                for j in order
            )
        )
    return found


def names_of(effects: list[tuple[Effect, ...]]) -> list[str]:
    """Suggest a name for each cluster; no two are the same."""
    if len(effects) == 1:
        return ["All rows"]
    names = [_name(each, 2) for each in effects]
    for n_words in (3, 4):
        seen = Counter(names)
        names = [
            name if seen[name] == 1 else _name(each, n_words) for name, each in zip(names, effects)
        ]
    seen = Counter(names)
    made = [
        name if seen[name] == 1 or not each else f"{name} ({rounded(each[0].mean, each[0].spread)})"
        for name, each in zip(names, effects)
    ]
    seen = Counter(made)
    return [name if seen[name] == 1 else f"{name} · {i + 1}" for i, name in enumerate(made)]


def sentence_of(effects: tuple[Effect, ...], k: int) -> str:
    """Say with what means a cluster stands apart, against all rows."""
    telling = [each for each in effects if abs(each.effect) >= _TELLING][:3]
    if k == 1:
        return "All rows taken together."
    if not telling:
        return "Close to the mean of all rows in every column."
    first, *rest = telling
    start = (
        f"{_readable(first.column)} is {rounded(first.mean, first.spread)} on average, "
        f"against {rounded(first.overall, first.spread)} in all rows"
    )
    if not rest:
        return f"{_capital(start)}."
    others = [
        f"{_readable(each.column)} {rounded(each.mean, each.spread)} "
        f"({rounded(each.overall, each.spread)})"
        for each in rest
    ]
    return f"{_capital(start)}; {listed(others)}."


def _name(effects: tuple[Effect, ...], n_words: int) -> str:
    """Name a cluster after its strongest effects."""
    parts: list[str] = []
    for each in effects[:n_words]:
        if abs(each.effect) < _TELLING:
            break
        very = "very " if abs(each.effect) >= _STRONG else ""
        height = "high" if each.effect > 0 else "low"
        parts.append(f"{very}{height} {_UNIT.sub('', _readable(each.column))}")
    return _capital(", ".join(parts)) if parts else "Near the average"


def _readable(column: str) -> str:
    """Turn a column's name into words, with its unit in brackets where the name ends in one."""
    words = " ".join(column.replace("_", " ").split()) or "(no name)"
    return _UNIT_WORD.sub(r" (\1)", words)


def _capital(text: str) -> str:
    """Begin with a capital letter, and leave the rest as it is."""
    return text[:1].upper() + text[1:]

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
    """Suggest a name for each cluster; no two say the same, in whatever order or strength.

    Names that would say the same are told by further columns, then by the mean of the column in
    which their clusters differ most, then by number.
    """
    if len(effects) == 1:
        return ["All rows"]
    n_words = [2] * len(effects)
    for more in (3, 4):
        for same in _alike(effects, n_words):
            for c in same:
                n_words[c] = more
    names = [_name(each, n) for each, n in zip(effects, n_words)]
    for same in _alike(effects, n_words):
        for c, ending in zip(same, _endings([effects[c] for c in same])):
            names[c] += ending
    seen = Counter(names)
    return [name if seen[name] == 1 else f"{name} · {c + 1}" for c, name in enumerate(names)]


def _alike(effects: list[tuple[Effect, ...]], n_words: list[int]) -> list[list[int]]:
    """Group the clusters whose names would say the same columns high and low."""
    groups: dict[frozenset[tuple[str, bool]], list[int]] = {}
    for c, each in enumerate(effects):
        said = frozenset((one.column, one.effect > 0) for one in _telling(each, n_words[c]))
        groups.setdefault(said, []).append(c)
    return [same for same in groups.values() if len(same) > 1]


def _endings(effects: list[tuple[Effect, ...]]) -> list[str]:
    """Tell clusters of one name apart by their means of the column that differs most."""
    by_column = [{one.column: one for one in each} for each in effects]
    if not all(by_column):
        return [""] * len(effects)

    def apart(column: str) -> float:
        """Return how far the clusters are apart in a column, in standard deviations."""
        found = [each[column].effect for each in by_column]
        return max(found) - min(found)

    column = max(by_column[0], key=apart)
    told = [each[column] for each in by_column]
    return [f" ({_readable(column)} {rounded(one.mean, one.spread)})" for one in told]


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


def _telling(effects: tuple[Effect, ...], n_words: int) -> list[Effect]:
    """Return the strongest effects that are strong enough to be a name."""
    return [each for each in effects[:n_words] if abs(each.effect) >= _TELLING]


def _name(effects: tuple[Effect, ...], n_words: int) -> str:
    """Name a cluster after its strongest effects."""
    parts: list[str] = []
    for each in _telling(effects, n_words):
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

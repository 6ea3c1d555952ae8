"""Names of clusters say different things."""

from __future__ import annotations

import numpy as np
import pytest

from kwise.explain.descriptions import Effect, names_of


def _effects(*pairs: tuple[str, float]) -> tuple[Effect, ...]:
    ranked = sorted(pairs, key=lambda pair: -abs(pair[1]))
    return tuple(Effect(name, 10 + effect, 10.0, 1.0, effect) for name, effect in ranked)


def _said(name: str) -> frozenset[str]:
    """Return what a name says, without its order and its strength."""
    return frozenset(name.lower().replace("very ", "").split(", "))


def test_the_same_columns_in_another_order_are_no_other_name() -> None:
    names = names_of(
        [
            _effects(("a", -1.2), ("b", 1.0), ("c", 0.9)),
            _effects(("a", -1.0), ("b", 1.2), ("c", -0.9)),
        ]
    )

    assert _said(names[0]) != _said(names[1])
    assert "high c" in names[0]
    assert "low c" in names[1]


def test_strength_alone_is_no_other_name() -> None:
    names = names_of([_effects(("a", -3.0), ("b", 1.0)), _effects(("a", -1.0), ("b", 1.2))])

    assert names == ["Very low a, high b (a 7.0)", "High b, low a (a 9.0)"]


@pytest.mark.parametrize("k", [2, 5, 12, 30])
def test_no_two_clusters_say_the_same(k: int) -> None:
    rng = np.random.default_rng(k)
    names = names_of([_effects(*zip("abc", rng.normal(size=3))) for _ in range(k)])

    assert len(set(map(_said, names))) == k


def test_clusters_without_effects_are_numbered() -> None:
    assert names_of([(), ()]) == ["Near the average · 1", "Near the average · 2"]

"""Whether a parameter of an estimator may have a value, by scikit-learn's constraints.

Numbers are asked about once: the question took a tenth of a fit of some thousand rows.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from sklearn.utils._param_validation import make_constraint

# Values that type and equality tell apart. Not names: tables of what they stand for may grow.
_PLAIN = frozenset({int, float, bool, type(None)})


def serves(kind: type[Any], name: str, value: object) -> bool:
    """Tell whether a parameter of a class may have a value."""
    ask = _plain_serves if type(value) in _PLAIN else _serves
    return ask(kind, name, value)  # type: ignore[arg-type] # classes are hashable


@cache
def _accepted(kind: type[Any], name: str) -> list[Any]:
    return [make_constraint(constraint) for constraint in kind._parameter_constraints[name]]


def _serves(kind: type[Any], name: str, value: object) -> bool:
    accepted = _accepted(kind, name)  # type: ignore[arg-type] # classes are hashable
    return any(constraint.is_satisfied_by(value) for constraint in accepted)


_plain_serves = lru_cache(maxsize=1024, typed=True)(_serves)

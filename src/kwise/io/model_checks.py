"""What the parts of a model must be: kinds of values, shapes and numbers, before any is used."""

from __future__ import annotations

import dataclasses
import math
import re
import types
import typing
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

import numpy as np
from numpy.typing import NDArray

from kwise.exceptions import ModelFileError

if TYPE_CHECKING:
    from kwise.preparation import Preparation
    from kwise.preparation.state import FittedState

LARGEST = 1e154  # larger numbers cannot be squared
MAY_BE_NAN = ("fillings", "powers", "reference", "distance_quantiles", "baseline.numbers",
              "baseline.distances", "baseline.medians")  # fmt: skip
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([^']{1,20})', 'fortran_order': (True|False), "
    rb"'shape': \(((?:\d{1,12},? ?){0,4})\), \} *\n",
    re.DOTALL,
)


def read_array(name: str, data: bytes) -> NDArray[np.float64]:
    """Read one array as NumPy writes it, once its header and its length are right."""
    header = _HEADER.match(data)
    if header is None:
        raise ModelFileError(f"{name} is no array of numbers")
    kind, by_columns, told = (part.decode("latin-1") for part in header.groups())
    shape = tuple(int(number) for number in re.findall(r"\d+", told))
    if kind != "<f8" or by_columns == "True":
        raise ModelFileError(f"{name} holds {_kind(kind)}, not float64 by rows")
    numbers = data[header.end() :]
    if math.prod(shape) * 8 != len(numbers):
        raise ModelFileError(
            f"{name} is no array of numbers (it tells of {shape}, and holds {len(numbers)} bytes)"
        )
    array = np.frombuffer(numbers, dtype="<f8").reshape(shape).astype(np.float64)
    if name.removesuffix(".npy") in MAY_BE_NAN:
        far = np.isinf(array) | (np.abs(array) > LARGEST)
    else:
        far = ~(np.abs(array) <= LARGEST)
    if far.any():
        raise ModelFileError(f"{name} holds nan or infinite numbers, or some beyond {LARGEST:.0e}")
    return array


def _kind(code: str) -> str:
    """Name a kind of numbers."""
    if not re.fullmatch("[<>|=]?[?a-zA-Z][0-9]*", code):  # NumPy would parse it as source
        return repr(code)
    try:
        return str(np.dtype(code))
    except TypeError:
        return repr(code)


def check_fields(
    what: str, told: object, record: type, *, without: Sequence[str] = ()
) -> dict[str, Any]:
    """Raise unless ``told`` has the fields of a record, each of its kind; return them.

    Fields with defaults may be absent: a later kwise has added them.
    """
    hints = typing.get_type_hints(record)
    return _checked(what, told, {name: hints[name] for name in hints if name not in without})


def check_parameters(told: object, preparation: type[Preparation]) -> dict[str, Any]:
    """Raise unless ``told`` are parameters of a preparation, each of its kind and choices."""
    hints = typing.get_type_hints(preparation.__init__)
    parameters = _checked("parameters", told, {n: h for n, h in hints.items() if n != "return"})
    for name, choices in _choices().items():
        if name in parameters and parameters[name] not in choices:
            raise ModelFileError(f"parameters: {name} is {parameters[name]!r}, unknown here")
    return parameters


def _choices() -> Mapping[str, Mapping[str, object]]:
    """Return the settings that are names, and the tables of what may be named."""
    from kwise.preparation import CATEGORIES, FILLINGS, SCALINGS

    return {"missing": FILLINGS, "scale": SCALINGS, "categories": CATEGORIES}


def _checked(what: str, told: object, hints: Mapping[str, Any]) -> dict[str, Any]:
    """Check every value by its annotation."""
    if not isinstance(told, dict):
        raise ModelFileError(f"the model is incomplete: {what} is no object of JSON")
    odd = sorted(set(told) - set(hints))
    if odd:
        raise ModelFileError(f"the model is incomplete: {what} has an unknown {odd[0][:80]!r}")
    for name, value in told.items():
        if not _is_a(value, hints[name]):
            raise ModelFileError(f"{what}: {name} is {str(value)[:80]!r}, which it cannot be")
    return told


def _is_a(value: object, hint: Any) -> bool:
    """Whether a value from JSON is what an annotation says; lists stand for tuples."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return any(_is_a(value, each) for each in inner)
    if dataclasses.is_dataclass(hint):
        fields = typing.get_type_hints(hint)
        return isinstance(value, dict) and all(
            name in fields and _is_a(each, fields[name]) for name, each in value.items()
        )
    if origin is None or origin is Literal:
        return _is_plain(value, hint)
    if origin is Mapping:
        return isinstance(value, dict) and all(
            _is_text(name) and _is_a(each, inner[1]) for name, each in value.items()
        )
    if origin is tuple and Ellipsis not in inner and isinstance(value, list):
        return len(value) == len(inner) and all(map(_is_a, value, inner))
    return isinstance(value, list) and all(_is_a(each, inner[0]) for each in value)


def _is_plain(value: object, hint: Any) -> bool:
    """Whether a value is a string, a number or a truth value as an annotation says.

    Null is nan where a float is due; a word of the account may be one of another kwise's.
    """
    if hint is float:
        return value is None or (_is_number(value) and math.isfinite(value))  # type: ignore[arg-type]
    if hint is int:
        return isinstance(value, int) and _is_number(value) and abs(value) < 1 << 63
    if isinstance(value, str):
        return (hint is str or get_origin(hint) is Literal) and _is_text(value)
    return get_origin(hint) is None and isinstance(value, hint)


def _is_number(value: object) -> bool:
    """Whether a value is a number of JSON that a float can hold."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return isinstance(value, float) or abs(value) < 1 << 1000


def _is_text(value: str) -> bool:
    """Whether a string is text, without halves of characters."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_state(state: FittedState, centers: NDArray[np.float64]) -> None:
    """Raise if names, arrays and settings do not fit each other."""
    _check_shapes(state, centers)
    _check_names(state)
    if not (state.spreads > 0).all():
        raise ModelFileError("spreads.npy holds 0 or less, which nothing can be divided by")
    if state.category_weight is None or not 0 < state.category_weight <= LARGEST:
        raise ModelFileError("state: category_weight is no number above 0")
    _check_fillings(state)


def check_quantiles(quantiles: NDArray[np.float64] | None, n_clusters: int) -> None:
    """Raise unless the distances of the fitted rows ascend, one row a cluster, or are not there."""
    from kwise.metrics.outliers import LEVELS

    if quantiles is None:
        return
    expected = (n_clusters, len(LEVELS))
    if quantiles.shape != expected:
        raise ModelFileError(f"distance_quantiles.npy has shape {quantiles.shape}, not {expected}")
    known = quantiles[~np.isnan(quantiles).all(axis=1)]
    if np.isnan(known).any() or (known < 0).any() or (np.diff(known, axis=1) < 0).any():
        raise ModelFileError("distance_quantiles.npy holds distances that do not ascend from 0")


def _check_fillings(state: FittedState) -> None:
    """Raise if what fills missing cells is not there, or sentinels are no numbers."""
    from kwise.preparation import FILLINGS
    from kwise.preparation.dates import FORMATS

    filling, width = FILLINGS[state.missing], len(state.numbers)
    if filling.constants is not None and np.isnan(state.fillings).any():
        raise ModelFileError(
            f"fillings.npy holds nan, but missing cells are filled ({state.missing})"
        )
    empty = np.isnan(state.reference).all(axis=0).any() or not len(state.reference)
    if filling.from_rows is not None and width and empty:
        raise ModelFileError(
            f"reference.npy has a column without a number, but gaps are filled from its rows "
            f"({state.missing})"
        )
    if any(value is None for values in state.sentinels.values() for value in values):
        raise ModelFileError("state: a sentinel is no number")
    unknown = [each for each in state.dates.values() if each and each not in FORMATS]
    if unknown:
        raise ModelFileError(f"state: {unknown[0][:80]!r} is no way of writing dates known here")


def _check_names(state: FittedState) -> None:
    """Raise if columns are named twice, or settings are unknown."""
    if state.missing not in _choices()["missing"]:
        raise ModelFileError(f"state: missing is {state.missing!r}, unknown here")
    lists = {"names_in": state.names_in, "numbers": state.numbers, "categories": state.categories}
    lists |= {f"levels of {name}": each for name, each in zip(state.categories, state.levels)}
    lists |= {f"order of {name}": each for name, each in zip(state.numbers, state.orders)}
    for what, names in lists.items():
        if len(set(names)) < len(names):
            raise ModelFileError(f"state: {what[:80]} holds a name twice")
    known = set(state.names_in)
    unknown = [name for name in (*state.numbers, *state.categories) if name not in known]
    if unknown:
        raise ModelFileError(f"state: the column {unknown[0][:80]!r} is not among names_in")
    if not all(state.levels):
        raise ModelFileError("state: a column of categories has no levels")
    for filling, levels in zip(state.category_fillings, state.levels):
        if filling is not None and filling not in levels:
            raise ModelFileError(
                f"state: {filling[:80]!r} fills a column and is none of its levels"
            )


def _check_shapes(state: FittedState, centers: NDArray[np.float64]) -> None:
    """Raise if arrays and lists of names are not of one width."""
    n_numbers, n_categories = len(state.numbers), len(state.categories)
    for name in ("levels", "category_fillings"):
        if len(getattr(state, name)) != n_categories:
            raise ModelFileError(f"state: {name} has not one entry for each of categories")
    if state.orders and len(state.orders) != n_numbers:
        raise ModelFileError("state: orders has not one entry for each of numbers")
    n_made, n_components = len(state.original_names), len(state.components)
    width = n_made if n_components else 0
    expected = {
        "fillings": (n_numbers,),
        "powers": (n_numbers,),
        "centers": (n_numbers,),
        "spreads": (n_numbers,),
        "component_mean": (width,),
        "components": (n_components, width),
        "variance_shares": (n_components,),
        "reference": (len(state.reference), n_numbers if len(state.reference) else 0),
    }
    for name, shape in expected.items():
        found = getattr(state, name).shape
        if found != shape:
            raise ModelFileError(f"{name}.npy has shape {found}, not {shape}")
    if centers.ndim != 2 or len(centers) == 0 or centers.shape[1] != len(state.names_out):
        raise ModelFileError(
            f"cluster_centers.npy has shape {centers.shape}, but the preparation makes "
            f"{len(state.names_out)} columns"
        )

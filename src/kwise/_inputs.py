"""Rows, labels and weights as people pass them: the checks that every public function shares.

What scikit-learn's own checks take without a word, or refuse without saying where, is said here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from numbers import Integral
from typing import Any, TypeGuard, cast

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray
from scipy import sparse
from sklearn.utils.validation import _num_samples, check_array

from kwise._sparse import check_structure, summed

__all__ = [
    "check_labels",
    "check_lengths",
    "check_n_clusters",
    "check_rows",
    "check_weights",
    "readable",
]

_FLOATS = (np.float64, np.float32)


# What kwise.rows, polars' lazy frames and pyarrow's datasets have, and nothing in memory has.
_WAYS_ELSEWHERE = ("fingerprint", "collect_schema", "scanner")


def check_rows(
    X: object,
    *,
    name: str = "X",
    accept_sparse: str | bool = False,
    dtype: DTypeLike | tuple[DTypeLike, ...] = _FLOATS,
    one_column: bool = False,
    least: int = 1,
    finite: bool | str = True,
) -> NDArray[Any]:
    """Return finite rows, float32 or float64; with ``one_column`` a vector counts as one."""
    with _named(name):
        single = one_column and np.ndim(cast(ArrayLike, X)) == 0
    if single:
        _refuse_unread(X, name)
        raise ValueError(f"{name} is a single value; pass a list or an array.")
    kinds = list(dtype) if isinstance(dtype, tuple) else dtype
    with readable(X, name):
        rows: NDArray[Any] = check_array(
            X,
            accept_sparse=accept_sparse,
            dtype=kinds,
            ensure_2d=not one_column,
            ensure_min_samples=least,
            ensure_all_finite=finite,
            input_name=name,
        )
    if sparse.issparse(rows):
        return summed(rows)  # type: ignore[no-any-return]
    return rows[:, None] if rows.ndim == 1 else rows


@contextmanager
def readable(X: object, name: str) -> Iterator[None]:
    """Refuse what cannot be read as an array; say where a cell could not be read as a number.

    Huge finite values pass without a word, though scikit-learn adds them up to look for NaN.
    """
    _refuse_unread(X, name)
    if sparse.issparse(X):
        check_structure(X, name)
    if getattr(getattr(X, "dtype", None), "kind", "") in ("m", "M"):
        raise TypeError(f"{name} holds dates or durations; turn them into numbers first.")
    with _named(name), np.errstate(over="ignore", invalid="ignore"):
        try:
            yield
        except (TypeError, ValueError) as error:
            place = _first_text(X) if "convert string" in str(error) else None
            if place is None:
                raise
            raise ValueError(
                f"{error} ({place} of {name}). Leave text out, or turn it into numbers."
            ) from None


def is_float_matrix(X: object) -> TypeGuard[NDArray[np.floating]]:
    """Tell whether X is a plain table of floats, of which only the values are to be checked."""
    return (
        type(X) is np.ndarray
        and X.dtype.char in "fd"
        and X.dtype.isnative
        and X.ndim == 2
        and X.size > 0
    )


def has_finite_sum(X: NDArray[np.generic]) -> bool:
    """Tell whether X adds up to a number, as it does not with a value that is none."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(np.sum(X)))


def check_lengths(X: Any, labels: Any, *, name: str = "labels", beside: str = "X") -> None:
    """Refuse another number of labels than of rows, and say whose is which."""
    n_samples, n_labels = _num_samples(X), len(labels)
    if n_samples != n_labels:
        raise ValueError(
            "Found input variables with inconsistent numbers of samples: "
            f"{beside} has {n_samples}, {name} has {n_labels}. Pass one label per row."
        )


def check_labels(labels: ArrayLike, *, name: str = "labels") -> NDArray[np.generic]:
    """Return one label a row; refuse missing ones, which are no cluster."""
    _refuse_unread(labels, name)
    given = np.asarray(labels)
    if given.ndim != 1:
        raise ValueError(f"{name} has shape {given.shape}; pass one label per row of X.")
    if given.dtype.kind in "US" and isinstance(labels, list | tuple):
        given = np.asarray(labels, dtype=object)  # NumPy has written missing ones as text
    missing = _is_missing(given)
    if missing.any():
        raise ValueError(
            f"{name} contains NaN or another missing value in {np.count_nonzero(missing)} of "
            f"{len(given)} rows, first in row {int(missing.argmax())}. Leave these rows out, in X "
            "too, or give them a label of their own."
        )
    if given.dtype.kind not in "biufOUSMm" or (given.dtype.kind == "f" and np.isinf(given).any()):
        raise ValueError(f"{name} holds {given.dtype} values; pass finite numbers or text.")
    return _of_one_kind(given, name) if given.dtype.kind == "O" else given


def check_n_clusters(
    n_clusters: object, n_samples: int | None = None, *, name: str = "n_clusters"
) -> int:
    """Return a number of clusters: a whole one, and one that so many rows can have."""
    if isinstance(n_clusters, bool) or not isinstance(n_clusters, Integral):
        raise TypeError(f"{name}={n_clusters!r} is no whole number; pass an int from 1.")
    n_clusters = int(n_clusters)
    if n_clusters < 1:
        raise ValueError(f"{name}={n_clusters} is not possible; pass a whole number from 1")
    if n_samples is not None and n_clusters > n_samples:
        raise ValueError(
            f"{name}={n_clusters} is not possible with {n_samples} rows; pass 1 to {n_samples}."
        )
    return n_clusters


def check_weights(
    sample_weight: ArrayLike | None, X: Any, *, dtype: DTypeLike | None = None
) -> NDArray[Any] | None:
    """Return the weights in X's type or ``dtype``, None for None; refuse what is no weight."""
    if sample_weight is None:
        return None
    name = "sample_weight"
    n_samples = X.shape[0]
    _refuse_unread(sample_weight, name)
    shape = np.asarray(sample_weight).shape
    if shape not in ((), (n_samples,)):
        raise ValueError(f"{name} has shape {shape}; pass one weight per row, ({n_samples},).")
    kind = X.dtype if dtype is None else dtype
    with readable(sample_weight, name), _named(name):
        weights: NDArray[Any] = check_array(
            np.full(n_samples, sample_weight) if shape == () else sample_weight,
            dtype=kind,
            ensure_2d=False,
            input_name=name,
        )
    if (weights < 0).any():
        i = int(np.argmin(weights))
        raise ValueError(
            f"{name}[{i}]={weights[i]} is negative. Weights are at least 0; "
            "leave out the rows that should not count."
        )
    with np.errstate(over="ignore"):
        total = np.sum(weights, dtype=np.float64)
    if not np.isfinite(total):
        raise ValueError(
            f"{name} adds up to more than a float64 holds. Divide the weights by their largest."
        )
    if not weights.any():
        raise ValueError(
            "Sample weights must contain at least one non-zero number: "
            f"{name} is 0 for every row, in {weights.dtype}."
        )
    return weights


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Name what an error is about, where it does not say so itself."""
    try:
        yield
    except (TypeError, ValueError) as error:
        if re.search(rf"\b{name}\b", str(error)):
            raise
        raise type(error)(f"{name}: {error}") from None


def _refuse_unread(thing: object, name: str) -> None:
    """Refuse what has no cells in order, and cells that are masked."""
    if any(hasattr(thing, way) for way in _WAYS_ELSEWHERE) and not hasattr(thing, "__array__"):
        raise TypeError(
            f"{name} is a {type(thing).__name__}, whose rows lie elsewhere, and is to be in memory "
            "here. KMeans and MiniBatchKMeans take it (fit, predict, transform, score), and "
            "select_k; else pass its rows as an array or a frame."
        )
    if isinstance(thing, Iterator | Set | Mapping) and not sparse.issparse(thing):
        raise TypeError(
            f"{name} is a {type(thing).__name__}, which has no rows in order that could be read "
            f"twice; pass a list or an array, for example list({name})."
        )
    if isinstance(thing, np.ma.MaskedArray) and np.ma.is_masked(thing):
        raise ValueError(
            f"{name} is a masked array and {int(np.ma.getmaskarray(thing).sum())} of its values "
            "are masked: these would be read as numbers. Leave their rows out, or fill them: "
            f"{name}.filled(...)."
        )


def _is_missing(values: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Tell which values are None, NaN, NaT or NA."""
    missing: NDArray[np.bool_] = np.zeros(len(values), dtype=bool)
    if values.dtype.kind == "O":
        missing = np.array([_is_none(value) for value in values], dtype=bool)
    elif values.dtype.kind in "fc":
        missing = np.isnan(values)
    elif values.dtype.kind in "mM":
        missing = np.isnat(values)
    return missing


def _is_none(value: object) -> bool:
    """Tell whether one value is missing; pandas' NA is equal and unequal to nothing."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float | np.floating) and value != value  # noqa: PLR0124 - NaN alone


def _of_one_kind(values: NDArray[np.generic], name: str) -> NDArray[np.generic]:
    """Return Python objects as an array of one type that can be put in order."""
    kinds = {isinstance(value, str): i for i, value in reversed(list(enumerate(values)))}
    if len(kinds) > 1:
        i, j = sorted(kinds.values())
        raise ValueError(
            f"{name} mixes text and numbers: {values[i]!r} in row {i}, {values[j]!r} in row {j}. "
            "Pass labels of one kind."
        )
    plain: NDArray[np.generic] = np.asarray(values.tolist())
    if plain.ndim != 1 or plain.dtype.kind not in "biufUSMm":
        raise ValueError(f"{name} holds {type(values[0]).__name__} objects; pass numbers or text.")
    return plain


def _first_text(X: object) -> str | None:
    """Name the first column, or cell, that is no number."""
    names = getattr(X, "columns", None)
    cells = np.asarray(X, dtype=object)
    for j, column in enumerate(cells.T if cells.ndim == 2 else [cells.ravel()]):
        for i, cell in enumerate(column):
            try:
                float(cell)
            except (TypeError, ValueError):
                what = f"column {names[j]!r}" if names is not None else f"column {j}"
                return f"{what}, row {i}" if cells.ndim == 2 else f"row {i}"
    return None

"""Models as files: one zip archive of JSON and plain arrays, with checksums and no code."""

from __future__ import annotations

import dataclasses
import io
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from kwise._atomic import written_whole
from kwise.exceptions import ModelFileError
from kwise.io.model import Json, Model
from kwise.io.model_archive import pack, read_json, unpack, written_json
from kwise.io.model_checks import (
    check_fields,
    check_parameters,
    check_quantiles,
    check_state,
    read_array,
)
from kwise.io.model_parts import check_parts, part_arrays, part_names, read_parts
from kwise.io.modeling import FittedCenters, as_model

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from kwise.preparation import Preparation, PreparationSummary
    from kwise.preparation.state import FittedState

FORMAT = "kwise model"
VERSION = 2  # newest that is read; a file names the oldest that holds what it holds
DESCRIPTION = "model.json"
ARRAYS = ("fillings", "powers", "centers", "spreads", "component_mean", "components",
          "variance_shares", "reference")  # fmt: skip
CENTERS = "cluster_centers.npy"
QUANTILES = "distance_quantiles.npy"
MEMBERS = (DESCRIPTION, CENTERS, QUANTILES,
           *(f"{name}.npy" for name in [*ARRAYS, *part_names()]))  # fmt: skip


def save_model(
    path: str | Path | IO[bytes],
    fitted: Model | Pipeline | FittedCenters,
    *,
    preparation: Preparation | None = None,
    metadata: Mapping[str, Json] | None = None,
) -> None:
    """Write a model to one file: data only, nothing that could run when it is loaded.

    The file is a zip archive of ``model.json`` (names, kinds, settings, versions), one
    ``.npy`` file per array, and ``sha256.json``. It is written beside and renamed into place,
    and the same model gives the same bytes.

    Parameters
    ----------
    path : path or binary stream
        Usually ending in ``.kwise``. An existing file is replaced.
    fitted : Model, Pipeline or estimator
        A pipeline of a ``Preparation`` and an estimator with ``cluster_centers_``; or that
        estimator alone.
    preparation : Preparation, optional
        Fitted; only beside an estimator.
    metadata : mapping, optional
        JSON values to keep with the model.

    See Also
    --------
    load : The way back.

    Examples
    --------
    >>> import tempfile, kwise
    >>> from kwise.io import demonstration, save_model
    >>> from kwise.preparation import Preparation
    >>> from sklearn.pipeline import make_pipeline
    >>> frame = demonstration().frame
    >>> pipeline = make_pipeline(Preparation(), kwise.KMeans(3, random_state=0)).fit(frame)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_model(f"{folder}/wine.kwise", pipeline)
    ...     model = kwise.load(f"{folder}/wine.kwise")
    >>> bool((model.predict(frame) == pipeline[-1].labels_).all())
    True
    """
    model = as_model(fitted, preparation, metadata)
    state = model.preparation.state_
    members = {f"{name}.npy": _npy(getattr(state, name)) for name in ARRAYS}
    members |= {f"{name}.npy": _npy(array) for name, array in part_arrays(model).items()}
    members[CENTERS] = _npy(np.asarray(model.centers, dtype=np.float64))
    if model.distance_quantiles is not None:
        members[QUANTILES] = _npy(model.distance_quantiles)
    members[DESCRIPTION] = written_json(_description(model, state))
    whole = pack(members)
    if not isinstance(path, (str, os.PathLike)):
        path.write(whole)
        return
    with written_whole(path) as file:
        file.write(whole)


def load(path: str | Path) -> Model:
    """Load a model that ``save_model`` wrote.

    Everything is checked before anything is used: the archive, the format and its version,
    the checksums, names, shapes and numbers. No code in the file can run.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    Model
        Predicts new tables.

    Raises
    ------
    ModelFileError
        If the file is missing, damaged, newer than this kwise or no model.

    Examples
    --------
    >>> import tempfile, pathlib, kwise
    >>> from kwise.io import save_model
    >>> model = kwise.KMeans(2, random_state=0).fit([[0.0, 0.0], [0.1, 0.0], [5.0, 5.0]])
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "points.kwise"
    >>> _ = save_model(path, model)
    >>> int(kwise.load(path).predict([[4.9, 5.2]])[0]) == int(model.predict([[4.9, 5.2]])[0])
    True
    """
    try:
        members = unpack(Path(path), MEMBERS, DESCRIPTION)
        return _model(members)
    except ModelFileError as error:
        raise ModelFileError(f"{path}: {error}") from error
    except (KeyError, TypeError) as error:
        reason = f"{type(error).__name__}: {str(error)[:200]}"
        raise ModelFileError(
            f"{path}: the model is incomplete ({reason}); save it again"
        ) from error


def _description(model: Model, state: FittedState) -> dict[str, Json]:
    """Return everything but the arrays as JSON values."""
    summary = dataclasses.asdict(model.preparation.summary_)
    fields = {field.name: getattr(state, field.name) for field in dataclasses.fields(state)}
    return {
        "format": FORMAT,
        "version": 1 if model.distance_quantiles is None and not part_arrays(model) else 2,
        "metadata": cast("Json", dict(model.metadata)),
        "parameters": _plain(model.preparation.get_params()),
        "state": _plain({name: value for name, value in fields.items() if name not in ARRAYS}),
        "summary": _plain(summary),
    }


def _plain(value: object) -> Json:
    """Turn tuples into lists, NumPy numbers into numbers and nan into null."""
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and math.isnan(value):
        return None
    return cast("Json", value)


def _npy(array: NDArray[np.float64]) -> bytes:
    """Write one array as NumPy's file format, little-endian, by rows."""
    file = io.BytesIO()
    plain = np.ascontiguousarray(array, dtype="<f8")
    np.lib.format.write_array(file, plain, version=(1, 0), allow_pickle=False)
    return file.getvalue()


def _model(members: Mapping[str, bytes]) -> Model:
    """Put a model together, once its parts are right and fit each other."""
    from kwise.preparation import Preparation
    from kwise.preparation.state import FittedState

    told = _told(members)
    arrays = {
        name.removesuffix(".npy"): read_array(name, data)
        for name, data in members.items()
        if name.endswith(".npy")
    }
    centers = arrays.pop(CENTERS.removesuffix(".npy"))
    quantiles = arrays.pop(QUANTILES.removesuffix(".npy"), None)
    parts = read_parts(arrays)
    arrays = {name: array for name, array in arrays.items() if name in ARRAYS}
    plain = check_fields("state", told["state"], FittedState, without=ARRAYS)
    parameters = check_parameters(told["parameters"], Preparation)
    state = FittedState(**{name: _frozen(value) for name, value in plain.items()}, **arrays)  # type: ignore[arg-type]
    check_state(state, centers)
    check_quantiles(quantiles, len(centers))
    summary = _summary(told["summary"])
    preparation = Preparation(**{name: _frozen(value) for name, value in parameters.items()})  # type: ignore[arg-type]
    preparation.state_ = state
    preparation.summary_ = summary
    model = Model(preparation, centers, told["metadata"], quantiles, **parts)  # type: ignore[arg-type]
    check_parts(model)
    return model


def _told(members: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the description, of a format that this kwise reads."""
    told = read_json(members[DESCRIPTION], DESCRIPTION)
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise ModelFileError("this is no kwise model")
    version = told["version"]
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ModelFileError(f"the format's version is {str(version)[:80]!r}, not a number from 1")
    if version > VERSION:
        raise ModelFileError(
            f"the model has format {version}, this kwise reads up to {VERSION}; "
            "upgrade with pip install -U kwise"
        )
    if not isinstance(told["metadata"], dict):
        raise ModelFileError("the model is incomplete: metadata is no object of JSON")
    try:
        written_json(told["metadata"])
    except ValueError as error:
        raise ModelFileError(f"the model's metadata cannot be written again ({error})") from error
    return told


def _frozen(value: Json) -> object:
    """Turn lists into tuples, all the way down."""
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value


def _summary(told: object) -> PreparationSummary:
    """Restore the account of the preparation; null is nan among the statistics."""
    from kwise.preparation import ColumnSummary, PreparationSummary

    fields = check_fields("summary", told, PreparationSummary)
    rows = cast("list[dict[str, Any]]", fields["columns"])
    columns = tuple(
        ColumnSummary(
            **cast("Any", {n: math.nan if cell is None else cell for n, cell in row.items()})
        )
        for row in rows
    )
    rest = {name: _frozen(value) for name, value in fields.items() if name != "columns"}
    return PreparationSummary(columns=columns, **rest)  # type: ignore[arg-type]

"""Parts that a model may have beside preparation and centers: a row here is a part of the file.

Each is a record of arrays, written as ``part.field.npy``, with ``faults(...)``, which says what
does not fit the model. Files of before a part was known load without it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from kwise.exceptions import ModelFileError
from kwise.monitoring.baseline import Baseline
from kwise.monitoring.sufficient import SufficientStatistics

if TYPE_CHECKING:
    from kwise.io.model import Model
    from kwise.types import Floats

__all__ = ["PARTS", "check_parts", "part_arrays", "part_names", "read_parts"]

Part: TypeAlias = Baseline | SufficientStatistics

# Attribute of a model -> the record that it is, if it is there.
PARTS: Mapping[str, type[Part]] = MappingProxyType(
    {"baseline": Baseline, "statistics": SufficientStatistics}
)


def part_names() -> list[str]:
    """Return the names of the arrays of all parts."""
    return [f"{part}.{each}" for part, record in PARTS.items() for each in _fields(record)]


def part_arrays(model: Model) -> dict[str, Floats]:
    """Return the arrays of the parts that a model has, by their names."""
    has = {part: getattr(model, part) for part in PARTS if getattr(model, part) is not None}
    return {f"{part}.{each}": getattr(kept, each) for part, kept in has.items()
            for each in _fields(type(kept))}  # fmt: skip


def read_parts(arrays: Mapping[str, Floats]) -> dict[str, Part]:
    """Return the parts that are there, each whole. Raises ModelFileError."""
    found: dict[str, Part] = {}
    for part, record in PARTS.items():
        names = _fields(record)
        absent = [each for each in names if f"{part}.{each}" not in arrays]
        if len(absent) == len(names):
            continue
        if absent:
            raise ModelFileError(f"the model is incomplete (no {part}.{absent[0]}.npy)")
        found[part] = record(**{each: arrays[f"{part}.{each}"] for each in names})
    return found


def check_parts(model: Model) -> None:
    """Raise where a part does not fit preparation and centers."""
    state = model.preparation.state_
    if model.baseline is not None:
        _refuse("baseline", model.baseline.faults(state, model.n_clusters))
    if model.statistics is not None:
        _refuse("statistics", model.statistics.faults(model.centers))


def _refuse(part: str, fault: str) -> None:
    """Raise if there is a fault."""
    if fault:
        raise ModelFileError(f"{part}: {fault}")


def _fields(record: type[Part]) -> list[str]:
    """Return the names of a record's arrays."""
    return [each.name for each in dataclasses.fields(record)]

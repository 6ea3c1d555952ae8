"""Where a long fit stands, in a small file: written after every iteration, taken up after a stop.

It holds centers and counts, no rows and no labels: these follow from the centers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from kwise._atomic import written_whole
from kwise._core.parts import Whole
from kwise._damages import ARRAY_DAMAGES
from kwise.engines.driver import Descent, Facts, State
from kwise.engines.shard import Step
from kwise.exceptions import ModelFileError
from kwise.results import History

__all__ = ["Checkpoint", "Progressed"]

_FORMAT = 2


@dataclass(frozen=True)
class Progressed:
    """What was done: facts of the rows, the run in hand, the best before it, and the generator."""

    facts: Facts
    run: int
    state: State
    random: tuple[Any, ...]
    best: Descent | None = None
    inertias: tuple[float, ...] = ()


@dataclass(frozen=True)
class Checkpoint:
    """A file, and what must be the same for it to be taken up."""

    path: Path
    settings: Mapping[str, object] = field(default_factory=dict)

    def load(self) -> Progressed | None:
        """Return what was done before; None where there is no file yet."""
        if not self.path.exists():
            return None
        if not self.path.is_file():
            raise ModelFileError(f"{self.path}: no file, and a checkpoint is read again; name one")
        with self._refusing():
            with self.path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
                held = {name: file[name] for name in file.files}
            told = json.loads(str(held.pop("told")))
            made, settings = dict(told).get("format"), dict(dict(told).get("settings", {}))
        if made != _FORMAT:
            raise ModelFileError(
                f"{self.path}: a checkpoint of format {made}; this version reads "
                f"{_FORMAT}. Remove it to begin anew."
            )
        for name, value in self.settings.items():
            if settings.get(name) != _plain(value):
                changed = f"{name} {settings.get(name)!r}, now {_plain(value)!r}"
                raise ModelFileError(
                    f"{self.path}: begun with {_WHY.get(name, changed)}: it would be another fit. "
                    "Remove the file to begin anew."
                )
        with self._refusing():
            return _progressed(told, held)

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """Let whatever is wrong with the file be said of the file."""
        try:
            yield
        except ARRAY_DAMAGES as error:
            what = " ".join(str(error).split()) or type(error).__name__
            raise ModelFileError(f"{self.path}: this is no checkpoint of kwise ({what})") from None

    def refuse_rows(self) -> None:
        """Raise since the rows have changed, though their files look the same."""
        raise ModelFileError(
            f"{self.path}: begun with {_WHY['rows']}: it would be another fit. Remove the file to "
            "begin anew."
        )

    def save(self, done: Progressed) -> None:
        """Write it whole: a reader finds the old file or the new one."""
        told, arrays = _parts(done)
        told["format"], told["settings"] = (
            _FORMAT,
            {name: _plain(value) for name, value in self.settings.items()},
        )
        with written_whole(self.path) as file:
            np.savez(file, told=np.array(json.dumps(told)), **arrays)


# What is told by digests is told in words.
_WHY = {
    "rows": "other rows (the rows have changed since)",
    "weights": "other weights (the weights have changed since)",
}


def _plain(value: object) -> object:
    """Return a value as JSON gives it back."""
    return json.loads(json.dumps(value, default=str))


def _parts(done: Progressed) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return numbers and arrays of what was done."""
    whole, step = done.facts.whole, done.state.step
    told: dict[str, Any] = {
        "variance": done.facts.variance,
        "n_rows": whole.n_rows,
        "largest_weight": whole.largest_weight,
        "weighted": whole.weighted,
        "exponent": whole.exponent,
        "run": done.run,
        "index": step.index,
        "n_iter": done.state.n_iter,
        "strict": done.state.strict,
        "converged": done.state.converged,
        "inertias": done.inertias,
        "random": [done.random[0], *(float(x) for x in done.random[2:])],
        "best": None,
    }
    arrays = {
        "shift": whole.shift,
        "largest": whole.largest,
        "centers": step.centers,
        "random": done.random[1],
    }
    if step.previous is not None and step.shifts is not None:
        arrays |= {"previous": step.previous, "shifts": step.shifts}
    if done.state.centers:
        so_far = History(np.stack(done.state.centers), np.array(done.state.inertias))
        arrays |= _of_history("history", so_far)
    if done.best is not None:
        best = done.best
        arrays |= _of_history("best_history", best.history)
        told["best"] = [best.inertia, best.n_iter, best.converged, best.step.run, best.step.index]
        arrays |= {"best_centers": best.centers, "best_step": best.step.centers}
    return told, arrays


def _progressed(told: Mapping[str, Any], held: Mapping[str, Any]) -> Progressed:
    """Return what was done of numbers and arrays."""
    others = (told[name] for name in ("largest_weight", "weighted", "exponent"))
    whole = Whole(told["n_rows"], held["shift"], held["largest"], *others)
    step = Step(
        told["run"],
        told["index"],
        whole,
        held["centers"],
        held.get("previous"),
        held.get("shifts"),
    )
    best = None
    if told["best"] is not None:
        inertia, n_iter, converged, run, index = told["best"]
        best = Descent(
            held["best_centers"],
            inertia,
            n_iter,
            converged,
            Step(run, index, whole, held["best_step"]),
            _history(held, "best_history"),
        )
    so_far = _history(held, "history")
    name, place, has_gauss, cached = told["random"]
    return Progressed(
        Facts(whole, told["variance"]),
        told["run"],
        State(
            step,
            told["n_iter"],
            told["strict"],
            told["converged"],
            () if so_far is None else tuple(so_far.centers),
            () if so_far is None else tuple(so_far.inertia.tolist()),
        ),
        (name, held["random"], int(place), int(has_gauss), cached),
        best,
        tuple(told["inertias"]),
    )


def _of_history(name: str, history: History | None) -> dict[str, Any]:
    """Return the arrays of a history, where there is one."""
    if history is None:
        return {}
    return {f"{name}_centers": history.centers, f"{name}_inertia": history.inertia}


def _history(held: Mapping[str, Any], name: str) -> History | None:
    """Return a history of its arrays, where there is one."""
    if f"{name}_centers" not in held:
        return None
    return History(held[f"{name}_centers"], held[f"{name}_inertia"])

"""What a model file says of itself: for eyes, and as a card in Markdown to file beside it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypedDict, cast

import numpy as np

from kwise._formatting import count, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kwise.io.model import Json, Model

__all__ = ["ModelFacts", "card", "facts", "shown"]

MOST_COLUMNS = 12  # of a table for eyes
LIMITS = (
    "A new row goes to the nearest center, however far away: the outlier score says how far.",
    "Clusters were found in these columns as they were prepared; other columns say nothing.",
    "The numbers of the clusters hold for this model alone: another fit may number them otherwise.",
)


class ModelFacts(TypedDict):
    """What is known of a model, in plain values; nothing stands where it is not known."""

    verdict: str
    data: str
    date: str
    n_rows: int
    n_rows_used: int
    columns: list[str]
    n_clusters: int
    sizes: list[int]
    centers: dict[str, list[float]]
    steps: list[str]
    warnings: list[str]
    estimator: str
    random_state: int | None
    versions: dict[str, str]
    history: list[Mapping[str, Json]]
    knows_distances: bool


def facts(model: Model) -> ModelFacts:
    """Return what is known of a model."""
    told, summary = model.metadata, model.preparation.summary_
    parameters = told.get("parameters")
    seed = parameters.get("random_state") if isinstance(parameters, dict) else None
    sizes, versions, history = told.get("sizes"), told.get("versions"), told.get("history")
    return ModelFacts(
        verdict=_text(told.get("verdict")),
        data=_text(told.get("table")),
        date=_text(told.get("date")),
        n_rows=summary.n_rows,
        n_rows_used=summary.n_rows_used,
        columns=[*model.preparation.state_.numbers, *model.preparation.state_.categories],
        n_clusters=model.n_clusters,
        sizes=[int(n) for n in cast("list[int]", sizes)] if _are_sizes(sizes, model) else [],
        centers=_in_units(model),
        steps=list(summary.steps),
        warnings=list(summary.warnings),
        estimator=_text(told.get("estimator")),
        random_state=seed if isinstance(seed, int) else None,
        versions={str(n): _text(v) for n, v in versions.items()}
        if isinstance(versions, dict)
        else {},
        history=[each for each in history if isinstance(each, dict)]
        if isinstance(history, list)
        else [],
        knows_distances=model.distance_quantiles is not None,
    )


def shown(model: Model) -> str:
    """Return a model in words and a table, for eyes."""
    told = facts(model)
    lines = [told["verdict"] or f"{told['n_clusters']} clusters"]
    lines += [f"Data: {_data(told)}", f"Columns: {', '.join(told['columns'])}"]
    lines += ["", *_aligned(_clusters(told)), ""]
    lines += [f"- {step}" for step in told["steps"]]
    lines += [f"Beware: {warning}" for warning in told["warnings"]]
    lines += [f"Taken in since: {_entry(each)}" for each in told["history"]]
    lines.append(f"Made by {_made(told)}")
    return "\n".join(lines) + "\n"


def card(model: Model) -> str:
    """Return a card in Markdown: data, date, verdict, clusters, preparation, limits."""
    told = facts(model)
    head, *rows = _clusters(told)
    table = [_row(head), _row(["---"] * len(head)), *map(_row, rows)]
    limits = [*map(_plain, told["warnings"]), *LIMITS]
    parts = [
        "# Model card",
        _plain(told["verdict"] or f"{told['n_clusters']} clusters; no verdict was saved."),
        "## Data",
        f"{_plain(_data(told))}\n\nColumns used: {', '.join(map(_plain, told['columns']))}.",
        "## Clusters",
        "Numbers count from 1; centers are in the units of the columns.",
        "\n".join(table),
        "## Preparation",
        "\n".join(f"- {_plain(step)}" for step in told["steps"]),
        "## Limits",
        "\n".join(f"- {limit}" for limit in limits),
    ]
    if told["history"]:
        parts += ["## History", "\n".join(f"- {_plain(_entry(each))}" for each in told["history"])]
    parts += ["## Made by", _plain(_made(told))]
    return "\n\n".join(parts) + "\n"


def _data(told: ModelFacts) -> str:
    """Say what the model was fitted on, and when."""
    name = told["data"] or "a table whose name was not saved"
    rows = (
        f"{told['n_rows_used']:,} of {told['n_rows']:,} rows" if told["n_rows"] else "rows unknown"
    )
    when = told["date"] or "a day that was not saved"
    return f"{name}, {rows}, fitted on {when}."


def _made(told: ModelFacts) -> str:
    """Say what made the model."""
    versions = ", ".join(f"{name} {version}" for name, version in told["versions"].items())
    seed = "" if told["random_state"] is None else f", random_state={told['random_state']}"
    return (
        f"{told['estimator'] or 'an unknown estimator'}{seed} ({versions or 'versions unknown'})."
    )


def _clusters(told: ModelFacts) -> list[list[str]]:
    """Return a table of the clusters with its head."""
    names = list(told["centers"])[:MOST_COLUMNS]
    total = sum(told["sizes"]) or 1
    rows = [["cluster", *(["rows", "share"] if told["sizes"] else []), *names]]
    for i in range(told["n_clusters"]):
        size = told["sizes"][i : i + 1]
        counted = [f"{size[0]:,}", f"{size[0] / total:.1%}"] if size else []
        rows.append([str(i + 1), *counted, *(f"{told['centers'][n][i]:z.4g}" for n in names)])
    return rows


def _in_units(model: Model) -> dict[str, list[float]]:
    """Return the centers in the units of the columns; nothing where rows were turned."""
    state = model.preparation.state_
    if state.by_row or len(state.components):
        return {}
    found = {}
    for j, name in enumerate(state.original_names):
        values = model.centers[:, j]
        if j < len(state.numbers):
            values = values * state.spreads[j] + state.centers[j]
            if not math.isnan(state.powers[j]):
                values = _uneven(values, float(state.powers[j]))
        else:  # shares of rows that hold the category
            values = values / state.category_weight
        found[name] = [float(value) for value in values]
    return found


def _uneven(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], power: float
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Undo Yeo-Johnson."""
    from scipy.special import inv_boxcox1p

    with np.errstate(invalid="ignore"):
        above, below = inv_boxcox1p(values, power), -inv_boxcox1p(-values, 2 - power)
    return np.asarray(np.where(values >= 0, above, below))


def _are_sizes(sizes: object, model: Model) -> bool:
    """Say whether a saved list counts the rows of each cluster."""
    return (
        isinstance(sizes, list)
        and len(sizes) == model.n_clusters
        and all(isinstance(n, int) and n >= 0 for n in sizes)
    )


def _entry(entry: Mapping[str, Json]) -> str:
    """Write one entry of the history in one line."""
    rows, lost = entry.get("rows"), entry.get("without_cluster")
    told = [f"batch {entry.get('batch')}", f"on {entry.get('date')}"]
    told += [f"{count(rows)} rows"] if isinstance(rows, int) else []
    told += [f"{count(lost)} more had no cluster"] if isinstance(lost, int) and lost else []
    return one_line(", ".join(told))


def _text(value: object) -> str:
    """Return a saved text, or nothing."""
    return value if isinstance(value, str) else ""


def _plain(text: str) -> str:
    """Return text that means nothing to Markdown and HTML, in one line."""
    text = " ".join(text.split())
    for mark in "\\`*_[]<>|#":
        text = text.replace(mark, "\\" + mark)
    return text


def _row(cells: Sequence[str]) -> str:
    """Write a row of a table in Markdown."""
    return "| " + " | ".join(cell if set(cell) <= {"-"} else _plain(cell) for cell in cells) + " |"


def _aligned(rows: list[list[str]]) -> list[str]:
    """Set columns one under the other."""
    widths = [max(len(row[j]) for row in rows) for j in range(len(rows[0]))]
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths)) for row in rows]

"""Fit a preparation: learn from a table, prepare its rows, keep the account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kwise.preparation.account import (
    HEADLINE,
    MISLEADS,
    Account,
    listed,
    tell_columns,
    tell_missing,
    tell_scaling,
)
from kwise.preparation.advice import ways_back
from kwise.preparation.categories import (
    MISSING_LEVEL,
    Treatment,
    find_levels,
    gamma_of,
    most_frequent,
    with_missing_level,
)
from kwise.preparation.cautions import (
    skewness_of,
    warn_of_data,
    warn_of_dominance,
    warn_of_duplicates,
    warn_of_labels,
    warn_of_repetition,
    warn_of_sentinels,
    warn_of_skew,
)
from kwise.preparation.choice import ColumnChoice, choose_columns, orders_of
from kwise.preparation.date_columns import DateColumns, read_dates
from kwise.preparation.decomposition import fit_components
from kwise.preparation.imputers import reference_rows
from kwise.preparation.kinds import Described, describe
from kwise.preparation.missing import FILLINGS, any_nan, refuse_infinite, refuse_missing
from kwise.preparation.scaling import Scaling
from kwise.preparation.skew import SKEWED, apply_powers, fit_powers
from kwise.preparation.state import FittedState, number_matrix
from kwise.preparation.summary import PreparationSummary
from kwise.table_options import Sentinels
from kwise.types import Floats

WORTH_A_WORD, MANY = 0.02, 0.2  # shares of rows left out: worth a warning; the first thing to say


def fit_preparation(
    frame: pl.DataFrame,
    *,
    columns: Sequence[str] | str | None,
    drop: Sequence[str] | str,
    missing: str,
    scaling: Scaling,
    components: float | None,
    treatment: Treatment,
    transform_skew: bool,
    sentinels: Sentinels,
) -> tuple[FittedState, PreparationSummary, Floats]:
    """Return what was learned, the account, and the prepared rows."""
    account = Account()
    frame, described = describe(frame, sentinels)
    choice = choose_columns(described, columns, drop, treatment.used)
    if treatment.weighed and missing != "error":
        frame = with_missing_level(frame, choice.categories)
    tell_columns(account, described, choice)
    warn_of_sentinels(account, described, frame.height)
    dates = read_dates(account, frame, choice, described, sentinels)
    numbers = _number_cells(frame, choice, described, dates)
    refuse_infinite(numbers, choice.numbers)
    complete = _treat_missing(account, frame, numbers, choice, described, missing)
    state = _start(frame, choice, scaling, missing, numbers, described)
    state = replace(state, dates=dates.written, sentinels={**state.sentinels, **dates.nothing})
    state.fill(numbers)
    warn_of_data(account, described, choice.numbers)
    warn_of_labels(account, described, choice)
    warn_of_duplicates(account, choice)
    state = _even_out(account, state, numbers, complete, described, transform_skew)
    state = _scale(account, state, numbers, complete, scaling)
    X = state.with_indicators(numbers, frame, state.category_fillings)
    if choice.categories and treatment.weighed:
        state = _weigh(account, state, X, complete)
    elif choice.categories:
        account.steps.append(
            f"Categories became indicators of 0 and 1: {listed(choice.categories)}; "
            "they were not scaled (categories='one-hot')."
        )
    tell_scaling(account, scaling, list(state.original_names), int(complete.sum()))
    if components is not None:
        state = _with_components(account, state, X, complete, components)
    summary = account.summary(described, choice, frame.height, int(complete.sum()))
    return state, summary, state.decompose(X)


def _number_cells(
    frame: pl.DataFrame, choice: ColumnChoice, described: Described, dates: DateColumns
) -> Floats:
    """Return the cells of the used columns, days that stand for "no date" as missing."""
    numbers = number_matrix(
        frame, choice.numbers, orders_of(described, choice), dates=dates.written
    )
    for name, days in dates.nothing.items():
        j = choice.numbers.index(name)
        none = np.isin(numbers[:, j], days)
        numbers[none, j] = np.nan
        described.n_missing[name] += int(none.sum())
    return numbers


def _treat_missing(
    account: Account,
    frame: pl.DataFrame,
    numbers: Floats,
    choice: ColumnChoice,
    described: Described,
    missing: str,
) -> NDArray[np.bool_]:
    """Tell of missing cells, refuse them if so asked; return the rows that take part."""
    if missing == "error":
        refuse_missing(numbers, choice.numbers)
    complete = ~any_nan(numbers)
    for name in choice.categories:
        gaps = frame[name].is_null().to_numpy()
        if missing == "error" and gaps.any():
            raise ValueError(
                f"row {int(gaps.argmax()) + 1}, column {name!r}: the cell is missing; "
                "missing='drop' leaves such rows out"
            )
        complete &= ~gaps
    n_missing = {name: described.n_missing[name] for name in choice.used}
    tell_missing(account, missing, n_missing, frame.height, int(complete.sum()))
    if FILLINGS[missing].fills:
        return np.ones_like(complete)
    if not complete.all():
        _advise(account, frame, numbers, choice, complete)
    return complete


def _advise(
    account: Account,
    frame: pl.DataFrame,
    numbers: Floats,
    choice: ColumnChoice,
    complete: NDArray[np.bool_],
) -> None:
    """Say how many rows were left out and what would keep them; refuse if none is left."""
    lost = len(complete) - int(complete.sum())
    if lost <= WORTH_A_WORD * len(complete):
        return
    texts = [frame[name].is_null().to_numpy() for name in choice.categories]
    ways = ways_back(np.column_stack([np.isnan(numbers), *texts]), choice.used)
    if not complete.any():
        raise ValueError(f"every row has a missing cell in a used column; {ways}")
    share = lost / len(complete)
    account.warn(
        f"{lost:,} of {len(complete):,} rows ({share:.0%}) were left out for missing cells; "
        f"{ways}.",
        HEADLINE if share > MANY else MISLEADS,
    )


def _start(
    frame: pl.DataFrame,
    choice: ColumnChoice,
    scaling: Scaling,
    missing: str,
    numbers: Floats,
    described: Described,
) -> FittedState:
    """Return a state that fills missing cells and does nothing else yet."""
    width = len(choice.numbers)
    filling = FILLINGS[missing]
    learns = filling.from_rows is not None and width > 0
    return FittedState(
        names_in=tuple(frame.columns),
        numbers=tuple(choice.numbers),
        categories=tuple(choice.categories),
        levels=tuple(find_levels(frame[name]) for name in choice.categories),
        missing=missing,
        by_row=scaling.by_row,
        fillings=filling.constants(numbers)
        if filling.constants is not None and width
        else np.full(width, np.nan),
        category_fillings=tuple(
            _filling_of(frame[name], fills=filling.fills) for name in choice.categories
        ),
        powers=np.full(width, np.nan),
        centers=np.zeros(width),
        spreads=np.ones(width),
        orders=orders_of(described, choice),
        sentinels=described.sentinels,
        reference=reference_rows(numbers) if learns else np.empty((0, 0)),
    )


def _filling_of(column: pl.Series, *, fills: bool) -> str | None:
    """Return what stands in for a missing category: itself, where that is one."""
    if MISSING_LEVEL in find_levels(column):
        return MISSING_LEVEL
    return most_frequent(column) if fills else None


def _weigh(
    account: Account, state: FittedState, X: Floats, complete: NDArray[np.bool_]
) -> FittedState:
    """Weigh the indicators in place, so that a category that differs counts gamma."""
    width = len(state.numbers)
    rows = X[complete]
    gamma = gamma_of(rows[:, :width], rows[:, width:], len(state.categories))
    weight = float(np.sqrt(gamma / 2.0))  # two rows that differ do so in two indicators
    X[:, width:] *= weight
    variances = X[complete].var(axis=0)
    share = variances[width:].sum() / (variances.sum() or 1.0)
    gaps = [n for n, level in zip(state.categories, state.levels) if MISSING_LEVEL in level]
    account.steps.append(
        f"Categories weigh beside numbers as in k-prototypes: {listed(list(state.categories))}. "
        f"One that differs counts gamma = {gamma:.3g} in squared distance, as much as a difference "
        f"of {np.sqrt(gamma):.2g} in a scaled column of numbers; categories hold {share:.0%} of "
        "the variance (categories='mixed')."
    )
    if gaps:
        account.steps.append(f"Missing cells are a category of their own in {listed(gaps)}.")
    return replace(state, category_weight=weight)


def _even_out(
    account: Account,
    state: FittedState,
    numbers: Floats,
    complete: NDArray[np.bool_],
    described: Described,
    transform_skew: bool,
) -> FittedState:
    """Transform skewed columns if asked; otherwise warn of strong skew."""
    skewness = skewness_of(described, state.numbers)
    if not transform_skew:
        warn_of_skew(account, list(state.numbers), skewness)
        return state
    powers = fit_powers(numbers[complete], skewness)
    apply_powers(numbers, powers)
    changed = [name for name, power in zip(state.numbers, powers) if not np.isnan(power)]
    account.steps.append(
        f"Columns with a skewness beyond {SKEWED:g} were evened out (Yeo-Johnson): "
        f"{listed(changed) or 'none'} (transform_skew=True)."
    )
    return replace(state, powers=powers)


def _scale(
    account: Account,
    state: FittedState,
    numbers: Floats,
    complete: NDArray[np.bool_],
    scaling: Scaling,
) -> FittedState:
    """Scale in place, as the complete rows say."""
    if not state.numbers:
        return state
    rows = numbers if complete.all() else numbers[complete]
    if scaling.name == "none":
        warn_of_dominance(account, rows, list(state.numbers))
    warn_of_repetition(account, rows, list(state.numbers))
    centers, spreads = scaling.fit(rows)
    numbers -= centers
    numbers /= spreads
    return replace(state, centers=centers, spreads=spreads)


def _with_components(
    account: Account,
    state: FittedState,
    X: Floats,
    complete: NDArray[np.bool_],
    components: float,
) -> FittedState:
    """Learn principal components from the complete rows."""
    rows = state.decompose(X.copy())[complete]
    fitted = fit_components(rows, components)
    n = len(fitted.axes)
    share = float(fitted.shares.sum())
    account.steps.append(
        f"{X.shape[1]:,} columns became {n} principal component{'s' if n > 1 else ''}, which "
        f"hold {share:.1%} of the variance (components={components})."
    )
    return replace(
        state,
        component_mean=fitted.mean,
        components=fitted.axes,
        variance_shares=fitted.shares,
    )

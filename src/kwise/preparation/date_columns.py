"""Columns of dates that were named to be used: how they are counted, and which days are none."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from kwise.preparation.account import HEADLINE, MISLEADS, Account
from kwise.preparation.choice import ColumnChoice
from kwise.preparation.date_words import NO_DATES
from kwise.preparation.dates import date_format, in_days, in_words, said
from kwise.preparation.kinds import Described
from kwise.table_options import Sentinels

SPIKE = 3  # rows from which a day that databases write for "no date" is taken for one


@dataclass(frozen=True, slots=True)
class DateColumns:
    """How each column writes its dates, and the days that stand for "no date"."""

    written: dict[str, str] = field(default_factory=dict)
    nothing: dict[str, tuple[float, ...]] = field(default_factory=dict)


def read_dates(
    account: Account,
    frame: pl.DataFrame,
    choice: ColumnChoice,
    described: Described,
    sentinels: Sentinels,
) -> DateColumns:
    """Find out how the used columns of dates are written, and say how they are counted."""
    found = DateColumns()
    numeric = set(described.numeric)
    for name in choice.numbers:
        if described.kinds[name].kind != "date" or name in numeric:
            continue
        column = frame[name]
        told = date_format(column)
        found.written[name] = told.text
        account.steps.append(said(column, told.text))
        if told.other:
            account.warn(
                f"{name}: dates such as {column.drop_nulls()[0]!r} were read as "
                f"{in_words(told.text)}, and could be {in_words(told.other)}; dates written as "
                "2023-01-05 leave no doubt.",
                MISLEADS,
            )
        nothing = _no_dates(account, in_days(column, told.text), sentinels)
        if nothing:
            found.nothing[name] = nothing
    return found


def _no_dates(account: Account, days: pl.Series, sentinels: Sentinels) -> tuple[float, ...]:
    """Return the days that are made missing; refuse or keep them if so asked."""
    mode = sentinels if isinstance(sentinels, str) else "keep"
    taken = []
    for day in NO_DATES:
        value = in_days(pl.Series([day]).str.to_date(), "")[0]
        n = int((days == value).sum())
        if not SPIKE <= n < days.count():
            continue
        where = f"{days.name}: {day} stands in {n:,} of {len(days):,} rows"
        if mode == "error":
            raise ValueError(
                f"column {days.name!r}: {day} stands in {n:,} of {len(days):,} rows, which often "
                "means that no date is known; sentinels='missing' takes it for that, 'keep' for a "
                "date"
            )
        if mode == "missing":
            taken.append(float(value))
            account.warn(
                f"{where}: it was taken for 'no value' (sentinels='keep' keeps it as a date).",
                HEADLINE,
            )
        else:
            account.warn(
                f"{where}, and was kept as a date; sentinels='missing' takes it for 'no value'.",
                HEADLINE,
            )
    return tuple(taken)

"""The account of a preparation: what was done in sentences, and what may mislead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kwise.preparation.choice import ColumnChoice
from kwise.preparation.column_kind import ColumnKind
from kwise.preparation.kinds import Described
from kwise.preparation.missing import FILLINGS
from kwise.preparation.scaling import Scaling
from kwise.preparation.summary import AS_ASKED, ColumnSummary, PreparationSummary

# How bad a warning is: the answer is about something else; it may mislead; good to know.
HEADLINE, MISLEADS, NOTE = 0, 1, 2
SPREAD_OUT = ("number", "coordinate")  # kinds with far cells
STATISTICS = ("mean", "std", "min", "q1", "median", "q3", "max", "skewness")


@dataclass
class Account:
    """Sentences, gathered while a preparation is fitted."""

    steps: list[str] = field(default_factory=list)
    warnings: list[tuple[int, str]] = field(default_factory=list)

    def warn(self, sentence: str, severity: int) -> None:
        """Add a warning, once."""
        if (severity, sentence) not in self.warnings:
            self.warnings.append((severity, sentence))

    def summary(
        self, described: Described, choice: ColumnChoice, n_rows: int, n_rows_used: int
    ) -> PreparationSummary:
        """Return everything as one record."""
        columns = column_summaries(described, choice)
        worst_first = sorted(self.warnings, key=lambda each: each[0])
        return PreparationSummary(
            columns,
            tuple(self.steps),
            tuple(sentence for _, sentence in worst_first),
            n_rows,
            n_rows_used,
        )


def column_summaries(described: Described, choice: ColumnChoice) -> tuple[ColumnSummary, ...]:
    """Return one row per column of the table."""
    used = set(choice.used)
    position = {name: j for j, name in enumerate(described.numeric)}
    lists = {name: getattr(described.statistics, name).tolist() for name in STATISTICS}
    n_outliers = described.statistics.n_outliers.tolist()
    rows = []
    for name, kind in described.kinds.items():
        j = position.get(name)
        numbers = {} if j is None else {each: lists[each][j] for each in STATISTICS}
        rows.append(
            ColumnSummary(
                name=name,
                kind="duplicate" if name in choice.duplicates else kind.kind,
                used=name in used,
                reason=choice.notes.get(name, _as_number(kind))
                if name in used
                else choice.reasons[name],
                n_missing=described.n_missing[name],
                n_distinct=described.n_distinct[name],
                n_outliers=0 if j is None or kind.kind not in SPREAD_OUT else n_outliers[j],
                **numbers,
            )
        )
    return tuple(rows)


def _as_number(kind: ColumnKind) -> str:
    """Say what kind of number a used column holds, where that is worth a word."""
    return kind.reason if kind.kind == "number" else ""


def tell_columns(account: Account, described: Described, choice: ColumnChoice) -> None:
    """Say which columns are used, which are not and why."""
    n = len(described.kinds)
    used = choice.used
    all_of = (
        f"All {n:,} columns are used"
        if len(used) == n
        else (f"{len(used):,} of {n:,} columns {'is' if len(used) == 1 else 'are'} used")
    )
    account.steps.append(f"{all_of}: {listed(used)}.")
    by_reason: dict[str, list[str]] = {}
    for name, reason in choice.reasons.items():
        # Constant columns differ in their value only; one sentence serves them all.
        constant = described.kinds[name].kind == "constant" and reason.startswith("every cell is")
        by_reason.setdefault("every cell is the same" if constant else reason, []).append(name)
    for reason, names in by_reason.items():
        account.steps.append(_left_out(names, reason))
    for name, kind in described.kinds.items():
        if kind.warning and name in choice.reasons:
            account.warn(f"C{kind.warning[1:]}.", MISLEADS)


def _left_out(names: list[str], reason: str) -> str:
    """Say that columns were left out for a reason that they share."""
    if reason == AS_ASKED:
        return f"Left out as asked: {listed(names)}."
    plural = reason.replace("it ", "each ", 1) if len(names) > 1 else reason
    return f"Left out: {listed(names)} ({plural})."


def tell_missing(
    account: Account, policy: str, n_missing: dict[str, int], n_rows: int, n_complete: int
) -> None:
    """Say how many cells were missing and what was done about them."""
    gaps = {name: n for name, n in n_missing.items() if n}
    if not gaps:
        account.steps.append("No cell is missing in the columns used.")
        return
    where = listed(f"{name} ({n:,})" for name, n in gaps.items())
    n_rows_with_gaps = n_rows - n_complete
    if policy == "drop":
        account.steps.append(
            f"{n_rows_with_gaps:,} of {n_rows:,} rows were left out, as cells are missing there: "
            f"{where} (missing='drop')."
        )
    else:
        account.steps.append(
            f"{sum(gaps.values()):,} missing cells were filled with {FILLINGS[policy].words}: "
            f"{where} (missing='{policy}')."
        )


def tell_scaling(account: Account, scaling: Scaling, names: list[str], n_rows: int) -> None:
    """Say how columns were scaled, and what to beware of."""
    account.steps.append(scaling.sentence)
    if scaling.by_row and len(names) > 1:
        account.warn(
            "normalize-rows scales rows, not columns: it keeps only the direction of each row, so "
            f"columns of different units ({listed(names[:3])}) do not become comparable; "
            "'standard' does that.",
            MISLEADS,
        )
    if len(names) > n_rows:
        account.warn(
            f"There are more columns ({len(names):,}) than rows ({n_rows:,}): distances become "
            "alike in so many dimensions; components=10, say, keeps the main ones.",
            NOTE,
        )


def listed(names: Iterable[str], most: int = 8) -> str:
    """Join names, the first few of many."""
    names = list(names)
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more

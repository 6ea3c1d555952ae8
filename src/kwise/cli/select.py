"""``kwise select-k``: how many groups, with the scores of every criterion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise.cli._options import (
    Categories,
    CategoriesOption,
    Columns,
    Components,
    Delimiter,
    Drop,
    Format,
    FormatOption,
    Ks,
    Missing,
    MissingOption,
    Output,
    Quiet,
    Scale,
    ScaleOption,
    Seed,
    TableArgument,
    TransformSkew,
    Transpose,
    components_of,
    named,
    range_of,
)

if TYPE_CHECKING:
    from kwise.results import Selection


def select_k(
    table: TableArgument,
    output: Output = None,
    columns: Columns = None,
    drop: Drop = None,
    ks: Ks = "1:10",
    scale: ScaleOption = Scale.STANDARD,
    missing: MissingOption = Missing.DROP,
    categories: CategoriesOption = Categories.DROP,
    transform_skew: TransformSkew = False,
    components: Components = None,
    delimiter: Delimiter = None,
    transpose: Transpose = False,
    seed: Seed = 0,
    form: FormatOption = Format.TABLE,
    quiet: Quiet = False,
) -> None:
    """Say how many groups there are, and what speaks for it.

    For example:

      kwise select-k penguins.csv

      kwise select-k rows.parquet --ks 2:20 --format csv > scores.csv
    """
    candidates = range_of(ks)

    from kwise.analysis import analyze
    from kwise.cli._output import progress_bar, put

    with progress_bar(quiet=quiet) as progress:
        analysis = analyze(
            table,
            columns=named(columns) or None,
            drop=named(drop),
            ks=candidates,
            scale=scale.value,
            missing=missing.value,
            categories=categories.value,
            transform_skew=transform_skew,
            components=components_of(components),
            delimiter=delimiter,
            transpose=transpose,
            random_state=seed,
            progress=progress,
        )
    put(_printed(analysis.selection, form), output)


def _printed(selection: Selection, form: Format) -> str:
    """Write the choice: all of it as JSON, the scores as CSV, or both for eyes."""
    from kwise.cli._output import rows_as

    if form is Format.JSON:
        import json

        from kwise.report.summary import plain

        answer = {
            "k": selection.k,
            "kind": selection.kind,
            "verdict": selection.verdict,
            "confidence": selection.confidence,
            "candidates": selection.candidates,
            "reasons": selection.reasons,
            "structures": [each.kind for each in selection.structures],
            "choices": {name: choice.k for name, choice in selection.choices.items()},
            "directions": dict(selection.directions),
            "scores": selection.table(),
        }
        return json.dumps(plain(answer), indent=2, allow_nan=False)
    rows = rows_as(selection.table(), form)
    if form is Format.CSV:
        return rows
    reasons = "\n".join(f"  {reason}" for reason in selection.reasons)
    return f"{selection.verdict}\n\n{rows}\n\n{reasons}"

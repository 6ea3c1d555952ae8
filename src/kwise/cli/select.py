"""``kwise select-k``: how many groups, with the scores of every criterion."""

from __future__ import annotations

from kwise.cli._options import (
    Columns,
    Components,
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
    Transpose,
    components_of,
    named,
    range_of,
)


def select_k(
    table: TableArgument,
    output: Output = None,
    columns: Columns = None,
    drop: Drop = None,
    ks: Ks = "1:10",
    scale: ScaleOption = Scale.STANDARD,
    missing: MissingOption = Missing.DROP,
    components: Components = None,
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
    from kwise.cli._output import progress_bar, put, rows_as

    with progress_bar(quiet=quiet) as progress:
        analysis = analyze(
            table,
            columns=named(columns) or None,
            drop=named(drop),
            ks=candidates,
            scale=scale.value,
            missing=missing.value,
            components=components_of(components),
            transpose=transpose,
            random_state=seed,
            progress=progress,
        )
    selection = analysis.selection
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
            "choices": {name: choice.k for name, choice in selection.choices.items()},
            "directions": dict(selection.directions),
            "scores": selection.table(),
        }
        put(json.dumps(plain(answer), indent=2, allow_nan=False), output)
        return
    rows = rows_as(selection.table(), form)
    if form is Format.TABLE:
        reasons = "\n".join(f"  {reason}" for reason in selection.reasons)
        rows = f"{selection.verdict}\n\n{rows}\n\n{reasons}"
    put(rows, output)

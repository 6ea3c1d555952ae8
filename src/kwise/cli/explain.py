"""``kwise explain``: what the groups of a table are, in words."""

from __future__ import annotations

import textwrap

from kwise.cli._options import (
    Columns,
    Components,
    Drop,
    Format,
    FormatOption,
    K,
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


def explain(
    table: TableArgument,
    output: Output = None,
    columns: Columns = None,
    drop: Drop = None,
    k: K = None,
    ks: Ks = "1:10",
    scale: ScaleOption = Scale.STANDARD,
    missing: MissingOption = Missing.DROP,
    components: Components = None,
    transpose: Transpose = False,
    seed: Seed = 0,
    form: FormatOption = Format.TABLE,
    quiet: Quiet = False,
) -> None:
    """Say in words what sets each group apart, with a rule that finds it.

    For example:

      kwise explain penguins.csv

      kwise explain penguins.csv --k 3 --format json
    """
    candidates = range_of(ks)

    from kwise.analysis import analyze
    from kwise.cli._output import progress_bar, put, rows_as
    from kwise.report.numbers import count, percent

    with progress_bar(quiet=quiet) as progress:
        analysis = analyze(
            table,
            columns=named(columns) or None,
            drop=named(drop),
            k=k,
            ks=candidates,
            scale=scale.value,
            missing=missing.value,
            components=components_of(components),
            transpose=transpose,
            random_state=seed,
            progress=progress,
        )
        chosen = analysis.summary.chosen
    if form is not Format.TABLE:
        rows: list[dict[str, object]] = [
            {
                "cluster": each.number,
                "name": each.name,
                "rows": each.size,
                "share": each.share,
                "explanation": each.sentence,
                "rule": each.rule.text if each.rule else None,
                "rule_precision": each.rule.precision if each.rule else None,
                "rule_recall": each.rule.recall if each.rule else None,
            }
            for each in chosen.clusters
        ]
        put(rows_as(rows, form), output)
        return
    parts = [analysis.verdict]
    for each in chosen.clusters:
        lines = [f"{each.number}. {each.name}: {count(each.size)} rows ({percent(each.share)})"]
        lines += textwrap.wrap(each.sentence, 88, initial_indent="   ", subsequent_indent="   ")
        if each.rule:
            found = f"{percent(each.rule.recall)} of its rows; {percent(each.rule.precision)} of"
            lines.append(f"   Rule: {each.rule.text} ({found} those that meet it)")
        parts.append("\n".join(lines))
    put("\n\n".join(parts), output)

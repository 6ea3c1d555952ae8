"""From evidence to the answer: what the data support, what is shown, and the words for both."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kwise.results import Alternative, Choice, ColumnEffect, Selection, Structure, Sweep, Usefulness
from kwise.selection.alternatives import alternative_for_all_rows
from kwise.selection.context import SweepContext
from kwise.selection.criteria import Criterion
from kwise.selection.reasons import column_in_words, explain, sentence, who_finds_what
from kwise.selection.structure import (
    structure_of_clusters,
    structure_of_groups,
    structure_of_table,
)
from kwise.selection.suitability import Suitability, sample_limit
from kwise.selection.usefulness import (
    best_division,
    division_in_words,
    usefulness_in_words,
    usefulness_of,
)
from kwise.selection.verdict import Judgement

__all__ = ["Evidence", "selection_of"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verdict rests on: ``sweep`` may hold more candidates than the ``judged`` ones."""

    sweep: Sweep
    judged: tuple[int, ...]
    choices: Mapping[str, Choice]
    found: Judgement
    suitability: Suitability | None = None
    shape: Mapping[str, float] = field(default_factory=dict)


def selection_of(
    evidence: Evidence,
    criteria: Sequence[Criterion],
    asked: tuple[int, ...],
    context: SweepContext | None,
    columns: tuple[ColumnEffect, ...],
) -> Selection:
    """Put the answer together; ``criteria`` are those whose choices are shown."""
    found, sweep = evidence.found, evidence.sweep
    support = dict(zip(evidence.judged, found.support))
    shown = _shown(found.k, asked, support, sweep)
    choices = {each.name: evidence.choices[each.name] for each in criteria}
    labels = {each.name: each.label for each in criteria}
    alternative = _alternative(context, evidence)
    structures = _structures(context, evidence, alternative)
    usefulness = usefulness_of(sweep)
    best = best_division(usefulness)
    reasons = explain(found, sweep, choices, labels, evidence.judged)
    if alternative is not None and evidence.suitability is not None:
        reasons.insert(0, who_finds_what(alternative, evidence.suitability))
    reasons += [column_in_words(each, found) for each in columns]
    reasons += [each.words for each in structures]
    reasons += _worth(found, usefulness, shown, asked)
    reasons += _what_was_not_done(context)
    return Selection(
        k=found.k,
        shown=shown,
        kind=found.kind,
        verdict=sentence(found, asked, shown),
        confidence=found.confidence,
        reasons=tuple(reasons),
        candidates=found.candidates,
        choices=choices,
        directions={each.name: each.direction for each in criteria},
        labels_of_criteria=labels,
        asked=asked,
        sweep=sweep,
        support=tuple(support.get(k, math.nan) for k in sweep.ks),
        measures=_measures(evidence),
        alternative=alternative,
        structures=structures,
        usefulness=usefulness,
        division=best.k if best is not None else None,
    )


def _measures(evidence: Evidence) -> Mapping[str, float]:
    """Return what the comparison with other methods measured."""
    if evidence.suitability is None:
        return {}
    return {**evidence.suitability.measures, **evidence.shape}


def _worth(
    found: Judgement, usefulness: tuple[Usefulness, ...], shown: int, asked: tuple[int, ...]
) -> list[str]:
    """Say what the division is worth that was asked for, or any where groups are in doubt."""
    if shown != found.k or len(asked) == 1:
        return [division_in_words(each) for each in usefulness if each.k == shown]
    if found.kind in ("unclear", "unsuitable"):
        return list(filter(None, [usefulness_in_words(usefulness)]))
    return []


def _shown(k: int, asked: tuple[int, ...], support: Mapping[int, float], sweep: Sweep) -> int:
    """Return the number of clusters to show: of those asked for, the one with most support."""
    if not asked or k in asked:
        return k
    if any(each in support for each in asked):
        return max(asked, key=lambda each: support.get(each, -1.0))
    silhouette = {
        each: score.value for each, score in zip(sweep.ks, sweep.scores.get("silhouette", ()))
    }
    known = [each for each in asked if math.isfinite(silhouette.get(each, math.nan))]
    return max(known, key=silhouette.__getitem__) if known else asked[0]


def _what_was_not_done(context: SweepContext | None) -> list[str]:
    """Say how the rows were read, or that there were none."""
    if context is not None:
        return context.notes
    return [
        "Whether k-means suits the data was not asked, nor were more candidates looked at: pass "
        "the data to select_k for that."
    ]


def _structures(
    context: SweepContext | None, evidence: Evidence, alternative: Alternative | None
) -> tuple[Structure, ...]:
    """Collect what was seen that k-means misreads."""
    if context is None:
        return ()
    seen: list[Structure] = []
    if alternative is not None:
        limit = sample_limit(evidence.judged)
        labels = alternative.labels[context.rows(limit)]
        seen += structure_of_groups(context.raw_sample(limit), labels)
        seen += structure_of_clusters(evidence.found.k, evidence.shape)
    return (*seen, *structure_of_table(context.dense, context.names))


def _alternative(context: SweepContext | None, evidence: Evidence) -> Alternative | None:
    """Give every row a group of the better method's, where one is better."""
    name, suitability = evidence.found.alternative, evidence.suitability
    if context is None or name is None or suitability is None:
        return None
    return alternative_for_all_rows(context, suitability, name, evidence.judged)

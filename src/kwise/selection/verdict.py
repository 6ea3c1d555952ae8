"""The verdict: a number of clusters, how to read it, and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from kwise.results import Choice, Kind, Sweep
from kwise.selection.fitted_weights import CLEAR_FROM, CONFIDENCE, UNSUITABLE_FROM
from kwise.selection.signs import Findings
from kwise.selection.suitability import Suitability, follows_better
from kwise.selection.support import probabilities
from kwise.types import Floats

__all__ = ["Judgement", "Rules", "best_alternative", "conclude", "judge", "judge_few"]


# A candidate with less support than this is not worth naming.
WORTH_NAMING = 0.1
MOST_CANDIDATES = 4
# A method that is likely better, but less than this times as likely as another, is not named.
MUCH_LESS = 0.5
# Fewer rows than this say nothing for sure, whatever they look like.
FEWEST_ROWS = 12
# The models' own probabilities beyond these say no more than these.
LEAST_EVIDENCE, MOST_EVIDENCE = 0.003, 0.997


@dataclass(frozen=True, slots=True)
class Rules:
    """From which doubt k-means is unsuitable, from which confidence k is clear.

    ``confidence`` holds, for "one group", "several" and "unsuitable", the shift and slope that
    turn the log odds of the models into those of being right.
    """

    unsuitable_from: float = UNSUITABLE_FROM
    clear_from: float = CLEAR_FROM
    confidence: Mapping[str, tuple[float, float]] = field(
        default_factory=lambda: MappingProxyType(dict(CONFIDENCE))
    )


TUNED = Rules()


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer, its kind, its confidence, and each candidate's share of the evidence.

    ``claim`` is what the confidence is about ("one group", "several" or "unsuitable"), and
    ``evidence`` the probability that the models give it, before calibration. ``too_few`` is the
    number of rows, where these are too few to say anything.
    """

    k: int
    kind: Kind
    confidence: float
    candidates: tuple[int, ...]
    support: tuple[float, ...]
    alternative: str | None = None
    claim: str = ""
    evidence: float = math.nan
    too_few: int = 0


def judge(
    sweep: Sweep,
    choices: Mapping[str, Choice],
    suitability: Suitability | None,
    shapes: Mapping[int, Mapping[str, float]],
) -> Judgement:
    """Weigh all that is known of the candidates; without other methods, the scores alone.

    ``choices`` are those of the default criteria, and ``shapes`` tells what the clusters of every
    candidate are like.
    """
    measures = {} if suitability is None else suitability.measures
    findings = Findings(sweep.ks, sweep.scores, choices, sweep.inertias, measures, shapes)
    support, better = probabilities(findings)
    found = conclude(sweep.ks, support, *best_alternative(better, measures))
    return found if suitability is None else _with_groups_seen(found, suitability, sweep.ks)


def best_alternative(
    better: Mapping[str, float], measures: Mapping[str, float]
) -> tuple[float, str | None]:
    """Return how likely some method is much better than k-means, and which one to name.

    It is the likeliest of those whose groups follow the data better than as many clusters of
    k-means; None where all of these are much less likely than another.
    """
    doubt = max(better.values(), default=0.0)
    able = [name for name in better if follows_better(measures, name)]
    best = max(able, key=better.__getitem__, default=None)
    return doubt, best if best is not None and better[best] >= MUCH_LESS * doubt else None


def _with_groups_seen(found: Judgement, suitability: Suitability, ks: Sequence[int]) -> Judgement:
    """Where another method sees the groups better, their number is the one that it sees."""
    if found.alternative is None:
        return found
    seen = suitability.partitions[found.alternative].n_clusters
    return replace(found, k=seen, candidates=(seen,)) if seen in ks else found


def conclude(
    ks: Sequence[int],
    support: Floats,
    doubt: float,
    alternative: str | None,
    rules: Rules = TUNED,
) -> Judgement:
    """Read support and doubt as a verdict.

    k is the best supported candidate. The kind is "unsuitable" where that is likelier than any
    number of clusters, some method sees other groups clearly and k is not the last of several
    candidates, beyond which k-means may still do well; otherwise "unclear" where the confidence
    is small; otherwise "one group" or "clear". The confidence is the doubt or else support times
    (1 - doubt), calibrated.
    """
    best = int(np.argmax(support))
    last = len(ks) > 2 and ks[best] == max(ks)
    likelier = doubt >= max(rules.unsuitable_from, float(support[best]) * (1.0 - doubt))
    if likelier and alternative is not None and not last:
        claim, evidence = "unsuitable", doubt
    else:
        claim = "one group" if ks[best] == 1 else "several"
        evidence = float(support[best]) * (1.0 - doubt)
    confidence = calibrated(evidence, rules.confidence[claim])
    kind: Kind = "unsuitable"
    if claim != "unsuitable":
        kind = _kind(ks[best], confidence, rules.clear_from)
    return Judgement(
        k=ks[best],
        kind=kind,
        confidence=confidence,
        candidates=_candidates(ks, support, kind),
        support=tuple(support.tolist()),
        alternative=alternative if kind == "unsuitable" else None,
        claim=claim,
        evidence=evidence,
    )


def judge_few(found: Judgement, n_rows: int) -> Judgement:
    """Return the verdict; on too few rows an unclear one."""
    if n_rows >= FEWEST_ROWS:
        return found
    confidence = min(found.confidence, n_rows / (n_rows + FEWEST_ROWS))
    return replace(found, kind="unclear", confidence=confidence, alternative=None, too_few=n_rows)


def calibrated(evidence: float, line: tuple[float, float]) -> float:
    """Return how often verdicts with this evidence are right: log odds along a line."""
    likely = min(max(evidence, LEAST_EVIDENCE), MOST_EVIDENCE)
    shift, slope = line
    return 1.0 / (1.0 + math.exp(-shift - slope * math.log(likely / (1.0 - likely))))


def _kind(k: int, confidence: float, clear_from: float) -> Kind:
    """Return how to read k where k-means is the right tool."""
    if confidence < clear_from:
        return "unclear"
    return "one group" if k == 1 else "clear"


def _candidates(ks: Sequence[int], support: Floats, kind: Kind) -> tuple[int, ...]:
    """Name k first, then, where k is unclear, the others with enough support."""
    order = np.argsort(-support, kind="stable")
    if kind != "unclear":
        return (ks[int(order[0])],)
    named = [ks[int(i)] for i in order[1:MOST_CANDIDATES] if support[i] >= WORTH_NAMING]
    if not named and support[order[0]] < 0.5:  # support that is spread thin has a second best
        named = [ks[int(i)] for i in order[1:2]]
    return (ks[int(order[0])], *named)

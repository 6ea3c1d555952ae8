"""The verdict: what the criteria say together, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kwise.results import Choice, Kind

__all__ = ["Judgement", "judge"]

# How much each criterion's choice counts.
VOTES = {
    "bic": 3.0,
    "gap": 2.0,
    "silhouette": 2.0,
    "calinski_harabasz": 1.0,
    "davies_bouldin": 1.0,
    "inertia": 0.5,
}
CLEAR_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer, its kind, and what speaks for and against it."""

    k: int
    kind: Kind
    confidence: float
    candidates: tuple[int, ...]
    reasons: tuple[str, ...]
    verdict: str


def judge(
    choices: Mapping[str, Choice], labels: Mapping[str, str], ks: tuple[int, ...]
) -> Judgement:
    """Combine the criteria's choices by weighted vote; BIC and gap together can say "one"."""
    support = dict.fromkeys(ks, 0.0)
    for name, choice in choices.items():
        if choice.k is not None:
            support[choice.k] += VOTES.get(name, 1.0)
    total = sum(support.values())
    k = max(ks, key=lambda each: (support[each], -each))
    gates = [choices[name].k for name in ("bic", "gap") if name in choices]
    kind: Kind = "clear"
    if gates and all(found == 1 for found in gates):
        k, kind = 1, "one group"
    share = support[k] / total if total else 0.0
    if kind == "clear" and share < CLEAR_SHARE:
        kind = "unclear"
    ranked = sorted((each for each in ks if support[each]), key=lambda each: -support[each])
    candidates = tuple(dict.fromkeys([k, *ranked[:3]])) if kind == "unclear" else (k,)
    reasons = tuple(
        f"{labels[name]}: " + (f"{choice.k} ({choice.reason})" if choice.k else choice.reason)
        for name, choice in choices.items()
    )
    return Judgement(k, kind, share, candidates, reasons, _sentence(k, kind, candidates, share))


def _sentence(k: int, kind: Kind, candidates: tuple[int, ...], share: float) -> str:
    """Say the verdict in one sentence."""
    if kind == "one group":
        return "One group: nothing here speaks for more than one cluster."
    if kind == "unclear":
        others = " or ".join(str(each) for each in sorted(candidates))
        return f"No clear number of clusters: {others}; {k} has most support."
    return f"{k} clusters: {share:.0%} of the evidence agrees."

"""All that is known about a table and its candidates, as numbers that a model can weigh.

``signs_of`` makes one row of named numbers for each candidate: what criteria say of it
beside the others, what its clusters are like, and what the table is like. Nothing here decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kwise.results import Choice, Score
from kwise.selection.criteria import DEFAULT_CRITERIA
from kwise.selection.suitability import RIVALS, kept_share
from kwise.types import Floats

__all__ = ["Findings", "signs_of"]

Measures = Mapping[str, float]

# Starts that lose no more than this share of the inertia came to the same clusters.
SAME = 1e-3


@dataclass(frozen=True, slots=True)
class Findings:
    """What a verdict rests on.

    ``inertias`` holds, for each candidate, those of all starts, best first; ``measures`` what the
    table is like and what other methods found; ``shapes``, by candidate, what its clusters are
    like.
    """

    ks: tuple[int, ...]
    scores: Mapping[str, Sequence[Score]]
    choices: Mapping[str, Choice]
    inertias: Sequence[Sequence[float]]
    measures: Measures
    shapes: Mapping[int, Measures] = field(default_factory=dict)

    def curve(self, name: str) -> Floats:
        """Return the values of a criterion; nan where there is none."""
        row = self.scores.get(name)
        if row is None:
            return np.full(len(self.ks), np.nan)
        return np.array([each.value for each in row], dtype=np.float64)

    def errors(self, name: str) -> Floats:
        """Return the standard errors of a criterion; nan where there is none."""
        row = self.scores.get(name)
        if row is None:
            return np.full(len(self.ks), np.nan)
        return np.array([each.standard_error for each in row], dtype=np.float64)


def signs_of(findings: Findings) -> dict[str, Floats]:
    """Return every sign by name, one number a candidate; nan where nothing is known."""
    ks = np.asarray(findings.ks, dtype=np.float64)
    found = {"log_k": np.log(ks)}
    found |= _curves(findings, ks)
    found |= _penalized(findings)
    found |= _references(findings, ks)
    found |= _elbow(findings, ks)
    found |= _votes(findings, ks)
    found |= _shapes(findings)
    measures = {**findings.measures, **_won(findings.measures)}
    table = {name: np.full(len(ks), value) for name, value in measures.items()}
    return found | table | _same_number(findings, ks)


def _curves(findings: Findings, ks: Floats) -> dict[str, Floats]:
    """Compare values that mean the same in every table: with the best, and finer divisions."""
    found, unknown = {}, np.full(len(ks), np.nan)
    for name, sign in DIRECTIONS.items():
        curve = findings.curve(name)
        better = np.where(np.isfinite(curve) & (ks > 1), sign * curve, -np.inf)
        best = float(better.max(initial=-np.inf))
        after, before = _best_after(better), _best_after(better[::-1])[::-1]
        found[name] = curve
        found[f"{name}_best"] = np.full(len(ks), sign * best if np.isfinite(best) else np.nan)
        found[f"{name}_behind"] = best - _finite(better) if np.isfinite(best) else unknown
        found[f"{name}_finer"] = _finite(sign * after)
        found[f"{name}_coarser"] = _finite(sign * before)
    return found


# Criterion -> whether more (1) or less (-1) of it is better.
DIRECTIONS: Mapping[str, int] = {
    "silhouette": 1,
    "davies_bouldin": -1,
    "prediction_strength": 1,
    "stability": 1,
    "border_density": -1,
}


def _best_after(values: Floats) -> Floats:
    """Return for each place the largest value at a later one."""
    after: Floats = np.r_[np.maximum.accumulate(values[::-1])[::-1][1:], -np.inf]
    return after


def _finite(values: Floats) -> Floats:
    """Return the values with nan for what is not finite."""
    return np.where(np.isfinite(values), values, np.nan)


def _penalized(findings: Findings) -> dict[str, Floats]:
    """Compare criteria that grow with the rows: what each candidate lacks, for all rows and one."""
    found: dict[str, Floats] = {}
    rows = np.exp(findings.measures.get("log_rows", 0.0))
    for name, sign in (("bic", -1.0), ("mixture", -1.0), ("calinski_harabasz", 1.0)):
        curve = sign * findings.curve(name)
        if name == "calinski_harabasz":
            curve = np.log(np.maximum(curve, 1e-300))
        if not np.isfinite(curve).any():
            found |= {f"{name}_{part}": np.full(len(curve), np.nan) for part in PENALIZED}
            continue
        best = int(np.nanargmax(curve))
        behind = curve[best] - curve
        per_row = behind if name == "calinski_harabasz" else behind / rows
        steps = np.r_[np.nan, np.diff(per_row)]
        found |= {
            f"{name}_behind": np.log1p(np.maximum(behind, 0.0)),
            f"{name}_per_row": per_row,
            f"{name}_gained": -steps,
            f"{name}_next": np.r_[-steps[1:], np.nan],
        }
    return found


PENALIZED = ("behind", "per_row", "gained", "next")


def _references(findings: Findings, ks: Floats) -> dict[str, Floats]:
    """Compare gaps: beyond one group's, behind the largest, and from step to step."""
    found: dict[str, Floats] = {}
    for name in ("gap", "unimodal_gap"):
        curve, error = findings.curve(name), findings.errors(name)
        one = curve[0] if ks[0] == 1 else np.nan
        most = np.nanmax(curve) if np.isfinite(curve).any() else np.nan
        steps = np.r_[np.nan, np.diff(curve)]
        found |= {
            name: curve,
            f"{name}_errors": curve / np.maximum(error, 1e-3),
            f"{name}_beyond_one": curve - one,
            f"{name}_most": np.full(len(ks), most - one),
            f"{name}_behind": most - curve,
            f"{name}_gained": steps,
            f"{name}_next": np.r_[steps[1:], np.nan],
        }
    return found


def _elbow(findings: Findings, ks: Floats) -> dict[str, Floats]:
    """Compare the fall of the inertia with that of rows spread evenly, and starts with each other.

    Rows spread evenly over d directions lose log(k) * 2 / d.
    """
    best = np.array([each[0] for each in findings.inertias], dtype=np.float64)
    logs = np.log(np.maximum(best, 1e-300)) - np.log(max(best[0], 1e-300))
    axes = np.exp(findings.measures.get("log_axes", 0.0))
    along = np.log(ks)
    slopes = np.r_[np.nan, np.diff(logs) / np.maximum(np.diff(along), 1e-9)] * axes / 2.0
    lost = [np.asarray(each) / max(each[0], 1e-300) - 1.0 for each in findings.inertias]
    second = [each[each >= SAME].min(initial=1.0) for each in lost]
    first = findings.measures.get("first_axis", np.nan)
    halved = logs[list(findings.ks).index(2)] if 2 in findings.ks else np.nan
    return {
        "fall": slopes,
        "fall_next": np.r_[slopes[1:], np.nan],
        "bend": slopes - np.r_[slopes[1:], np.nan],
        "explained": 1.0 - np.exp(logs),
        # One Gaussian cut in two keeps a known share of its inertia.
        "beyond_gaussian": np.full(len(ks), np.log(max(1.0 - 2.0 / np.pi * first, 1e-9)) - halved),
        "same_start": np.array([(each < SAME).mean() for each in lost]),
        "second_start": np.log(np.array(second) + 1e-4),
    }


def _votes(findings: Findings, ks: Floats) -> dict[str, Floats]:
    """Say which default criteria choose each candidate, and how many do."""
    found = {}
    known = {name: findings.choices[name] for name in DEFAULT_CRITERIA if name in findings.choices}
    for name, choice in known.items():
        found[f"chosen_by_{name}"] = (ks == (choice.k or 0)).astype(float)
    n_criteria = max(1, sum(choice.k is not None for choice in known.values()))
    share = np.sum(list(found.values()), axis=0) / n_criteria if found else np.zeros(len(ks))
    return found | {"votes": share, "votes_behind": share.max() - share}


def _shapes(findings: Findings) -> dict[str, Floats]:
    """Describe the clusters of each candidate, and how much they keep of what they could tell."""
    found = {
        f"shape_{name}": np.array([findings.shapes[k][name] for k in findings.ks])
        for name in next(iter(findings.shapes.values()), {})
    }
    if "shape_entropy" in found:
        bits = np.maximum(found["shape_entropy"], 1e-9)
        kept = np.where(found["shape_entropy"] > 0, found["shape_information"] / bits, 1.0)
        found["shape_kept"] = kept
        found["shape_kept_finer"] = _finite(_best_after(np.where(bits > 1e-6, kept, -np.inf)))
    return found


def _won(measures: Measures) -> dict[str, float]:
    """Say how many bits other methods' groups keep beyond as many clusters of k-means."""
    found = {}
    for name in RIVALS:
        theirs = measures.get(f"{name}_information", np.nan)
        ours = measures.get(f"{name}_information_same_k", np.nan)
        lost = measures.get(f"{name}_entropy_same_k", np.nan) - ours
        found[f"{name}_won"] = theirs - ours
        found[f"{name}_kept"] = kept_share(measures, name)
        found[f"{name}_kept_same_k"] = kept_share(measures, name, "_same_k")
        found[f"{name}_won_share"] = (theirs - ours) / max(lost, 0.02)
    return found


def _same_number(findings: Findings, ks: Floats) -> dict[str, Floats]:
    """Say how many groups others see for each of a candidate's."""
    found = {}
    for name in (*(f"{rival}_k" for rival in RIVALS), "components"):
        seen = findings.measures.get(name, np.nan)
        found[f"{name}_ratio"] = np.clip(np.log(max(seen, 1.0) / ks), -2.0, 2.0)
    return found

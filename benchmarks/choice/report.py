"""How often the verdict is right on tables that nothing was fitted on, and how well it knows.

    python benchmarks/choice/report.py CACHE docs/explanation/how-often-right.md

Uses the models of the installed kwise, on the final set; the page is written anew each time.
"""

from __future__ import annotations

import itertools
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from families import FAMILIES, STRANGERS
from invariance import CHANGES
from measure import read_cache, read_lines
from model import Measured, read
from reliability import draw
from truth import EASY
from tune import better_of, verdict_of

from kwise.selection.criteria import CRITERIA, DEFAULT_CRITERIA
from kwise.selection.fitted_weights import SHARPNESS
from kwise.selection.support import probabilities_of
from kwise.selection.trees import fitted_trees
from kwise.selection.verdict import TUNED, Judgement

KINDS = {
    "apart": "round groups apart",
    "crowds": "many round groups",
    "touching": "round groups that touch",
    "columns": "groups in skewed, counted, rated or coded columns",
    "shaped": "groups that are not round",
    "one group": "one group",
    "one curve": "one curve, ring or sheet",
}
BINS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0001)
SURE = 0.9


@dataclass(frozen=True)
class Judged:
    """A table, its verdict, and whether that is right."""

    table: Measured
    verdict: Judgement

    @property
    def right(self) -> bool:
        """Tell whether kind and k are right."""
        return self.table.truth.right(self.verdict.k, self.verdict.kind)

    @property
    def easy(self) -> bool:
        """Tell whether k-means can be as good as right at the right number."""
        return bool(self.table.truth.ks) and self.table.truth.fit >= EASY


def judged(tables: list[Measured]) -> list[Judged]:
    """Return tables with their verdicts."""
    trees = fitted_trees()
    found = []
    for table in tables:
        support = probabilities_of(trees["support"].log_odds(table.signs), SHARPNESS)
        better = better_of(table, trees["better"], support)
        found.append(Judged(table, verdict_of(table, support, better, TUNED)))
    return found


def share(values: list[bool]) -> str:
    """Say a share of tables, with their number."""
    return f"{100 * np.mean(values):.1f} % of {len(values)}" if values else "none"


def summary_rows(pairs: list[Judged]) -> list[str]:
    """Return the figures that matter most, beside what is wanted."""
    ones = [each for each in pairs if each.table.truth.structure == "one group"]
    others = [each for each in pairs if each.table.truth.structure == "other shape"]
    suited = [each for each in pairs if each.easy]
    several = [each for each in suited if each.table.truth.structure == "round groups"]
    sure = [each for each in pairs if each.verdict.confidence >= SURE]
    unsuitable = [each.verdict.kind == "unsuitable" for each in others]
    alarms = [each.verdict.kind == "unsuitable" for each in suited]
    return [
        "| what | found | wanted |",
        "|---|---|---|",
        f"| right k, groups that k-means can find (ARI 0.9) | "
        f"{share([each.right for each in several])} | 95 % |",
        f'| one group: "one group" or "unclear: 1" | {share([e.right for e in ones])} | 99 % |',
        f'| one group: a sure "several" or "unsuitable" (90 %) | '
        f"{share([not e.right and e.verdict.confidence >= SURE for e in ones])} | 0 % |",
        f"| another method is better: said so | {share(unsuitable)} | 85 % |",
        f"| k-means suits: denied | {share(alarms)} | at most 3 % |",
        f"| wrong, and at least 90 % sure | "
        f"{share([not e.right and e.verdict.confidence >= SURE for e in pairs])} | at most 2 % |",
        f"| wrong, among those at least 90 % sure | {share([not e.right for e in sure])} | |",
        f"| right in all | {share([e.right for e in pairs])} | |",
        f"| Brier score of the confidence | {brier(pairs):.3f} | |",
        f"| log score of the confidence | {log_score(pairs):.3f} | |",
        f"| the better method named is worse than k-means | {share(worse(pairs))} | 0 % |",
    ]


def brier(pairs: list[Judged]) -> float:
    """Return the mean squared error of the confidence."""
    return float(np.mean([(each.verdict.confidence - each.right) ** 2 for each in pairs]))


def log_score(pairs: list[Judged]) -> float:
    """Return the mean -log probability that the confidence gave to what came."""
    said = [e.verdict.confidence if e.right else 1.0 - e.verdict.confidence for e in pairs]
    return float(-np.log(np.maximum(said, 1e-3)).mean())


def worse(pairs: list[Judged]) -> list[bool]:
    """Tell, where a method is named as better, whether k-means at the true number is nearer."""
    named = [each for each in pairs if each.verdict.alternative is not None]
    return [each.table.other_fit[each.verdict.alternative] < each.table.truth.fit for each in named]


def reliability_rows(pairs: list[Judged]) -> list[str]:
    """Return how often verdicts of about the same confidence are right."""
    rows = ["| said | verdicts | mean said | right |", "|---|---|---|---|"]
    for low, high in itertools.pairwise(BINS):
        some = [each for each in pairs if low <= each.verdict.confidence < high]
        if some:
            said = 100 * np.mean([each.verdict.confidence for each in some])
            right = 100 * np.mean([each.right for each in some])
            label = f"{100 * low:.0f} to {100 * min(high, 1):.0f} %"
            rows.append(f"| {label} | {len(some)} | {said:.1f} % | {right:.1f} % |")
    return rows


def bins_of(pairs: list[Judged]) -> list[tuple[float, int, int]]:
    """Return mean confidence, number of verdicts and number of right ones, by confidence."""
    found = []
    for low, high in itertools.pairwise(BINS):
        some = [each for each in pairs if low <= each.verdict.confidence < high]
        if some:
            said = float(np.mean([each.verdict.confidence for each in some]))
            found.append((said, len(some), sum(each.right for each in some)))
    return found


def methods() -> dict[str, Callable[[Measured], int | None]]:
    """Return every way of choosing k that the verdict is compared with."""

    def by(name: str) -> Callable[[Measured], int | None]:
        return lambda table: table.findings.choices[name].k

    def seen_by(name: str) -> Callable[[Measured], int | None]:
        return lambda table: max(1, int(table.findings.measures[f"{name}_k"]))

    found = {CRITERIA[name].label: by(name) for name in DEFAULT_CRITERIA}
    found["Majority of the criteria"] = majority
    found["Gaussian mixture by BIC"] = seen_by("gaussian_mixture")
    found["HDBSCAN"] = seen_by("hdbscan")
    return found


def majority(table: Measured) -> int | None:
    """Return the number that most default criteria choose, the smallest on a tie."""
    chosen = [table.findings.choices[name].k for name in DEFAULT_CRITERIA]
    counts = Counter(k for k in chosen if k is not None)
    return min(counts, key=lambda k: (-counts[k], k)) if counts else None


def method_rows(pairs: list[Judged], calibration: list[Judged]) -> list[str]:
    """Return how often each way of choosing k is right, kind by kind, where k-means suits.

    The log score gives every method the confidence that its hits on the calibration set justify.
    """
    rows = [
        "| way of choosing k | " + " | ".join(KINDS.values()) + " | all | log score |",
        "|---|" + "---|" * (len(KINDS) + 2),
    ]
    some, before = ([e for e in each if e.easy] for each in (pairs, calibration))

    def row(label: str, hits: list[bool], score: float) -> str:
        cells = []
        for kind in KINDS:
            own = [hit for hit, each in zip(hits, some) if each.table.kind == kind]
            cells.append(f"{100 * np.mean(own):.0f} %" if own else "")
        return (
            f"| {label} | " + " | ".join(cells) + f" | {100 * np.mean(hits):.1f} % | {score:.2f} |"
        )

    support = [share_of_right(each) for each in some]
    rows.append(row("**kwise**", [e.right for e in some], float(-np.log(support).mean())))
    for label, choose in methods().items():
        hits = [choose(each.table) in each.table.truth.ks for each in some]
        sure = np.clip(np.mean([choose(e.table) in e.table.truth.ks for e in before]), 0.02, 0.98)
        spread = [(1 - sure) / max(1, len(each.table.ks) - 1) for each in some]
        score = -np.log([sure if hit else rest for hit, rest in zip(hits, spread)]).mean()
        rows.append(row(label, hits, float(score)))
    return rows


def share_of_right(each: Judged) -> float:
    """Return the support of what is right, and never quite nothing."""
    return float(np.array(each.verdict.support)[each.table.hits].sum()) * 0.998 + 0.001


def family_rows(pairs: list[Judged], families: Iterable[str] = FAMILIES) -> list[str]:
    """Return one row a family."""
    rows = [
        "| family | tables | right | mean said | one group | unsuitable | unclear |",
        "|---|---|---|---|---|---|---|",
    ]
    for family in families:
        some = [each for each in pairs if each.table.family == family]
        if some:
            kinds = [each.verdict.kind for each in some]
            told = [f"{100 * kinds.count(k) / len(some):.0f} %" for k in TOLD]
            right = 100 * np.mean([each.right for each in some])
            said = 100 * np.mean([each.verdict.confidence for each in some])
            rows.append(
                f"| {family} | {len(some)} | {right:.0f} % | {said:.0f} % | {' | '.join(told)} |"
            )
    return rows


def invariance_rows(cache: Path) -> list[str]:
    """Return how often k and kind stay where what carries no information changes."""
    lines = read_lines(cache / "invariance.jsonl")
    if not lines:
        return ["Not measured yet: `benchmarks/choice/invariance.py`."]
    forms = {line["form"] for line in lines}
    known = {(line["family"], line["seed"]): set() for line in lines}
    found: dict[str, dict[tuple[str, int], Judgement]] = {form: {} for form in forms}
    for line, each in zip(lines, judged([Measured(line) for line in lines])):
        known[line["family"], line["seed"]].add(line["form"])
        found[line["form"]][line["family"], line["seed"]] = each.verdict
    whole = [table for table, there in known.items() if there == forms]
    first, rows = found[AS_IT_IS], ["| changed | k and kind stay | of those at least 80 % sure |"]
    rows.append("|---|---|---|")
    for form in (each for each in CHANGES if each != AS_IT_IS and each in forms):
        stays = {table: same(first[table], found[form][table]) for table in whole}
        sure = [stays[table] for table in whole if first[table].confidence >= FAIRLY_SURE]
        rows.append(f"| {form} | {share(list(stays.values()))} | {share(sure)} |")
    return rows


def same(one: Judgement, other: Judgement) -> bool:
    """Tell whether kind and k are the same; where k-means does not suit, its k says nothing."""
    return one.kind == other.kind and (one.k == other.k or one.kind == "unsuitable")


AS_IT_IS, FAIRLY_SURE = "as it is", 0.8
TOLD = ("one group", "unsuitable", "unclear")


def main(cache: Path, out: Path) -> None:
    """Write the page."""
    sets = ("final", "calibration", "strangers")
    pairs, calibration, strangers = (judged(read(each, cache)) for each in sets)
    seconds = np.median([each.table.seconds for each in pairs])
    kinds = []
    for kind in ("clear", "one group", "unclear", "unsuitable"):
        some = [each for each in pairs if each.verdict.kind == kind]
        if some:
            kinds += ["", f'Of them "{kind}":', "", *reliability_rows(some)]
    text = PAGE.format(
        n_tables=len(pairs),
        n_tuning=len(read_cache("tuning", cache)),
        n_calibration=len(calibration),
        n_families=len({each.table.family for each in pairs}),
        seconds=seconds,
        summary="\n".join(summary_rows(pairs)),
        reliability="\n".join(reliability_rows(pairs)),
        kinds="\n".join(kinds),
        methods="\n".join(method_rows(pairs, calibration)),
        families="\n".join(family_rows(pairs)),
        n_strangers=len(strangers),
        n_strange=len(STRANGERS),
        strangers="\n".join(summary_rows(strangers)),
        strange="\n".join(family_rows(strangers, STRANGERS)),
        invariance="\n".join(invariance_rows(cache)),
    )
    out.write_text(text)
    draw(bins_of(pairs), out.parent.parent / "images" / "reliability.svg")
    print(text)


PAGE = """# How often the verdict is right

<!-- Written by benchmarks/choice/report.py: not to be edited. -->

`select_k` was asked about {n_tables:,} simulated tables of {n_families} families whose answer is
known because it was planted. Nothing was fitted on them: the models were fitted on {n_tuning:,}
tables with other seeds, the confidence on {n_calibration:,} more. Every other table has columns of
one variance. The fresh tables were counted twice: after the first count a table outside the
laboratory had a method named that is worse, and the odds from which k-means is called unsuitable
were raised to even ones, by the calibration set. A table took {seconds:.1f} s in the median, on one
thread. Your data were drawn by nobody's generator: read 95 % as "very likely", not as one error
in twenty.

A verdict is *right* if it says what was planted: the number of groups where k-means can find them;
"one group" where there is one, be it skewed, rounded, bent or a ring; "k-means does not suit"
where another method of the comparison comes much nearer to the planted groups. Where groups
overlap so much that k-means at their number stays below an adjusted Rand index of 0.45, one group
is as right as their number.

{summary}

## Confidence

"80 % sure" should be right in 80 of 100 cases.

![Confidence and share of right answers, with 95 % intervals](../images/reliability.svg)

{reliability}
{kinds}

## Beside single criteria and other methods

Exact number of groups on the tables that k-means can get right (adjusted Rand index of 0.9 at the
true number, or one group). The log score is the mean of -log of the probability given to the right
number; lower is better. Each single criterion is as sure as its hits on the calibration set allow.

{methods}

## Kinds of tables that nothing was fitted on

The {n_tables:,} tables above have other seeds than those of the fit, but are of the same families.
These {n_strangers} are of {n_strange} families that were drawn up afterwards and kept out of every
fit: shares that add up to one, directions on a sphere, columns that hidden ones move, fans,
bananas, cities with a corner, hours on a circle, groups in a haze, groups beside idle columns,
yes/no answers, shells, letters. They were counted with the models before these, too.

{strangers}

{strange}

## What carries no information

k and kind should stay where rows are put in another order, written twice or in another unit.

{invariance}

## Families

{families}

The families are functions in `benchmarks/choice/families`; `benchmarks/choice/README.md` says how
to draw, measure, fit and count again.
"""

if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""Clusters of then and of now, by the rows that they share: which is which, what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy.optimize import linear_sum_assignment

from kwise._formatting import count, listed, percent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kwise.results import Labels

__all__ = ["Match", "MatchEvent", "find_match"]

EventKind: TypeAlias = Literal["kept", "split", "merged", "new", "gone"]

# Two clusters are one where half of either lies in the other. A part of a split holds at least
# a fifth of the old cluster's rows, and they are half of its own; a merger is the same backwards.
_SAME, _PART = 0.5, 0.2


@dataclass(frozen=True, slots=True)
class MatchEvent:
    """What became of clusters: numbers of then and of now, from 1, and a sentence."""

    kind: EventKind
    before: tuple[int, ...]
    now: tuple[int, ...]
    sentence: str


@dataclass(frozen=True, eq=False)
class Match:
    """Clusters of then beside those of now; made by ``match_models`` and ``analyze(like=...)``.

    Attributes
    ----------
    flows : ndarray of shape (n_before + 1, n_now + 1)
        Rows by cluster then and now; the last of each are rows without a cluster.
    unheld : ndarray of shape (n_now + 1,)
        Of the rows by cluster now, those that no cluster of then holds: farther out than all but
        one in a thousand of its rows.
    mapping : mapping of int to int
        Number then -> number now, from 1, of clusters that go on.
    events : tuple of MatchEvent
        What was kept, split, merged, is new or gone.
    moved : ndarray of shape (n_rows,), bool
        Rows that are no more in the cluster that theirs goes on as.
    labels_before, labels_now : ndarray of shape (n_rows,)
        Clusters of each row, from 0; -1 for none.
    """

    flows: NDArray[np.int64]
    unheld: NDArray[np.int64]
    mapping: dict[int, int]
    events: tuple[MatchEvent, ...]
    moved: NDArray[np.bool_]
    labels_before: Labels
    labels_now: Labels

    @property
    def n_moved(self) -> int:
        """Rows that moved."""
        return int(self.moved.sum())

    def named(self, kind: EventKind) -> list[MatchEvent]:
        """Return the events of one kind."""
        return [each for each in self.events if each.kind == kind]

    def table(self) -> list[dict[str, object]]:
        """Return one row for each flow: rows of a cluster then that are in a cluster now."""
        totals = self.flows.sum(axis=1)
        found: list[dict[str, object]] = []
        for a, b in np.argwhere(self.flows > 0).tolist():
            before, now = self._number(a, 0), self._number(b, 1)
            goes_on = before is not None and self.mapping.get(before) == now
            found.append(
                {
                    "before": before,
                    "now": now,
                    "rows": int(self.flows[a, b]),
                    "share_of_before": float(self.flows[a, b] / totals[a]),
                    "moved": not goes_on and before is not None,
                }
            )
        return found

    def moved_rows(self, keys: list[object] | None = None) -> list[dict[str, object]]:
        """Return one row for each that moved: its key (or number, from 1), cluster then and now."""
        name = "row" if keys is None else "key"
        places = np.flatnonzero(self.moved).tolist()
        return [
            {
                name: i + 1 if keys is None else keys[i],
                "before": int(self.labels_before[i]) + 1,
                "now": int(self.labels_now[i]) + 1 if self.labels_now[i] >= 0 else None,
            }
            for i in places
        ]

    def to_dict(self) -> dict[str, object]:
        """Return plain numbers and words, ready for JSON."""
        return {
            "rows": len(self.moved),
            "moved": self.n_moved,
            "mapping": {str(before): now for before, now in self.mapping.items()},
            "events": [
                {"kind": each.kind, "before": list(each.before), "now": list(each.now),
                 "sentence": each.sentence}
                for each in self.events
            ],
            "flows": self.table(),
        }  # fmt: skip

    def __str__(self) -> str:
        return "\n".join([self.verdict, *(each.sentence for each in self.events)])

    @property
    def verdict(self) -> str:
        """The answer in a sentence."""
        n = len(self.moved)
        kept = len(self.mapping)
        share = percent(self.n_moved / n) if n else "none"
        clusters = self.flows.shape[0] - 1
        return (
            f"{kept} of {clusters} clusters go on; {count(self.n_moved)} of {count(n)} rows "
            f"({share}) have moved."
        )

    def _number(self, index: int, axis: int) -> int | None:
        """Return the number of a row or column of the flows."""
        return index + 1 if index < self.flows.shape[axis] - 1 else None


def find_match(
    before: Labels,
    now: Labels,
    n_before: int,
    n_now: int,
    held: NDArray[np.bool_] | None = None,
) -> Match:
    """Match the clusters of the same rows then and now, one to one, so that most rows agree.

    ``held`` says which rows the clusters of then hold; what they do not hold counts for none.
    """
    held = np.ones(len(before), dtype=bool) if held is None else held
    flows = _crossed(before, now, n_before, n_now)
    unheld = _crossed(before[~held], now[~held], n_before, n_now)
    counts = (flows - unheld)[:-1, :-1]
    sizes = flows[:-1].sum(axis=1), flows[:, :-1].sum(axis=0)
    shares = _Shares(counts, *sizes)
    pairs = {
        int(a): int(b)
        for a, b in zip(*linear_sum_assignment(counts, maximize=True))
        if counts[a, b] and max(shares.of_before[a, b], shares.of_now[a, b]) >= _SAME
    }
    goes_on = np.full(n_before + 1, -1)
    goes_on[list(pairs)] = list(pairs.values())
    return Match(
        flows=flows,
        unheld=unheld.sum(axis=0),
        mapping={a + 1: b + 1 for a, b in sorted(pairs.items())},
        events=_events(shares, pairs, unheld.sum(axis=0)[:-1]),
        moved=(before >= 0) & (goes_on[before] != now),
        labels_before=before,
        labels_now=now,
    )


@dataclass(frozen=True)
class _Shares:
    """Rows in common, and what share of either cluster they are."""

    counts: NDArray[np.int64]
    sizes_before: NDArray[np.int64]
    sizes_now: NDArray[np.int64]

    @property
    def of_before(self) -> NDArray[np.float64]:
        """Shares of the clusters of then."""
        return self.counts / np.maximum(self.sizes_before, 1)[:, None]

    @property
    def of_now(self) -> NDArray[np.float64]:
        """Shares of the clusters of now."""
        return self.counts / np.maximum(self.sizes_now, 1)[None, :]


def _crossed(before: Labels, now: Labels, n_before: int, n_now: int) -> NDArray[np.int64]:
    """Count rows by cluster then and now; without one last."""
    first = np.where(before >= 0, before, n_before).astype(np.int64)
    second = np.where(now >= 0, now, n_now).astype(np.int64)
    counts = np.bincount(first * (n_now + 1) + second, minlength=(n_before + 1) * (n_now + 1))
    return counts.reshape(n_before + 1, n_now + 1)


def _events(
    shares: _Shares, pairs: dict[int, int], unheld: NDArray[np.int64]
) -> tuple[MatchEvent, ...]:
    """Name what became of each cluster: mergers and splits first, then what goes on."""
    n_before, n_now = shares.counts.shape
    parts = (shares.of_before >= _PART) & (shares.of_now >= _SAME)
    wholes = (shares.of_now >= _PART) & (shares.of_before >= _SAME)
    splits = [a for a in range(n_before) if parts[a].sum() > 1]
    mergers = [b for b in range(n_now) if wholes[:, b].sum() > 1]
    found = [_split(shares, a, np.flatnonzero(parts[a])) for a in splits]
    found += [_merger(shares, b, np.flatnonzero(wholes[:, b])) for b in mergers]
    born = {int(b) for a in splits for b in np.flatnonzero(parts[a])} | set(pairs.values())
    died = {int(a) for b in mergers for a in np.flatnonzero(wholes[:, b])} | set(pairs)
    found += [_new(shares, b, unheld) for b in range(n_now) if b not in {*born, *mergers}]
    found += [_gone(shares, a) for a in range(n_before) if a not in {*died, *splits}]
    plain = [(a, b) for a, b in sorted(pairs.items()) if a not in splits and b not in mergers]
    return (*found, *(_kept(shares, a, b) for a, b in plain))


def _split(shares: _Shares, a: int, into: NDArray[np.intp]) -> MatchEvent:
    """Tell of a cluster whose rows make several."""
    told = [f"{b + 1} ({percent(shares.of_before[a, b])} of its rows)" for b in into]
    return MatchEvent(
        "split", (a + 1,), tuple(int(b) + 1 for b in into),
        f"Cluster {a + 1} has split into {listed(told)}.",
    )  # fmt: skip


def _merger(shares: _Shares, b: int, of: NDArray[np.intp]) -> MatchEvent:
    """Tell of clusters whose rows make one."""
    told = [f"{a + 1} ({percent(shares.of_before[a, b])} of its rows)" for a in of]
    return MatchEvent(
        "merged", tuple(int(a) + 1 for a in of), (b + 1,),
        f"Clusters {listed(told)} have merged into {b + 1}.",
    )  # fmt: skip


def _new(shares: _Shares, b: int, unheld: NDArray[np.int64]) -> MatchEvent:
    """Tell of a cluster that none goes on as."""
    size = int(shares.sizes_now[b])
    told = f": no cluster of then holds {count(int(unheld[b]))} of them" if unheld[b] else ""
    from_ = [f"{a + 1} ({percent(shares.of_now[a, b])})"
             for a in np.argsort(-shares.counts[:, b]) if shares.of_now[a, b] >= _PART]  # fmt: skip
    came = f"; rows came from {listed(from_)}" if from_ else ""
    return MatchEvent(
        "new", (), (b + 1,), f"Cluster {b + 1} is new ({count(size)} rows){told}{came}."
    )


def _gone(shares: _Shares, a: int) -> MatchEvent:
    """Tell of a cluster that goes on as none."""
    size = int(shares.sizes_before[a])
    if not size:
        return MatchEvent("gone", (a + 1,), (), f"Cluster {a + 1} is gone: no row belongs to it.")
    to = [f"{b + 1} ({percent(shares.of_before[a, b])})"
          for b in np.argsort(-shares.counts[a]) if shares.counts[a, b]][:4]  # fmt: skip
    rows = "row is" if size == 1 else "rows are"
    where = f" in {listed(to)}" if to else " in none"
    return MatchEvent(
        "gone", (a + 1,), (), f"Cluster {a + 1} is gone: its {count(size)} {rows}{where} now."
    )


def _kept(shares: _Shares, a: int, b: int) -> MatchEvent:
    """Tell of a cluster that goes on."""
    as_ = f"as {b + 1}" if a != b else "under its number"
    return MatchEvent(
        "kept", (a + 1,), (b + 1,),
        f"Cluster {a + 1} goes on {as_}: {percent(shares.of_before[a, b])} of its rows stayed, "
        f"{count(int(shares.sizes_before[a]))} rows then, {count(int(shares.sizes_now[b]))} now.",
    )  # fmt: skip

"""A model's first months: fit in January, watch February, see March change, and go on from there.

python examples/10_a_month_later.py
"""

import numpy as np
import polars as pl

import kwise
from kwise.io import match_models
from kwise.plots import plot_flows


def month(seed, counts, *, students=0):
    """Draw customers of three kinds, and students, who came later."""
    rng = np.random.default_rng(seed)
    kinds = [(35, 60, 4), (62, 35, 9), (45, 120, 2), (21, 14, 14)]  # age, income, visits
    rows = [rng.normal(kind, (4, 6, 1), size=(n, 3)) for kind, n in zip(kinds, [*counts, students])]
    X = np.vstack(rows).round(2)
    keys = [f"m{seed}-{i}" for i in range(len(X))]
    return pl.DataFrame({"customer": keys, "age": X[:, 0], "income": X[:, 1], "visits": X[:, 2]})


# January: a clustering that is kept.
january = month(1, (800, 500, 300))
first = kwise.analyze(january, columns=["age", "income", "visits"])
first.save("january.kwise")
print("January:", first.verdict)

# February: fresh rows of the same kinds. Nothing rings, and the model takes them in, once.
model = kwise.load("january.kwise")
february = month(2, (790, 520, 290))
print("February:", model.drift(february).verdict)
update = model.update(february, batch="2025-02")
print(update)
update.model.save("february.kwise")
print("again:", update.model.update(february, batch="2025-02").known)

# March: students have come, and the largest group has shrunk.
march = month(3, (450, 520, 310), students=220)
drift = kwise.load("february.kwise").drift(march)
print("March:", drift)

# A new clustering that is like the old one: numbers and names go on, what is new is named.
second = kwise.analyze(march, like="february.kwise")
print("Now:", second.verdict)
print(second.match)
second.save("march.kwise")
second.report("march.html")

# Which customers would be elsewhere now?
moved = match_models(kwise.load("january.kwise"), kwise.load("march.kwise"), january)
print("January's customers:", moved.verdict)
print(moved.moved_rows(january["customer"].to_list())[:2])

flows = plot_flows(second.match.flows, mapping=second.match.mapping, names=("February", "March"))
flows.figure.savefig("months.svg")

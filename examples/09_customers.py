"""Customer segments by RFM: how recently, how often and for how much each customer bought.

python examples/09_customers.py
"""

import numpy as np
import polars as pl

import kwise

# Two years of purchases of 900 customers: regulars, occasional ones, newcomers, lost big spenders.
rng = np.random.default_rng(7)
KINDS = {"regular": (300, 0, 700, 24, 40), "occasional": (350, 0, 700, 4, 25),
         "new": (150, 0, 60, 3, 30), "lost": (100, 450, 700, 10, 160)}  # fmt: skip
purchases = []
for kind, (n, newest, oldest, often, amount) in KINDS.items():
    for i in range(n):
        for _ in range(1 + rng.poisson(often)):
            day = int(rng.uniform(newest, oldest))
            purchases.append((f"{kind}-{i}", day, amount * rng.lognormal(sigma=0.5)))
table = pl.DataFrame(purchases, ["customer", "days_ago", "amount"], orient="row")

rfm = (
    table.group_by("customer", maintain_order=True)
    .agg(
        recency=pl.col("days_ago").min(),
        frequency=pl.len(),
        monetary=pl.col("amount").sum(),
    )
    .with_columns(pl.col("recency").log1p(), pl.col("frequency").log1p(), pl.col("monetary").log())
)

# Skewed by nature: on the logarithms, twice as much is as far as half as much.
analysis = kwise.analyze(rfm, columns=["recency", "frequency", "monetary"], random_state=0)
print(analysis.verdict)
for segment in analysis.explain().clusters:
    mine = rfm.filter(pl.Series(analysis.labels == segment.number - 1))
    recency, times, money = (
        float(np.exp(mine[name].median())) for name in ("recency", "frequency", "monetary")
    )
    print(
        f"{segment.size:4d} customers: last seen {recency:.0f} days ago, {times:.0f} purchases, "
        f"{money:,.0f} in all"
    )

# Five teams are to call everyone, each a group of customers who are alike, with equal work.
teams = kwise.KMeans(5, max_size="balanced", random_state=0).fit(analysis.X)
print("customers a team:", *np.bincount(teams.labels_))
analysis.plot.scatter(hulls=True).figure.savefig("customers.svg")

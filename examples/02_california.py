"""House prices on a map: cluster places, and set beside the groups what made none of them.

python examples/02_california.py [housing.csv]      without a file it is downloaded once
"""

import sys

import kwise
from kwise.io.datasets import load_dataset

table = kwise.read_table(sys.argv[1]) if len(sys.argv) > 1 else load_dataset("california")

analysis = kwise.analyze(
    table,
    columns=["latitude", "longitude"],
    outside="median_house_value",
    ks=range(1, 7),
    random_state=0,
)

print(analysis.verdict)
for cluster in analysis.summary.chosen.clusters:
    print(f"{cluster.number}. {cluster.size:,} places: {cluster.sentence}")
for outside in analysis.summary.chosen.outside:
    print(outside.finding)
analysis.report("california.html")
analysis.plot.scatter().figure.savefig("california.png", dpi=110)

"""From an elbow to a verdict: the curve leaves it to the eye, the verdict says how sure it is.

python examples/01_elbow_to_verdict.py
"""

from matplotlib import pyplot as plt
from sklearn.datasets import make_blobs

import kwise
from kwise.plots import plot_criterion

X, _ = make_blobs(600, centers=5, cluster_std=1.1, random_state=11)

selection = kwise.select_k(X, range(1, 11), random_state=0)

figure, axes = plt.subplots(1, 2, figsize=(9, 3))
plot_criterion(selection, "inertia", ax=axes[0])  # the elbow
plot_criterion(selection, "silhouette", ax=axes[1])
figure.savefig("elbow.svg")

print(selection.verdict)
print(*selection.reasons, sep="\n")

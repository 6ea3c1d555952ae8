"""In the place of scikit-learn: change the import, and keep pipelines, searches and answers.

python examples/04_drop_in.py
"""

import numpy as np
from sklearn.cluster import KMeans as Theirs
from sklearn.datasets import load_wine
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kwise import KMeans
from kwise.metrics import silhouette_score
from kwise.plots import ScatterDisplay

X, cultivars = load_wine(return_X_y=True)

ours = make_pipeline(StandardScaler(), KMeans(3, n_init=10, random_state=0)).fit(X)
theirs = make_pipeline(StandardScaler(), Theirs(3, n_init=10, random_state=0)).fit(X)

labels = ours[-1].labels_
print("the same labels:", np.array_equal(labels, theirs[-1].labels_))
print(f"adjusted Rand index with the cultivars: {adjusted_rand_score(cultivars, labels):.2f}")
print(f"silhouette: {silhouette_score(ours[:-1].transform(X), labels):.3f}")

# The color is the cluster, the shape the cultivar.
shown = ScatterDisplay.from_estimator(ours, X, truth=cultivars)
shown.ax_.figure.savefig("wine.svg")

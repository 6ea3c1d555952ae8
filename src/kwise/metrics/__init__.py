"""How good labels are: one index a file, scikit-learn's own where it has them.

To add one: a file with one function ``(X, labels, ...) -> float`` that states its range and
which direction is better, and a line here.
"""

from kwise.metrics.agreement import (
    adjusted_mutual_info_score,
    adjusted_rand_score,
    fowlkes_mallows_score,
    normalized_mutual_info_score,
    v_measure_score,
)
from kwise.metrics.calinski_harabasz import calinski_harabasz_score
from kwise.metrics.davies_bouldin import davies_bouldin_score
from kwise.metrics.dip import dip_statistic
from kwise.metrics.label_matching import LabelMatch, match_labels
from kwise.metrics.silhouette import (
    SilhouetteEstimate,
    silhouette_estimate,
    silhouette_samples,
    silhouette_score,
)

__all__ = [
    "LabelMatch",
    "SilhouetteEstimate",
    "adjusted_mutual_info_score",
    "adjusted_rand_score",
    "calinski_harabasz_score",
    "davies_bouldin_score",
    "dip_statistic",
    "fowlkes_mallows_score",
    "match_labels",
    "normalized_mutual_info_score",
    "silhouette_estimate",
    "silhouette_samples",
    "silhouette_score",
    "v_measure_score",
]

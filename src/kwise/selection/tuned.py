"""Weights of the verdict, written by ``benchmarks/choice/tune.py``: not to be edited.

Fitted on 236 simulated tables of 29 families, seeds 1000 to 1008.
"""

from collections.abc import Mapping
from types import MappingProxyType

# What each sign adds to the support of a candidate (log odds); see support.py.
SUPPORT_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "one": 2.541,
        "log_k": -0.878,
        "chosen_by_inertia": 0.0,
        "chosen_by_silhouette": 0.028,
        "chosen_by_calinski_harabasz": 2.452,
        "chosen_by_davies_bouldin": 0.04,
        "chosen_by_bic": 0.0,
        "chosen_by_mixture": 0.0,
        "chosen_by_gap": 2.028,
        "chosen_by_jump": 1.204,
        "chosen_by_prediction_strength": 2.515,
        "chosen_by_stability": 0.0,
        "chosen_by_separation": 0.179,
        "chosen_by_one_group": 4.241,
        "valleys_between": 1.007,
        "valley_missing": -1.964,
        "valley_inside": -1.359,
        "prediction_strength": 1.803,
        "stability": 0.0,
        "silhouette": -1.548,
        "silhouette_behind": -0.058,
        "bic_behind": -4.132,
        "mixture_behind": -1.721,
        "gap_behind": -8.766,
        "gap_highest": 2.663,
    }
)

# What each sign adds to the doubt that k-means suits the data (log odds); see suitability.py.
UNSUITABLE_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "base": -8.542,
        "unsure_k": 22.322,
        "elongation": 0.909,
        "radius_ratio": 0.0,
        "size_ratio": -0.783,
        "tail": 52.573,
        "speck": 7.346,
        "cut": 0.0,
        "valley_inside": 1.856,
        "no_valley": 27.973,
        "gaussian_mixture_differs": 0.046,
        "gaussian_mixture_differs_same_k": 0.943,
        "gaussian_mixture_cleaner": 3.658,
        "gaussian_mixture_many": 0.0,
        "ward_differs": 0.0,
        "ward_differs_same_k": 0.0,
        "ward_cleaner": 2.082,
        "ward_many": 4.494,
        "hdbscan_differs": 5.907,
        "hdbscan_differs_same_k": 1.29,
        "hdbscan_cleaner": 1.832,
        "hdbscan_many": 2.127,
        "dbscan_differs": 0.0,
        "dbscan_differs_same_k": 0.0,
        "dbscan_cleaner": 0.0,
        "dbscan_many": 4.308,
        "noise": 17.09,
    }
)

# A k with less support than this is not called clear.
CLEAR_FROM = 0.6

# Doubt from which k-means is called unsuitable: at most 2% of the suitable tables
# of the tuning reach it, and it is at least one half.
UNSUITABLE_FROM = 0.5

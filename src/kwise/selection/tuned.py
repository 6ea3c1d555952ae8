"""Weights of the verdict, written by ``benchmarks/choice/tune.py``: not to be edited.

Fitted on 288 simulated tables of 32 families, seeds 2000 to 2013.
"""

from collections.abc import Mapping
from types import MappingProxyType

# What each sign adds to the support of a candidate (log odds); see support.py.
SUPPORT_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "one": 0.024,
        "log_k": -0.072,
        "chosen_by_inertia": 0.0,
        "chosen_by_silhouette": 0.0,
        "chosen_by_calinski_harabasz": 0.0,
        "chosen_by_davies_bouldin": 0.0,
        "chosen_by_bic": 0.909,
        "chosen_by_mixture": 0.236,
        "chosen_by_gap": 1.446,
        "chosen_by_jump": 1.17,
        "chosen_by_prediction_strength": 1.307,
        "chosen_by_stability": 3.98,
        "chosen_by_separation": 0.078,
        "chosen_by_one_group": 1.917,
        "valleys_between": 1.896,
        "valley_missing": -2.259,
        "valley_inside": -0.361,
        "separate_and_whole": 1.744,
        "one_and_whole": 0.2,
        "prediction_strength": 0.242,
        "stability": 0.516,
        "silhouette": 0.843,
        "silhouette_behind": -1.514,
        "bic_behind": -0.496,
        "mixture_behind": 0.0,
        "gap_behind": -5.347,
        "gap_highest": 1.372,
    }
)

# What each sign adds to the doubt that k-means suits the data (log odds); see suitability.py.
UNSUITABLE_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "base": -4.839,
        "elongation": 0.0,
        "radius_ratio": 0.088,
        "size_ratio": -0.002,
        "tail": 28.185,
        "speck": 2.777,
        "cut": 9.08,
        "valley_inside": 1.782,
        "no_valley": 6.518,
        "unstable": 0.177,
        "not_foretold": 2.54,
        "gaussian_mixture_differs": 4.667,
        "gaussian_mixture_differs_same_k": 2.688,
        "gaussian_mixture_cleaner": 0.0,
        "gaussian_mixture_many": 0.358,
        "ward_differs": 1.547,
        "ward_differs_same_k": 2.157,
        "ward_cleaner": 0.0,
        "ward_many": 1.285,
        "hdbscan_differs": 3.906,
        "hdbscan_differs_same_k": 3.82,
        "hdbscan_cleaner": 5.192,
        "hdbscan_many": 1.335,
        "dbscan_differs": 0.741,
        "dbscan_differs_same_k": 0.754,
        "dbscan_cleaner": 0.0,
        "dbscan_many": 3.141,
        "noise": 4.079,
    }
)

# A k with less support than this is not called clear.
CLEAR_FROM = 0.6

# Doubt from which k-means is called unsuitable: at most 2% of the suitable tables
# of the tuning reach it, and it is at least one half.
UNSUITABLE_FROM = 0.5

"""Weights of the verdict, written by ``benchmarks/choice/tune.py``: not to be edited.

Fitted on 69 simulated tables of 31 families, seeds 2000 to 2002.
"""

from collections.abc import Mapping
from types import MappingProxyType

# What each sign adds to the support of a candidate (log odds); see support.py.
SUPPORT_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "one": 0.955,
        "log_k": -0.113,
        "chosen_by_inertia": 0.0,
        "chosen_by_silhouette": 0.325,
        "chosen_by_calinski_harabasz": 0.926,
        "chosen_by_davies_bouldin": 0.71,
        "chosen_by_bic": 1.601,
        "chosen_by_mixture": 0.67,
        "chosen_by_gap": 3.334,
        "chosen_by_jump": 0.715,
        "chosen_by_prediction_strength": 2.109,
        "chosen_by_stability": 1.332,
        "chosen_by_separation": 2.402,
        "chosen_by_one_group": 2.947,
        "valleys_between": 1.519,
        "valley_missing": -0.763,
        "valley_inside": -0.518,
        "prediction_strength": 0.639,
        "stability": 0.393,
        "silhouette": -0.067,
        "silhouette_behind": -0.281,
        "bic_behind": -0.33,
        "mixture_behind": -0.061,
        "gap_behind": -1.57,
        "gap_highest": 1.907,
    }
)

# What each sign adds to the doubt that k-means suits the data (log odds); see suitability.py.
UNSUITABLE_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "base": -12.738,
        "unsure_k": 8.928,
        "elongation": 1.12,
        "radius_ratio": 0.0,
        "size_ratio": -0.296,
        "tail": 0.0,
        "speck": 4.941,
        "cut": 8.651,
        "valley_inside": 11.771,
        "no_valley": 6.386,
        "unstable": 0.0,
        "not_foretold": 0.564,
        "gaussian_mixture_differs": 9.384,
        "gaussian_mixture_differs_same_k": 5.685,
        "gaussian_mixture_cleaner": 0.0,
        "gaussian_mixture_many": 0.0,
        "ward_differs": 20.089,
        "ward_differs_same_k": 10.619,
        "ward_cleaner": 9.727,
        "ward_many": 0.99,
        "hdbscan_differs": 6.796,
        "hdbscan_differs_same_k": 6.019,
        "hdbscan_cleaner": 15.98,
        "hdbscan_many": 0.0,
        "dbscan_differs": 0.0,
        "dbscan_differs_same_k": 0.0,
        "dbscan_cleaner": 3.303,
        "dbscan_many": 0.0,
        "noise": -44.115,
    }
)

# A k with less support than this is not called clear.
CLEAR_FROM = 0.6

# Doubt from which k-means is called unsuitable: at most 2% of the suitable tables
# of the tuning reach it, and it is at least one half.
UNSUITABLE_FROM = 0.5

"""Weights of the verdict, written by ``benchmarks/choice/tune.py``: not to be edited.

Fitted on 1455 simulated tables of 35 families, seeds 20000 to 40027.
"""

from collections.abc import Mapping
from types import MappingProxyType

# What each sign adds to the support of a candidate (log odds); see support.py.
SUPPORT_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "one": -2.881,
        "log_k": 0.211,
        "chosen_by_inertia": 0.0,
        "chosen_by_silhouette": 0.0,
        "chosen_by_calinski_harabasz": 0.103,
        "chosen_by_davies_bouldin": 0.0,
        "chosen_by_bic": 1.8,
        "chosen_by_mixture": 0.881,
        "chosen_by_gap": 0.614,
        "chosen_by_jump": 0.113,
        "chosen_by_prediction_strength": 1.782,
        "chosen_by_stability": 0.0,
        "chosen_by_separation": 0.34,
        "chosen_by_one_group": 2.992,
        "valleys_between": 0.0,
        "valley_missing": -2.334,
        "valley_inside": -3.64,
        "valley_nowhere": 3.891,
        "prediction_strength": 2.749,
        "stability": 2.345,
        "silhouette": 0.347,
        "silhouette_behind": 0.0,
        "bic_behind": -0.964,
        "mixture_behind": -0.497,
        "gap_behind": 0.0,
        "gap_highest": 0.569,
        "gap_flat": 2.893,
    }
)

# What each sign adds to the doubt that k-means suits the data (log odds); see suitability.py.
UNSUITABLE_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "base": -6.095,
        "elongation": 0.556,
        "radius_ratio": 1.067,
        "size_ratio": 0.473,
        "tail": 24.699,
        "speck": 0.0,
        "cut": 8.208,
        "valley_inside": 3.336,
        "no_valley": 6.236,
        "unstable": 0.0,
        "not_foretold": 4.626,
        "gaussian_mixture_differs": 9.033,
        "gaussian_mixture_differs_same_k": 0.378,
        "gaussian_mixture_cleaner": 0.0,
        "gaussian_mixture_many": 0.311,
        "ward_differs": 7.148,
        "ward_differs_same_k": 0.491,
        "ward_cleaner": 0.0,
        "ward_many": 0.302,
        "hdbscan_differs": 1.763,
        "hdbscan_differs_same_k": 1.854,
        "hdbscan_cleaner": 4.52,
        "hdbscan_many": 0.0,
        "dbscan_differs": 1.317,
        "dbscan_differs_same_k": 1.234,
        "dbscan_cleaner": 1.991,
        "dbscan_many": 1.818,
        "one": 0.165,
        "one_yet_groups": 3.579,
        "noise": 2.657,
    }
)

# A k with less confidence than this is not called clear.
CLEAR_FROM = 0.7

# Doubt from which k-means is called unsuitable: about 2% of the suitable tables
# of the tuning reach it when held out, and it is at least one half.
UNSUITABLE_FROM = 0.5

# Shift and slope from the models' log odds to those of being right, by kind of answer; fitted on
# seeds that the models had not seen.
CONFIDENCE: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "one group": (-2.144, 1.601),
        "several": (-0.165, 1.314),
        "unsuitable": (1.067, 0.951),
    }
)

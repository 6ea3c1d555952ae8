"""Weights of the verdict, written by ``benchmarks/choice/tune.py``: not to be edited.

Fitted on 66 simulated tables of 31 families, seeds 2000 to 2002.
"""

from collections.abc import Mapping
from types import MappingProxyType

# What each sign adds to the support of a candidate (log odds); see support.py.
SUPPORT_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "one": 0.978,
        "log_k": -0.14,
        "chosen_by_inertia": 0.0,
        "chosen_by_silhouette": 0.336,
        "chosen_by_calinski_harabasz": 1.029,
        "chosen_by_davies_bouldin": 0.691,
        "chosen_by_bic": 1.715,
        "chosen_by_mixture": 0.727,
        "chosen_by_gap": 3.468,
        "chosen_by_jump": 0.759,
        "chosen_by_prediction_strength": 2.218,
        "chosen_by_stability": 1.399,
        "chosen_by_separation": 2.593,
        "chosen_by_one_group": 3.073,
        "valleys_between": 1.585,
        "valley_missing": -0.876,
        "valley_inside": -0.585,
        "prediction_strength": 0.759,
        "stability": 0.475,
        "silhouette": -0.051,
        "silhouette_behind": -0.294,
        "bic_behind": -0.434,
        "mixture_behind": -0.09,
        "gap_behind": -1.849,
        "gap_highest": 2.044,
    }
)

# What each sign adds to the doubt that k-means suits the data (log odds); see suitability.py.
UNSUITABLE_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "base": -4.159,
        "unsure_k": 2.485,
        "elongation": 0.2,
        "radius_ratio": 0.171,
        "size_ratio": -0.02,
        "tail": 2.309,
        "speck": 1.025,
        "cut": 7.652,
        "valley_inside": 4.105,
        "no_valley": 2.251,
        "unstable": 0.353,
        "not_foretold": 1.082,
        "gaussian_mixture_differs": 2.527,
        "gaussian_mixture_differs_same_k": 1.5,
        "gaussian_mixture_cleaner": 3.012,
        "gaussian_mixture_many": 0.0,
        "ward_differs": 4.197,
        "ward_differs_same_k": 3.097,
        "ward_cleaner": 3.602,
        "ward_many": 0.63,
        "hdbscan_differs": 1.536,
        "hdbscan_differs_same_k": 1.5,
        "hdbscan_cleaner": 3.144,
        "hdbscan_many": 0.315,
        "dbscan_differs": 0.69,
        "dbscan_differs_same_k": 0.533,
        "dbscan_cleaner": 1.958,
        "dbscan_many": 0.0,
        "noise": -6.161,
    }
)

# A k with less support than this is not called clear.
CLEAR_FROM = 0.6

# Doubt from which k-means is called unsuitable: at most 2% of the suitable tables
# of the tuning reach it, and it is at least one half.
UNSUITABLE_FROM = 0.5

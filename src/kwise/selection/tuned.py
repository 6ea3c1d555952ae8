"""Weights of the verdict, written by ``benchmarks/choice/tune.py``: not to be edited.

Fitted on 1013 simulated tables of 35 families, seeds 20000 to 20061.
"""

from collections.abc import Mapping
from types import MappingProxyType

# What each sign adds to the support of a candidate (log odds); see support.py.
SUPPORT_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "one": -2.862,
        "log_k": -0.244,
        "chosen_by_inertia": 0.0,
        "chosen_by_silhouette": 0.093,
        "chosen_by_calinski_harabasz": 0.444,
        "chosen_by_davies_bouldin": 0.0,
        "chosen_by_bic": 1.664,
        "chosen_by_mixture": 2.787,
        "chosen_by_gap": 1.375,
        "chosen_by_jump": 1.349,
        "chosen_by_prediction_strength": 2.538,
        "chosen_by_stability": 0.0,
        "chosen_by_separation": 0.0,
        "chosen_by_one_group": 2.711,
        "valleys_between": 0.0,
        "valley_missing": -3.834,
        "valley_inside": -3.855,
        "valley_nowhere": 5.212,
        "prediction_strength": 2.108,
        "stability": 2.01,
        "silhouette": 0.667,
        "silhouette_behind": -2.052,
        "bic_behind": -1.213,
        "mixture_behind": -0.481,
        "gap_behind": 0.0,
        "gap_highest": 0.074,
    }
)

# What each sign adds to the doubt that k-means suits the data (log odds); see suitability.py.
UNSUITABLE_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "base": -6.114,
        "elongation": 0.632,
        "radius_ratio": 0.946,
        "size_ratio": 0.661,
        "tail": 25.126,
        "speck": 0.0,
        "cut": 10.292,
        "valley_inside": 2.049,
        "no_valley": 4.795,
        "unstable": 0.0,
        "not_foretold": 7.826,
        "gaussian_mixture_differs": 6.144,
        "gaussian_mixture_differs_same_k": 0.0,
        "gaussian_mixture_cleaner": 0.0,
        "gaussian_mixture_many": 0.63,
        "ward_differs": 10.823,
        "ward_differs_same_k": 0.0,
        "ward_cleaner": 0.0,
        "ward_many": 0.467,
        "hdbscan_differs": 2.87,
        "hdbscan_differs_same_k": 1.674,
        "hdbscan_cleaner": 3.137,
        "hdbscan_many": 0.371,
        "dbscan_differs": 0.99,
        "dbscan_differs_same_k": 0.732,
        "dbscan_cleaner": 0.0,
        "dbscan_many": 1.777,
        "one": 1.219,
        "one_yet_groups": 4.637,
        "noise": 1.528,
    }
)

# A k with less confidence than this is not called clear.
CLEAR_FROM = 0.5

# Doubt from which k-means is called unsuitable: about 2% of the suitable tables
# of the tuning reach it when held out, and it is at least one half.
UNSUITABLE_FROM = 0.58

# Shift and slope from the models' log odds to those of being right, by kind of answer; fitted on
# seeds that the models had not seen.
CONFIDENCE: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "one group": (-0.032, 1.862),
        "several": (-0.146, 1.434),
        "unsuitable": (0.068, 1.04),
    }
)

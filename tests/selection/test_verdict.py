"""What the verdict says: suitable or not, clear or not, with reasons in words."""

import math

import numpy as np
import pytest
from sklearn.datasets import make_blobs, make_moons

from kwise.selection import SweepContext, select_k
from kwise.selection.reasons import sentence
from kwise.selection.suitability import measure_suitability
from kwise.selection.verdict import Rules, best_alternative, calibrated, conclude


@pytest.fixture(scope="module")
def moons():
    return make_moons(400, noise=0.05, random_state=0)[0]


def test_moons_are_called_unsuitable_with_a_better_method(moons):
    found = select_k(moons, random_state=0)

    assert found.kind == "unsuitable"
    assert "does not suit" in found.verdict
    assert found.alternative is not None
    assert found.alternative.label in found.verdict
    assert len(found.alternative.labels) == len(found.alternative.rows) == 400
    assert found.alternative.label in found.reasons[0]


def test_structureless_tables_are_one_group():
    rng = np.random.default_rng(3)

    for X in (rng.random((300, 5)), rng.exponential(size=(300, 2)), rng.normal(size=(200, 20))):
        found = select_k(X, random_state=0)
        assert (found.k, found.kind) == (1, "one group")


def test_one_dominating_column_is_named():
    X = make_blobs(200, 3, centers=2, random_state=0)[0] * [1.0, 1000.0, 1.0]

    reasons = select_k(X, range(1, 5), random_state=0).reasons

    assert any("Column 1 alone holds" in reason for reason in reasons)


def test_duplicates_are_named():
    X = np.repeat(make_blobs(60, 2, centers=3, random_state=0)[0], 5, axis=0)

    reasons = select_k(X, range(1, 5), random_state=0).reasons

    assert any("duplicates" in reason for reason in reasons)


@pytest.mark.parametrize("X", [[[1.0, 2.0]], [[0.0, 0.0], [10.0, 10.0]], np.arange(7.0)[:, None]])
def test_too_few_rows_say_nothing_for_sure(X):
    found = select_k(np.array(X), random_state=0)

    assert found.kind == "unclear"
    assert found.confidence < 0.5
    assert found.verdict.startswith("Too few rows")


def test_the_last_candidate_is_never_unsuitable():
    found = conclude((1, 2, 3), np.array([0.0, 0.1, 0.9]), 0.9, "hdbscan", PLAIN)

    assert found.kind != "unsuitable"


def test_suitability_measures_are_finite_numbers(moons):
    context = SweepContext(moons, None, n_init=2, seed=0)

    measures = measure_suitability(context, (1, 2, 3)).measures

    assert all(math.isfinite(value) for value in measures.values())
    assert {name.rsplit("_", 1)[0] for name in measures} >= {"hdbscan", "ward", "dbscan"}


@pytest.mark.parametrize(
    "X",
    [
        np.full((30, 2), 7.0),
        np.random.default_rng(0).normal(size=(12, 40)),
        np.random.default_rng(0).normal(size=(40, 1)).astype(np.float32),
        np.column_stack([np.random.default_rng(0).normal(size=40), np.zeros(40)]),
        np.array([[0.0], [1.0]]),
        np.array([[5.0, 5.0]]),
        np.random.default_rng(0).normal(size=(60, 2)) + 1e9,
    ],
    ids=["constant", "n < d", "float32 column", "constant column", "two rows", "one row", "far"],
)
def test_hard_tables_get_a_verdict(X):
    found = select_k(X, range(1, 4) if len(X) > 3 else range(1, len(X) + 1), random_state=0)

    assert found.k in found.sweep.ks
    assert 0.0 <= found.confidence <= 1.0
    assert found.verdict.endswith(".")


def test_weighted_rows_get_a_verdict():
    X = make_blobs(150, 2, centers=3, cluster_std=0.5, random_state=3)[0]
    weight = np.random.default_rng(0).uniform(0.5, 2.0, 150)

    assert select_k(X, range(1, 5), sample_weight=weight, random_state=0).k == 3


AS_SAID = dict.fromkeys(("one group", "several", "unsuitable"), (0.0, 1.0))
PLAIN = Rules(unsuitable_from=0.5, clear_from=0.6, confidence=AS_SAID)


@pytest.mark.parametrize(
    ("support", "doubt", "alternative", "kind", "candidates"),
    [
        ([0.05, 0.9, 0.05], 0.0, None, "clear", (2,)),
        ([0.9, 0.05, 0.05], 0.0, None, "one group", (1,)),
        ([0.05, 0.55, 0.4], 0.0, None, "unclear", (2, 3)),
        ([0.05, 0.95, 0.0], 0.5, None, "unclear", (2,)),
        ([0.05, 0.95, 0.0], 0.8, "hdbscan", "unsuitable", (2,)),
        ([0.05, 0.95, 0.0], 0.8, None, "unclear", (2,)),
    ],
)
def test_support_and_doubt_make_the_kind(support, doubt, alternative, kind, candidates):
    found = conclude((1, 2, 3), np.array(support), doubt, alternative, PLAIN)

    assert (found.kind, found.candidates) == (kind, candidates)
    assert found.k == candidates[0]
    assert (found.alternative is None) == (kind != "unsuitable")
    assert sentence(found).endswith("% sure).") or "fits better" in sentence(found)


@pytest.mark.parametrize(
    ("support", "said"),
    [
        ([0.0, 0.98, 0.02], "2 clusters (98 % sure)."),
        ([0.1, 0.8, 0.1], "Probably 2 clusters (80 % sure)."),
        ([0.9, 0.1, 0.0], "Probably one group: these data hold no separate clusters (90 % sure)."),
        ([0.1, 0.55, 0.35], "Unclear: more likely than not 2 clusters, else 1 or 3 (55 % sure)."),
        ([0.2, 0.42, 0.38], "Unclear: 1, 2 or 3; 2 has most support (42 % sure)."),
    ],
)
def test_words_follow_the_confidence(support, said):
    assert sentence(conclude((1, 2, 3), np.array(support), 0.0, None, PLAIN)) == said


@pytest.mark.parametrize(
    ("support", "doubt", "said"),
    [
        ([0.0, 0.98, 0.02], 0.0, "You asked for 3; the data support 2 (98 % sure)."),
        ([0.9, 0.1, 0.0], 0.0, "You asked for 3; the data probably show one group (90 % sure)."),
        (
            [0.2, 0.42, 0.38],
            0.0,
            "You asked for 3; what the data support is unclear: 1, 2 or 3; 2 has most support "
            "(42 % sure).",
        ),
        (
            [0.1, 0.9, 0.0],
            0.8,
            "You asked for 3; k-means probably does not suit these data (80 % sure); Ward fits "
            "better.",
        ),
    ],
)
def test_what_was_asked_is_said_first(support, doubt, said):
    found = conclude((1, 2, 3), np.array(support), doubt, "ward", PLAIN)

    assert sentence(found, (3,), 3) == said


def test_the_confidence_is_about_the_claim():
    support = np.array([0.1, 0.9, 0.0])

    assert conclude((1, 2, 3), support, 0.3, None, PLAIN).confidence == pytest.approx(0.63)
    assert conclude((1, 2, 3), support, 0.7, "ward", PLAIN).confidence == pytest.approx(0.7)


def test_calibration_keeps_the_order_and_never_reaches_certainty():
    line = (0.3, 0.8)
    values = [calibrated(evidence, line) for evidence in (0.0, 0.2, 0.5, 0.9, 1.0)]

    assert values == sorted(values)
    assert 0.0 < values[0] < values[-1] < 1.0
    assert calibrated(0.4, (0.0, 1.0)) == pytest.approx(0.4)


def test_a_crowd_of_groups_is_counted():
    rng = np.random.default_rng(1)
    places = np.array([(i, j) for i in range(6) for j in range(5)]) * 7.0
    X = np.repeat(places, 40, axis=0) + rng.normal(size=(1200, 2))

    found = select_k(X, [1, 2, 5, 10, 20, 28, 29, 30, 31, 32], n_init=3, random_state=0)

    assert (found.k, found.kind) == (30, "clear")


def test_the_kinds_of_structure_are_on_record(moons):
    found = select_k(moons, random_state=0)

    assert "shape" in {each.kind for each in found.structures}
    assert {each.words for each in found.structures} <= set(found.reasons)


@pytest.mark.parametrize(("information", "named"), [(0.9, "ward"), (0.8, None), (0.5, None)])
def test_a_method_is_named_only_where_it_keeps_more_than_k_means(information, named):
    measures = {
        "ward_k": 2.0,
        "ward_information": information,
        "ward_entropy": 1.0,
        "ward_information_same_k": 0.8,
        "ward_entropy_same_k": 1.0,
    }

    measures |= {name.replace("ward", "dbscan"): value for name, value in measures.items()}
    measures["dbscan_information"] = 0.9

    assert best_alternative({"ward": 0.7, "dbscan": 0.1}, measures) == (0.7, named)


def test_without_other_methods_none_is_named():
    assert best_alternative({}, {}) == (0.0, None)

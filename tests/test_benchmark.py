"""kwise timed beside scikit-learn: equal answers, sane numbers, stated mistakes."""

from __future__ import annotations

import numpy as np
import pytest

from kwise import benchmark
from kwise.benchmark import TASKS, time_against_sklearn


@pytest.mark.parametrize("task", TASKS)
def test_every_work_gives_the_same_answer_twice(task: str, blobs: np.ndarray) -> None:
    (timing,) = time_against_sklearn(blobs, 4, tasks=[task], repeats=2)

    assert timing.same, timing
    assert timing.ratio == pytest.approx(timing.sklearn_seconds / timing.kwise_seconds)


def test_different_answers_have_no_ratio(
    blobs: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    def apart(X: np.ndarray, k: int, seed: int) -> benchmark.Task:
        return lambda: 1.0, lambda: 1.5, benchmark._same_number

    monkeypatch.setitem(TASKS, "silhouette", apart)

    (timing,) = time_against_sklearn(blobs, 4, tasks=["silhouette"], repeats=1)

    assert not timing.same
    assert timing.ratio is None
    assert timing.answer == "1.0000000 and 1.5000000"


def test_runs_are_interleaved(blobs: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def noted(X: np.ndarray, k: int, seed: int) -> benchmark.Task:
        return (
            lambda: order.append("kwise"),
            lambda: order.append("sklearn"),
            lambda one, other: (True, ""),
        )

    monkeypatch.setitem(TASKS, "fit", noted)

    time_against_sklearn(blobs, 4, tasks=["fit"], repeats=3)

    assert order == ["kwise", "sklearn"] * 4  # the first pair warms up


@pytest.mark.parametrize("k", [1, 300])
def test_a_number_of_clusters_that_does_not_fit_is_refused(k: int, blobs: np.ndarray) -> None:
    with pytest.raises(ValueError, match="pass 2 to 299"):
        time_against_sklearn(blobs, k)


def test_unknown_work_is_refused_with_the_nearest_name(blobs: np.ndarray) -> None:
    with pytest.raises(ValueError, match="did you mean 'fit'"):
        time_against_sklearn(blobs, 4, tasks=["fitt"])

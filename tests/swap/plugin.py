"""A pytest plugin that puts kwise's estimators in scikit-learn's place before tests are collected.

A test that passes counts as "with kwise" if kwise fitted, seeded or labeled (or refused to)
while it ran, and as "without kwise" otherwise: such a test passes whatever kwise does.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from pathlib import Path

import pytest
import sklearn.cluster
import sklearn.mixture
import sklearn.preprocessing

import kwise
import kwise.estimators
import kwise.init

# Name -> what stands in for it. ``k_means`` needs no stand-in: it makes a ``KMeans``.
STAND_INS = {
    name: getattr(kwise, name)
    for name in ("KMeans", "MiniBatchKMeans", "BisectingKMeans", "kmeans_plusplus")
}

# Tests that cannot pass with kwise, and why: none may be about results.
EXPECTED_FAILURES: dict[str, str] = {}

_calls = 0
_counts = {"with kwise": 0, "without kwise": 0, "expected failures": 0, "failed": 0, "skipped": 0}
_without: list[str] = []


def _counted(function):
    """Return the function, with every call counted."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        global _calls  # noqa: PLW0603 - one process, one count
        _calls += 1
        return function(*args, **kwargs)

    return wrapper


def _swap() -> None:
    """Replace scikit-learn's classes wherever its modules hold them."""
    for estimator in (kwise.KMeans, kwise.MiniBatchKMeans, kwise.BisectingKMeans):
        for method in ("fit", "partial_fit", "_init_centroids"):
            if hasattr(estimator, method):
                setattr(estimator, method, _counted(getattr(estimator, method)))
    originals = {
        id(getattr(sklearn.cluster, name)): _counted(new) if name == "kmeans_plusplus" else new
        for name, new in STAND_INS.items()
    }
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] != "sklearn":
            continue
        for attribute, value in list(vars(module).items()):
            if id(value) in originals:
                setattr(module, attribute, originals[id(value)])


def pytest_configure() -> None:
    """Swap once pytest has been told to use this plugin, and not where it only reads the file.

    Otherwise every comparison with scikit-learn in the process would compare kwise with itself.
    """
    _swap()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the expected failures."""
    for item in items:
        reason = EXPECTED_FAILURES.get(item.name)
        if reason is not None:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item):
    """Remember how often kwise was called before the test."""
    item.stash[_BEFORE] = _calls
    return (yield)


_BEFORE = pytest.StashKey[int]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """Put each finished test in its class."""
    report = yield
    if report.when == "call" or report.outcome != "passed":
        _counts[_class_of(item, report)] += 1
    return report


def _class_of(item: pytest.Item, report: pytest.TestReport) -> str:
    """Name the class that a finished test counts in."""
    if hasattr(report, "wasxfail") and report.outcome == "skipped":
        return "expected failures"
    if report.outcome != "passed":
        return report.outcome
    if _calls > item.stash[_BEFORE]:
        return "with kwise"
    _without.append(item.nodeid)
    return "without kwise"


def pytest_terminal_summary(terminalreporter) -> None:
    """Print the counts, and write them where the runner asks."""
    words = ", ".join(f"{count} {name}" for name, count in _counts.items())
    terminalreporter.write_line(f"swap: {words}")
    if "KWISE_SWAP_COUNTS" in os.environ:
        record = _counts | {"tests without kwise": sorted(set(_without))}
        Path(os.environ["KWISE_SWAP_COUNTS"]).write_text(json.dumps(record, indent=1))

"""Little address space is met by frugality, or by one line."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from kwise.cli import _frugal
from kwise.cli._frugal import COMFORT, EACH, NEEDED, live_within_limits

KWISE = Path(sys.executable).with_name("kwise")


def limited(words: list[str], size: int) -> subprocess.CompletedProcess[str]:
    """Run kwise with so many bytes of addresses."""
    return subprocess.run(
        [KWISE, *words],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.skipif(not KWISE.exists(), reason="the command is not installed")
def test_a_limit_that_no_library_can_live_in_is_said_at_once(table: Path) -> None:
    done = limited(["report", str(table)], 300 << 20)
    assert done.returncode == 2
    assert done.stderr.startswith("kwise: the address space is limited to 0.31 GB")
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
@pytest.mark.skipif(not KWISE.exists(), reason="the command is not installed")
def test_a_low_limit_is_lived_in(table: Path) -> None:
    model = table.with_name("m.kwise")
    done = limited(["fit", str(table), "--k", "2", "-o", str(model)], NEEDED + (20 << 20))
    assert (done.returncode, model.exists()) == (0, True), done.stderr


def test_a_generous_limit_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = dict(os.environ)
    for limit in (None, COMFORT + EACH * (os.cpu_count() or 1)):
        monkeypatch.setattr(_frugal, "address_space_limit", lambda limit=limit: limit)
        assert live_within_limits() is None
    assert dict(os.environ) == before

"""kwise uses nothing that macOS or Windows lacks; ``mypy --platform`` says the same of names."""

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


@pytest.mark.slow
@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_what_another_system_lacks_is_not_missed(system):
    done = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", TESTS / "other_system.py", system],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("used whole\n")


def test_no_file_asks_for_the_system_in_a_way_that_tests_cannot_change():
    sources = TESTS.parent / "src" / "kwise"
    asking = [path.name for path in sources.rglob("*.py") if "os.name" in path.read_text("utf-8")]

    assert asking == []

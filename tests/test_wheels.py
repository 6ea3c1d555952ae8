"""What wheels are tested with, and what they are built for."""

import runpy
from pathlib import Path

WHEELS = Path(__file__).parents[1] / "wheels"


def test_the_smoke_test_of_wheels_knows_the_answer():
    smoke = runpy.run_path(str(WHEELS / "smoke.py"))

    assert smoke["digest"]() == smoke["EXPECTED"]


def test_every_target_of_cross_compilation_has_its_own_tag():
    targets = runpy.run_path(str(WHEELS / "targets.py"))["TARGETS"]

    assert len({target.platform for target in targets.values()}) == len(targets)
    assert all("{tag}" in target.suffix for target in targets.values())

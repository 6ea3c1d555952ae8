"""Other processors give the same bits: ``digests.txt``, which ``make sanitize`` holds x86-64 to."""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = Path(sysconfig.get_path("scripts"))
NEEDED = ("aarch64-linux-gnu-g++", "qemu-aarch64", str(SCRIPTS / "cmake"), str(SCRIPTS / "ninja"))


@pytest.fixture(scope="module")
def arm_engine() -> Path:
    missing = [Path(tool).name for tool in NEEDED if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"without {' and '.join(missing)} nothing is built and run for 64-bit Arm")
    folder = ROOT / "build" / "arm"
    settings = {
        "CMAKE_BUILD_TYPE": "Release",
        "CMAKE_MAKE_PROGRAM": SCRIPTS / "ninja",
        "CMAKE_TOOLCHAIN_FILE": ROOT / "cmake" / "aarch64-linux-gnu.cmake",
        "KWISE_WERROR": "ON",
    }
    options = [f"-D{name}={value}" for name, value in settings.items()]
    cmake = SCRIPTS / "cmake"
    for words in (
        ["-S", ROOT, "-B", folder, "-G", "Ninja", *options],
        ["--build", folder, "--target", "digest_engine"],
    ):
        subprocess.run([cmake, *words], check=True, stdout=subprocess.DEVNULL)
    return folder / "digest_engine"


@pytest.mark.slow
@pytest.mark.parametrize("level", ["baseline", "neon"])
def test_64_bit_arm_gives_the_digests_of_x86_64(arm_engine, level):
    done = subprocess.run(
        ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu", arm_engine],
        env=os.environ | {"KWISE_MAX_ISA": level},
        capture_output=True,
        text=True,
        check=True,
    )

    used, *digests = done.stdout.splitlines()

    assert used == level
    assert digests == (ROOT / "cpp" / "tests" / "digests.txt").read_text().splitlines()

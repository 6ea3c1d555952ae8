"""The systems that kwise is built for: the one table that ``cross.py`` and the docs read."""

from typing import NamedTuple


class Target(NamedTuple):
    """How zig and pip name one system."""

    zig: str  # zig's target
    platform: str  # the wheel's platform tag
    suffix: str  # the extension's file name after its module, "{tag}" for the Python version
    host: str  # what sysconfig.get_platform() says there, or must say to build for it


TARGETS = {
    "linux-x86_64": Target(
        "x86_64-linux-gnu.2.17",
        "manylinux2014_x86_64",
        "cpython-{tag}-x86_64-linux-gnu.so",
        "linux-x86_64",
    ),
    "linux-aarch64": Target(
        "aarch64-linux-gnu.2.17",
        "manylinux2014_aarch64",
        "cpython-{tag}-aarch64-linux-gnu.so",
        "linux-aarch64",
    ),
    "musl-x86_64": Target(
        "x86_64-linux-musl",
        "musllinux_1_2_x86_64",
        "cpython-{tag}-x86_64-linux-musl.so",
        "linux-x86_64",
    ),
    "musl-aarch64": Target(
        "aarch64-linux-musl",
        "musllinux_1_2_aarch64",
        "cpython-{tag}-aarch64-linux-musl.so",
        "linux-aarch64",
    ),
    "windows-x86_64": Target(
        "x86_64-windows-gnu", "win_amd64", "cp{tag}-win_amd64.pyd", "linux-x86_64"
    ),
    # The least macOS that zig 0.17 links for unless asked; the workflow's wheels take 11.0.
    "macos-arm64": Target(
        "aarch64-macos", "macosx_15_0_arm64", "cpython-{tag}-darwin.so", "macosx-15.0-arm64"
    ),
    "macos-x86_64": Target(
        "x86_64-macos", "macosx_15_0_x86_64", "cpython-{tag}-darwin.so", "macosx-15.0-x86_64"
    ),
}

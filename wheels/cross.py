"""Build wheels for other systems with the compiler of the PyPI package ziglang.

``python wheels/cross.py TARGET ...`` (names of ``targets.py``; none: all) writes wheels for the
Python that runs it into ``dist/``. Headers are those of this Python: between 64-bit Unix systems
they agree, and ``windows.py`` makes those of Windows. Stubs are left out, since an extension for
another system cannot be imported here.
"""

import os
import subprocess
import sys
from pathlib import Path

import musl
import windows
import ziglang
from targets import TARGETS, Target

HERE = Path(__file__).parent
DIST = HERE.parent / "dist"


def build(name: str, target: Target) -> Path:
    """One wheel, under its own platform tag."""
    zig = Path(ziglang.__file__).parent / "zig"
    suffix = "." + target.suffix.format(tag=f"{sys.version_info.major}{sys.version_info.minor}")
    settings = {
        "cmake.args": f"-DCMAKE_TOOLCHAIN_FILE={HERE.parent / 'cmake' / 'zig.cmake'}",
        "cmake.define.KWISE_ZIG": str(zig),
        "cmake.define.KWISE_TARGET": target.zig,
        "cmake.define.NB_SUFFIX": suffix,
        "build-dir": f"build/wheel-{name}",
    }
    if "windows" in target.zig:
        settings |= windows.made(HERE.parent / "build" / "python-windows", zig)
    if "musl" in target.zig:
        musl.patchelf()  # asked for before minutes of compilation
    environment = os.environ | {
        "KWISE_ZIG": str(zig),
        "_PYTHON_HOST_PLATFORM": target.host,
        "SETUPTOOLS_EXT_SUFFIX": suffix,
    }
    options = [f"--config-setting={key}={value}" for key, value in settings.items()]
    folder = DIST / name
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        f"--wheel-dir={folder}",
    ]
    subprocess.run([*command, *options, str(HERE.parent)], check=True, env=environment)
    [wheel] = folder.glob("*.whl")
    if "musl" in target.zig:
        musl.named(wheel, target.host.removeprefix("linux-"))
    return retagged(wheel, target.platform)


def retagged(wheel: Path, platform: str) -> Path:
    """Move a wheel to ``dist/`` under the platform that its symbols were linked for."""
    command = [sys.executable, "-m", "wheel", "tags", "--remove", f"--platform-tag={platform}"]
    subprocess.run([*command, str(wheel)], check=True, stdout=subprocess.DEVNULL)
    [renamed] = wheel.parent.glob("*.whl")
    return renamed.rename(DIST / renamed.name)


def main(names: list[str]) -> None:
    """Build the named targets and tell the size of each wheel."""
    for name in names or list(TARGETS):
        if name not in TARGETS:
            raise SystemExit(f"no target {name!r}; there are {', '.join(TARGETS)}")
        wheel = build(name, TARGETS[name])
        print(f"{name:16} {wheel.stat().st_size / 1e6:5.1f} MB  {wheel.name}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

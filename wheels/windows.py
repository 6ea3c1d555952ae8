"""What an extension for Windows is compiled and linked with, made on another system.

Headers are those of the Python that runs this, but for ``pyconfig.h``, which is Windows' own:
``KWISE_PYCONFIG`` names the ``PC/pyconfig.h`` of CPython's sources. The import library has the
names that this Python gives to extensions.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path


def made(folder: Path, zig: Path) -> dict[str, str]:
    """Make headers and import library in a folder; return the settings that name them."""
    theirs = os.environ.get("KWISE_PYCONFIG", "")
    if not Path(theirs).is_file():
        raise SystemExit(
            f"KWISE_PYCONFIG names no file ({theirs!r}); for Windows it must be the PC/pyconfig.h "
            f"of CPython {sys.version_info.major}.{sys.version_info.minor}'s sources"
        )
    headers = folder / "include"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(headers, ignore_errors=True)
    shutil.copytree(sysconfig.get_path("include"), headers)
    shutil.copyfile(theirs, headers / "pyconfig.h")
    return {
        "cmake.define.Python_INCLUDE_DIR": str(headers),
        "cmake.define.Python_LIBRARY": str(import_library(folder, zig)),
        # What pyconfig.h says to Microsoft's compiler alone.
        "cmake.define.CMAKE_CXX_FLAGS": "-DMS_WIN64",
    }


def import_library(folder: Path, zig: Path) -> Path:
    """Write the library by which names of Python are found in its DLL."""
    dll = f"python{sys.version_info.major}{sys.version_info.minor}"
    definitions, library = folder / f"{dll}.def", folder / f"{dll}.lib"
    definitions.write_text("\n".join(["EXPORTS", *sorted(names()), ""]), "ascii")
    options = ["-m", "i386:x86-64", "-D", f"{dll}.dll", "-d", definitions, "-l", library]
    subprocess.run([zig, "dlltool", *options], check=True)
    return library


def names() -> set[str]:
    """Return the names that this Python gives, data marked as such."""
    library = Path(sysconfig.get_config_var("LIBDIR")) / sysconfig.get_config_var("LDLIBRARY")
    holder = library if library.suffix == ".so" else Path(sys.executable).resolve()
    words = ["nm", "--dynamic", "--defined-only", "--format=posix", holder]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    symbols = (line.split()[:2] for line in told.splitlines())
    return {
        name if kind in "TW" else f"{name} DATA"
        for name, kind in symbols
        if name.startswith(("Py", "_Py"))
    }

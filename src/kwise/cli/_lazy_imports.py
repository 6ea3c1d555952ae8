"""Libraries that are imported in passing: loaded when they are first used, which is seldom.

scikit-learn imports most of scipy and of itself, a second of work, where a page needs a third of
it. In a process that is ours alone, the modules of ``LATE`` come as stand-ins that load the real
one on first use; a name taken from one by ``from ... import`` loads it when it is called, read,
subclassed or asked about, and an exception at once. A module is therefore never wrong to have in
``LATE``, only useless where every command uses it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock
from types import ModuleType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from importlib.abc import Loader

__all__ = ["ABSENT", "LATE", "import_late"]

# Without these the libraries do as well: the commands read tables with polars.
ABSENT = frozenset({"pandas"})
# Each is left alone in one process or the other of a usual report, and takes 10 ms or more.
LATE = frozenset(
    {
        "asyncio",
        "matplotlib",
        "matplotlib.pyplot",
        "numpy.f2py",
        "scipy.integrate",
        "scipy.interpolate",
        "scipy.linalg",
        "scipy.optimize",
        "scipy.signal",
        "scipy.signal._wavelets",  # or the part with argrelextrema loads the whole
        "scipy.sparse.linalg",
        "scipy.spatial.transform",
        "scipy.special",
        "scipy.stats",
        "sklearn.callback._progressbar",
        "sklearn.cluster",
        "sklearn.linear_model",
    }
)

# Where one function of a large package is wanted, the part that has it does. A part that another
# version does not have is no loss: the whole is loaded then.
PARTS = {
    ("scipy.signal", "argrelextrema"): "scipy.signal._peak_finding",
    ("scipy.optimize", "isotonic_regression"): "scipy.optimize._isotonic",
    ("scipy.optimize", "linear_sum_assignment"): "scipy.optimize._lsap",
    ("scipy.special", "chdtrc"): "scipy.special._ufuncs",
    ("scipy.special", "entr"): "scipy.special._ufuncs",
}

# The other packages only gather names; a part of these needs its package loaded first.
WHOLE = frozenset({"matplotlib"})

_RAISED = ("Error", "Exception", "Warning")
_LOADING = RLock()


def import_late() -> None:
    """Let this process import the modules of ``LATE`` late, and those of ``ABSENT`` never."""
    if not any(isinstance(finder, _LateFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _LateFinder())


class _LateFinder:
    """Finds stand-ins; leaves every other module to the finders after this."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the module's own specification, with a loader that waits."""
        if fullname in ABSENT:
            raise ModuleNotFoundError(f"the command kwise does without {fullname}", name=fullname)
        if fullname not in LATE:
            package = fullname.rpartition(".")[0]
            if package in WHOLE:
                _load(sys.modules.get(package))
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = cast("Loader", _LateLoader(spec.loader))
        return spec


class _LateLoader:
    """Makes a stand-in, and turns it into the real module when that is wanted."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the stand-in."""
        return _LateModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing yet."""

    def load(self, module: ModuleType) -> None:
        """Run the module's own code in it, once."""
        with _LOADING:
            if isinstance(module, _LateModule):
                module.__class__ = ModuleType  # type: ignore[assignment]
                self._loader.exec_module(module)


def _load(module: ModuleType | None) -> None:
    """Make a stand-in real; do nothing about any other module."""
    if isinstance(module, _LateModule) and module.__spec__ is not None:
        loader: object = module.__spec__.loader
        assert isinstance(loader, _LateLoader)
        loader.load(module)


class _LateModule(ModuleType):
    """A module of which nothing is loaded; what is taken from it are promises."""

    def __getattr__(self, name: str) -> object:
        """Promise the name; ``except`` takes no promises."""
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        promise = _LateName(self, name)
        return promise._real() if name.endswith(_RAISED) else promise


class _LateName:
    """What a module will have under a name: a function, a class, anything but plain data."""

    def __init__(self, module: ModuleType, name: str) -> None:
        self._of = (module, name)

    def _real(self) -> type:
        """Load the module, or the part that does, and return what it has under the name."""
        module, name = self._of
        part = PARTS.get((module.__name__, name))
        if part is not None and isinstance(module, _LateModule):
            with suppress(ImportError, AttributeError):
                return cast("type", getattr(import_module(part), name))
        _load(module)
        found: type = getattr(module, name)
        return found

    def __call__(self, *args: object, **named: object) -> object:
        """Call the real one."""
        return self._real()(*args, **named)

    def __getattr__(self, name: str) -> object:
        """Return an attribute of the real one."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._real(), name)

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type, ...]:
        """Be subclassed as the real one."""
        return (self._real(),)

    def __instancecheck__(self, instance: object) -> bool:
        """Say whether something is an instance of the real one."""
        return isinstance(instance, self._real())

    def __subclasscheck__(self, subclass: type) -> bool:
        """Say whether a class comes from the real one."""
        return issubclass(subclass, self._real())

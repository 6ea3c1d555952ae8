"""What the data support, judged when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable

from kwise.results import Selection

__all__ = ["Judging"]


class Judging:
    """A selection, and until it is first asked for the work that makes it."""

    def __init__(self, decide: Callable[[], Selection]) -> None:
        self._decide: Callable[[], Selection] | None = decide
        self._decided: Selection | None = None

    def selection(self) -> Selection:
        """Return the selection; what its making needs is given up then."""
        if self._decide is not None:
            self._decided, self._decide = self._decide(), None
        assert self._decided is not None
        return self._decided

"""Progress of long work: a callback that the caller draws, or nothing."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called as work goes on; raise from it (KeyboardInterrupt, say) to stop.

    ``task`` is a short sentence for people ("silhouette, k = 4"), ``done`` and
    ``total`` count steps of that task.
    """

    def __call__(self, task: str, done: int, total: int) -> None:
        """Take note of the progress."""


def silent(task: str, done: int, total: int) -> None:
    """Take no note of the progress: the default."""

"""Templates as code, so that one process can compile what another renders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kwise._optional import require

if TYPE_CHECKING:
    from jinja2 import BytecodeCache
    from jinja2.bccache import Bucket
else:
    BytecodeCache = require("jinja2", extra="report").BytecodeCache

__all__ = ["TemplateCode"]


class TemplateCode(BytecodeCache):
    """Keeps the code of each template in ``known``, and takes what is there already.

    jinja2 looks whether code is its own version's and that of the same text.
    """

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in the code, where it is known."""
        if bucket.key in self.known:
            bucket.bytecode_from_string(self.known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code."""
        self.known[bucket.key] = bucket.bytecode_to_string()

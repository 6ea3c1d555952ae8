"""Runs of blanks become one space, block by block."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kwise.io import blanks
from kwise.io.blanks import collapse_blanks


@given(text=st.text(alphabet="a \t\r\n", max_size=40), block=st.integers(1, 45))
@example(text="  a \t b \r\n\r\n a\r\r\n \r", block=3)
@example(text="a\r \n", block=1)
def test_runs_of_blanks_as_two_expressions_have_it(text: str, block: int) -> None:
    plain = re.sub(rb"[ \t]+", b" ", text.encode())
    expected = re.sub(rb"^ | ?\r?$", b"", plain, flags=re.MULTILINE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blanks, "_BLOCK", block)
        assert collapse_blanks(text.encode()) == expected


def test_blanks_in_quotes_stay() -> None:
    assert collapse_blanks(b'"a  b"   1\n') == b'"a  b" 1\n'

"""Codes such as 00501 are found wherever they stand, as a regular expression would find them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwise.io import leading_zeros
from kwise.io.leading_zeros import has_leading_zeros


def plainly(data, delimiter):
    between = re.escape(delimiter.encode())
    return re.search(rb'(?:[\n"]|' + between + rb")[+-]?0[0-9]", data) is not None


@given(
    data=st.text(alphabet='0019+-,;\n" x.', max_size=40).map(str.encode),
    delimiter=st.sampled_from(",; |\t"),
    size=st.sampled_from([2, 3, 5, 1 << 20]),
)
def test_they_are_those_of_the_expression_whatever_the_blocks(data, delimiter, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(leading_zeros, "_BLOCK", size)

        assert has_leading_zeros(data, delimiter) is plainly(data, delimiter)


@pytest.mark.parametrize("cell", [b"007", b"-07", b"+00.5", b'"01"'])
@pytest.mark.parametrize("at", [0, 1, 2, 3, 7])
def test_they_are_found_across_the_ends_of_blocks(cell, at):
    size = leading_zeros._BLOCK
    data = b"a" * (size - 1 - at) + b"," + cell + b"\n"

    assert has_leading_zeros(data, ",")
    assert not has_leading_zeros(data.replace(cell, b"0.5"), ",")

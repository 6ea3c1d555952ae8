"""File systems know names of any bytes: every command reads and writes them all."""

import os

import pytest

from kwise.cli import main
from writing_commands import WRITING, output_of, prepare

pytestmark = pytest.mark.slow
IN_PARTS = [name for name, words in WRITING.items() if "--engine" in words or "--check" in words]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("names")
    prepare(made)
    for name in ("t.csv", "m.kwise", "n.kwise"):
        try:
            (made / name).rename(made / odd(name))
        except OSError:
            pytest.skip("this file system takes names in UTF-8 alone")
    return made


def odd(name):
    return os.fsdecode(b"\xff\xe4 ") + name


def words_of(words, folder, out):
    files = {each: str(folder / odd(each)) for each in ("t.csv", "m.kwise", "n.kwise")}
    return [str(out) if each.startswith("OUT") else files.get(each, each) for each in words.split()]


@pytest.mark.parametrize("name", sorted(WRITING.keys() - set(IN_PARTS)))
def test_names_that_are_no_text_are_read_and_written(folder, tmp_path, name, capfd):
    out = tmp_path / odd(output_of(WRITING[name]))

    code = main(words_of(WRITING[name], folder, out))

    assert (code, capfd.readouterr().err) == (0, "")
    assert out.stat().st_size > 0


@pytest.mark.parametrize("name", IN_PARTS)
def test_rows_in_parts_say_that_their_reader_takes_no_such_name(folder, tmp_path, name, capfd):
    assert main(words_of(WRITING[name], folder, tmp_path / output_of(WRITING[name]))) == 2

    said = capfd.readouterr().err
    assert "is not UTF-8" in said
    assert said.count("\n") == 1

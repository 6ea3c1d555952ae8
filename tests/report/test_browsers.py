"""The browser that prints is found where each system keeps it."""

import pytest

from kwise.report import pdf

PLACES = [
    "Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Program Files/Google/Chrome/Application/chrome.exe",
    "Program Files/Microsoft/Edge/Application/msedge.exe",
]


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, tmp_path):
    """A machine whose PATH names no browser."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("ProgramFiles", str(tmp_path / "Program Files"))
    monkeypatch.setattr(pdf, "_APPLICATIONS", tmp_path / "Applications")


@pytest.mark.parametrize("place", PLACES)
def test_a_browser_is_found_outside_of_path(place, tmp_path):
    program = tmp_path / place
    program.parent.mkdir(parents=True)
    program.touch()

    assert pdf.find_browser() == str(program)


def test_without_a_browser_it_is_said_what_to_do():
    with pytest.raises(ValueError, match="print it from any browser"):
        pdf.find_browser()

"""Where downloads are kept."""

from pathlib import Path

from kwise.io.datasets import cache_folder


def test_without_a_home_there_is_a_folder_for_downloads(monkeypatch):
    for name in ("KWISE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)

    def nobody():
        raise RuntimeError("no home")

    monkeypatch.setattr(Path, "home", nobody)
    assert cache_folder().is_absolute()

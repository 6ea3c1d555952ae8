"""Data sets to learn with: bundled ones, and published ones to download."""

from kwise.io.datasets.bundled import BUNDLED, bundled, demonstration

__all__ = ["BUNDLED", "bundled", "demonstration"]

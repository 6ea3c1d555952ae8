"""The errors that kwise raises beside ``ValueError`` and ``TypeError``."""

__all__ = ["DataFileError", "KwiseError", "MissingDependencyError", "ModelFileError"]


class KwiseError(Exception):
    """Base of every error that is kwise's own."""


class MissingDependencyError(KwiseError, ImportError):
    """An optional package is needed; the message says what to install."""


class DataFileError(KwiseError, ValueError):
    """A table cannot be used; the message names the file, the row and the column."""


class ModelFileError(KwiseError, ValueError):
    """A saved model cannot be used; the message says what was found and what to do."""

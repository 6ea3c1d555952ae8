"""What libraries raise for damaged bytes, whatever was damaged in them."""

from __future__ import annotations

import lzma
import struct
import tarfile
import tokenize
import zipfile
import zlib

# Readers of archives.
ARCHIVE_DAMAGES = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError,
    struct.error, IndexError, OverflowError, UnicodeDecodeError,
)  # fmt: skip

# NumPy, of an array file or an archive of them. A type such as ",f8" is parsed as source.
ARRAY_DAMAGES = (
    *ARCHIVE_DAMAGES, ValueError, SyntaxError, MemoryError, SystemError, RuntimeError, TypeError,
    NotImplementedError, LookupError, tokenize.TokenError,
)  # fmt: skip

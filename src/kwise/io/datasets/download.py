"""Downloads that go on where they stopped."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kwise.exceptions import DataFileError

if TYPE_CHECKING:
    from kwise._progress import Progress

CHUNK = 1 << 18
TIMEOUT = 30  # seconds without a byte


@dataclass(frozen=True)
class _Partial:
    """A download under way: the bytes so far, and the version of the file that they are of."""

    data: Path
    version_file: Path

    def size(self) -> int:
        """Return the number of bytes so far."""
        return self.data.stat().st_size if self.data.exists() else 0

    def version(self) -> str:
        """Return the server's mark of the version, empty if it gave none."""
        try:
            return str(json.loads(self.version_file.read_text("utf-8"))["version"])
        except (OSError, ValueError, KeyError):
            return ""

    def begin(self, version: str) -> None:
        """Forget the bytes so far; note the version of those to come."""
        self.data.unlink(missing_ok=True)
        self.version_file.write_text(json.dumps({"version": version}), "utf-8")

    def remove(self) -> None:
        """Remove both files."""
        self.data.unlink(missing_ok=True)
        self.version_file.unlink(missing_ok=True)


def download(address: str, target: Path, *, largest: int, progress: Progress) -> None:
    """Fetch a file; a later call continues an interrupted one.

    Parameters
    ----------
    address : str
        Of http or https.
    target : Path
        Appears once every byte is there. Until then the bytes stand in ``target.part``.
    largest : int
        Bytes accepted at most.
    progress : Progress
        Called with bytes done and bytes in all.

    Raises
    ------
    DataFileError
        If there is no connection, the server refuses, or the file is too large or cut short.
    """
    if not address.startswith(("http://", "https://")):
        raise DataFileError(f"{address}: only http and https addresses are fetched")
    partial = _Partial(
        target.with_name(target.name + ".part"), target.with_name(target.name + ".part.json")
    )
    try:
        _fetch(address, partial, largest, progress)
    except urllib.error.HTTPError as error:
        raise DataFileError(
            f"{address}: the server answers {error.code} ({error.reason}); the address may have "
            "moved"
        ) from error
    except DataFileError:
        raise
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        kept = f"; {partial.size():,} bytes are kept, run again to go on" if partial.size() else ""
        raise DataFileError(
            f"{address}: no connection, or it broke off ({reason or type(error).__name__}){kept}"
        ) from error
    partial.data.replace(target)
    partial.remove()


def _fetch(address: str, partial: _Partial, largest: int, progress: Progress) -> None:
    """Ask for what is missing, and append it."""
    have = partial.size()
    version = partial.version()
    request = urllib.request.Request(address, headers={"User-Agent": "kwise"})
    if have and version:
        # If-Range: the rest of the same version, or the whole of a newer one.
        request.add_header("Range", f"bytes={have}-")
        request.add_header("If-Range", version)
    try:
        answer = urllib.request.build_opener(_Redirects).open(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code != http.client.REQUESTED_RANGE_NOT_SATISFIABLE or not have:
            raise
        partial.remove()  # what is kept does not fit what is there: begin again
        _fetch(address, partial, largest, progress)
        return
    with answer:
        if not _goes_on(answer, have):
            have = 0
            partial.begin(answer.headers.get("ETag") or answer.headers.get("Last-Modified") or "")
        length = _length(address, answer)
        total = have + length if length else 0
        _refuse_large(address, max(total, have), largest)
        with partial.data.open("ab") as file:
            _append(address, answer, file, (have, total, largest), progress)


def _goes_on(answer: Any, have: int) -> bool:
    """Whether an answer begins where the bytes that are here end; another range is refused."""
    if answer.status != http.client.PARTIAL_CONTENT:
        return False
    told = answer.headers.get("Content-Range", f"bytes {have}-")
    if not told.startswith(f"bytes {have}-"):
        raise http.client.HTTPException(f"asked for the bytes from {have:,}, got {told[:80]}")
    return True


def _length(address: str, answer: Any) -> int:
    """Return how many bytes the server announces, 0 if it does not say."""
    told = answer.headers.get("Content-Length", "0").strip()
    if not told.isdecimal() or len(told) > 18:
        raise DataFileError(
            f"{address}: the server announces {told[:80]!r} bytes, which is no number"
        )
    return int(told)


def _refuse_address(address: str, location: str) -> None:
    """Raise if a server points to what is not fetched."""
    place = urllib.parse.urljoin(address, location)
    allowed = ("https://",) if address.startswith("https://") else ("http://", "https://")
    if not place.lower().startswith(allowed):
        raise urllib.error.URLError(f"it points to {place[:200]}, which is not fetched")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a server elsewhere by http and https alone, and never out of https."""

    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        """Ask at the next address, or refuse it."""
        try:
            _refuse_address(req.full_url, headers.get("Location", ""))
            return super().http_error_302(req, fp, code, msg, headers)
        except (ValueError, urllib.error.URLError):
            fp.close()
            raise

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _append(
    address: str,
    answer: IO[bytes],
    file: IO[bytes],
    sizes: tuple[int, int, int],
    progress: Progress,
) -> None:
    """Copy the answer to the file, chunk by chunk."""
    have, total, largest = sizes
    while chunk := answer.read(CHUNK):
        try:
            file.write(chunk)
        except OSError as error:
            raise DataFileError(f"{file.name}: {error.strerror}") from error
        have += len(chunk)
        _refuse_large(address, have, largest)
        progress(f"downloading {address.rpartition('/')[2]}", have, max(total, have))
    if total and have < total:
        file.flush()
        raise http.client.IncompleteRead(b"", total - have)


def _refuse_large(address: str, size: int, largest: int) -> None:
    """Raise if a file is larger than it can be."""
    if size > largest:
        raise DataFileError(
            f"{address}: the file has {size:,} bytes or more; at most {largest:,} are expected, "
            "so this is not the data set"
        )

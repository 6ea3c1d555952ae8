"""The archive of a model file: few members of known names, never larger than they may be."""

from __future__ import annotations

import difflib
import hashlib
import io
import json
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TypeAlias

from kwise.exceptions import ModelFileError

Json: TypeAlias = "str | int | float | bool | list[Json] | Mapping[str, Json] | None"

CHECKSUMS = "sha256.json"
# No member is written that would unpack to more than so many times its size, beyond so many
# bytes; none is read. So a model takes no more memory than a small multiple of its file.
MOST_PACKED = 20
SMALL = 4 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def pack(members: Mapping[str, bytes]) -> bytes:
    """Return the archive of members and their checksums; the same bytes for the same."""
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(members.items())}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in {**members, CHECKSUMS: written_json(sums)}.items():
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
            if _is_packed_too_well(archive.infolist()[-1]):
                return _stored(members, sums)
    return made.getvalue()


def _stored(members: Mapping[str, bytes], sums: Mapping[str, str]) -> bytes:
    """Return the archive without compression."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in {**members, CHECKSUMS: written_json(dict(sums))}.items():
            archive.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), data)
    return made.getvalue()


def unpack(path: Path, known: Collection[str], first: str) -> dict[str, bytes]:
    """Return the members of a model file, once names, sizes and checksums are right.

    ``first`` is the member that every model has. Raises ModelFileError.
    """
    _refuse_absent(path)
    try:
        with zipfile.ZipFile(path) as archive:
            infos = {info.filename: info for info in archive.infolist()}
            _check_members(infos, len(archive.infolist()), {*known, CHECKSUMS}, first)
            members = {name: archive.read(info) for name, info in infos.items()}
    except zipfile.BadZipFile as error:
        size = path.stat().st_size
        raise ModelFileError(
            f"this is no kwise model, or it is damaged or cut off ({size} bytes; {error})"
        ) from error
    except ModelFileError:
        raise
    except Exception as error:  # zipfile raises anything for hostile bytes
        raise ModelFileError(f"the model cannot be unpacked ({error})") from error
    _check_sums(members)
    return members


def _refuse_absent(path: Path) -> None:
    """Raise if there is no such file, naming one that is near."""
    if path.is_dir():
        raise ModelFileError("this is a folder, not a model")
    if not path.exists():
        names = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
        near = difflib.get_close_matches(path.name, names, n=1)
        hint = f"; did you mean {path.parent / near[0]}?" if near else ""
        raise ModelFileError(f"no such file{hint}")


def _check_members(
    infos: Mapping[str, zipfile.ZipInfo], number: int, known: Collection[str], first: str
) -> None:
    """Raise before anything is unpacked that is not a member of a model."""
    if first not in infos:
        raise ModelFileError(f"this is no kwise model (it has no {first})")
    odd = sorted(set(infos) - set(known))
    if odd:
        raise ModelFileError(f"the member {odd[0][:80]!r} is missing or was added")
    if number > len(infos):
        raise ModelFileError("a member is there twice")
    for name, info in infos.items():
        if info.compress_type not in _METHODS:
            raise ModelFileError(f"{name} is packed in a way that kwise does not write")
        if _is_packed_too_well(info):
            raise ModelFileError(
                f"{name} would unpack from {info.compress_size:,} to {info.file_size:,} bytes, "
                "which no model does"
            )


def _is_packed_too_well(info: zipfile.ZipInfo) -> bool:
    """Whether a member would take far more memory than its file lets expect."""
    return info.file_size > SMALL and info.file_size > MOST_PACKED * info.compress_size


def _check_sums(members: Mapping[str, bytes]) -> None:
    """Compare every member with its checksum."""
    if CHECKSUMS not in members:
        raise ModelFileError(f"the model is incomplete (no {CHECKSUMS}); save it again")
    sums = read_json(members[CHECKSUMS], CHECKSUMS)
    names = set(members) - {CHECKSUMS}
    if not isinstance(sums, dict) or set(sums) != names:
        odd = sorted(names ^ set(sums if isinstance(sums, dict) else ()))[0]
        raise ModelFileError(f"the member {odd[:80]!r} is missing or was added")
    for name in sorted(names):
        if hashlib.sha256(members[name]).hexdigest() != sums[name]:
            raise ModelFileError(f"{name} does not match its checksum; it was changed")


def written_json(value: Json) -> bytes:
    """Write JSON that any reader accepts."""
    return (json.dumps(value, indent=1, allow_nan=False, ensure_ascii=False) + "\n").encode()


def read_json(data: bytes, name: str) -> Json:
    """Read JSON, or raise ModelFileError: for nan, for lists in lists without end."""
    try:
        read: Json = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        reason = f"{type(error).__name__}: {str(error)[:200]}"
        raise ModelFileError(f"the model is incomplete ({name}: {reason})") from error
    return read


def _refuse_constant(word: str) -> None:
    """Raise for nan and infinity, which are not JSON."""
    raise ValueError(f"{word} is no JSON")

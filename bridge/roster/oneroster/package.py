"""A zip or a folder of OneRoster files; checked as a whole before a byte of it is unpacked."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Protocol, cast

from bridge.roster.oneroster.faults import FaultList, quote
from bridge.roster.oneroster.limits import Limits

END_OF_DIRECTORY = b"PK\x05\x06"
ZIP64_LOCATOR = b"PK\x06\x07"
END_BYTES, COMMENT_BYTES, LOCATOR_BYTES = 22, 65_535, 20
BUFFER_BYTES = 1 << 16
ARCHIVES = (".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar")
# What macOS puts beside the files; harmless, never opened.
MAC_LITTER = ("__MACOSX/", ".DS_Store")
# What zipfile raises for bytes that are no honest zip; it does not promise one family.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
    OSError,
    struct.error,
)


class Damaged(Exception):
    """A file of the package cannot be unpacked."""


class Lines(Protocol):
    """The part of a binary stream that is asked for."""

    def readline(self, limit: int, /) -> bytes: ...


class Package(Protocol):
    """The files of a package, by name (``users.csv``)."""

    names: frozenset[str]

    def open(self, name: str) -> AbstractContextManager[Lines]: ...


class FolderPackage:
    def __init__(self, path: Path, limits: Limits, faults: FaultList) -> None:
        self._path = path
        entries = [entry for entry in path.iterdir() if entry.suffix == ".csv"]
        for entry in entries:
            if entry.is_symlink() or not entry.is_file():
                faults.add(entry.name, None, None, "is a link or no plain file")
        plain = [entry for entry in entries if entry.is_file() and not entry.is_symlink()]
        _check_size(sum(entry.stat().st_size for entry in plain), limits, faults, path.name)
        self.names = frozenset(entry.name for entry in plain)

    def open(self, name: str) -> AbstractContextManager[Lines]:
        return (self._path / name).open("rb")


class ZipPackage:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.names = frozenset(info.filename for info in archive.infolist())

    def open(self, name: str) -> AbstractContextManager[Lines]:
        return closing(ZipLines(self._archive, name))


class ZipLines:
    """
    The lines of a member, unpacked as they are asked for; the member is opened by the first.

    ``readline`` raises ``Damaged`` where the zip is.
    """

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive, self._name = archive, name
        self._stream: io.BufferedReader | None = None

    def readline(self, limit: int, /) -> bytes:
        try:
            if self._stream is None:
                member = cast("zipfile.ZipExtFile", self._archive.open(self._name))
                self._stream = io.BufferedReader(member, BUFFER_BYTES)
            return self._stream.readline(limit)
        except DAMAGE as error:
            raise Damaged(str(error)) from error

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()


@contextmanager
def open_package(path: Path, limits: Limits, faults: FaultList) -> Iterator[Package]:
    """
    Check and open *path*.

    Raises:
        SourceFaults: It may not or cannot be opened; every reason that is to be seen from outside.
        OSError: It cannot be read.
    """
    if path.is_dir():
        folder = FolderPackage(path, limits, faults)
        faults.raise_any(path.name)
        yield folder
        return
    _check_archive(path, limits, faults)
    faults.raise_any(path.name)
    try:
        archive = zipfile.ZipFile(path)
    except DAMAGE as error:
        faults.add(path.name, None, None, f"is no zip file that can be read: {quote(str(error))}")
        faults.raise_any(path.name)
        raise
    with archive:
        _check_members(archive.infolist(), path.name, limits, faults)
        faults.raise_any(path.name)
        yield ZipPackage(archive)


def _check_archive(path: Path, limits: Limits, faults: FaultList) -> None:
    """Look at the zip's own end before zipfile reads the list of files: that list may be a bomb itself."""
    with path.open("rb") as stream:
        size = stream.seek(0, io.SEEK_END)
        if size > limits.archive_bytes:
            faults.add(path.name, None, None, f"has {size} bytes; more than {limits.archive_bytes} are not taken")
            return
        stream.seek(max(0, size - END_BYTES - COMMENT_BYTES - LOCATOR_BYTES))
        tail = stream.read()
    end = tail.rfind(END_OF_DIRECTORY)
    if end < 0 or len(tail) - end < END_BYTES:
        faults.add(path.name, None, None, "is neither a folder nor a zip file")
        return
    entries, directory_bytes = struct.unpack("<HI", tail[end + 10 : end + 16])
    if tail[max(0, end - LOCATOR_BYTES) : end].startswith(ZIP64_LOCATOR):
        faults.add(path.name, None, None, "is a ZIP64 file; a school's list needs none, so it is not opened")
    if entries > limits.members:
        faults.add(path.name, None, None, f"holds {entries} files; more than {limits.members} are not taken")
    elif directory_bytes > limits.directory_bytes:
        faults.add(path.name, None, None, f"has a list of files of {directory_bytes} bytes; this is no honest zip")


def _check_members(members: list[zipfile.ZipInfo], name: str, limits: Limits, faults: FaultList) -> None:
    if len(members) > limits.members:
        faults.add(name, None, None, f"holds {len(members)} files; more than {limits.members} are not taken")
        return
    _check_size(sum(info.file_size for info in members), limits, faults, name)
    seen: set[str] = set()
    for info in members:
        if info.filename.startswith(MAC_LITTER):
            continue
        reason = _refuse_member(info, limits)
        if info.filename.lower() in seen:
            reason = "is in the zip twice"
        seen.add(info.filename.lower())
        if reason:
            faults.add(quote(info.filename), None, None, reason)


def _refuse_member(info: zipfile.ZipInfo, limits: Limits) -> str | None:
    return _refuse_path(info) or _refuse_content(info, limits)


def _refuse_path(info: zipfile.ZipInfo) -> str | None:
    # orig_filename is what the zip says; zipfile has already turned or cut some of it in filename.
    path = info.orig_filename.replace("\\", "/")
    if ".." in path.split("/") or path.startswith("/") or ":" in path:
        return "leads out of the zip; nothing was unpacked"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link"
    if "/" in path:
        return "lies in a folder; OneRoster's files stand at the top of the zip"
    return None


def _refuse_content(info: zipfile.ZipInfo, limits: Limits) -> str | None:
    if info.filename.lower().endswith(ARCHIVES):
        return "is an archive inside the archive"
    if info.flag_bits & 0x1:
        return "is encrypted; the zip must have no password"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed by a rare method; use an ordinary zip"
    if info.file_size > limits.ratio_from_bytes and info.file_size > limits.ratio * max(1, info.compress_size):
        return f"unpacks to {info.file_size} bytes from {info.compress_size}; this is a zip bomb, not a list"
    return None


def _check_size(size: int, limits: Limits, faults: FaultList, name: str) -> None:
    if size > limits.unpacked_bytes:
        faults.add(name, None, None, f"holds {size} bytes unpacked; more than {limits.unpacked_bytes} are not taken")

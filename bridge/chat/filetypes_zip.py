"""
Office files of today (docx, xlsx) are ZIP archives. Checked before anybody's Word unpacks one: that it is one
archive and nothing else, that its directory tells the truth, and that it does not grow without end.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import BinaryIO

from bridge.errors import TypeRefused

END = b"PK\x05\x06"
END_BYTES = 22
LOCATOR64 = b"PK\x06\x07"  # of a second directory for more than 4 GB: readers disagree about which one counts
LOCATOR_BYTES = 20
LOCAL = b"PK\x03\x04"
LOCAL_BYTES = 30
CHUNK = 65_536

MOST_DIRECTORY_BYTES = 1 << 20
MOST_ENTRIES = 5_000
MOST_UNPACKED_BYTES = 128 << 20
MOST_TIMES_LARGER = 100  # spreadsheets of equal rows reach 50
HARMLESS_BYTES = 4 << 20  # however well packed
MOST_DEPTH = 12
MOST_TYPES_BYTES = 1 << 20

TYPES_NAME = "[Content_Types].xml"
IS_ENCRYPTED = 0x1
IS_UTF8 = 0x800


def zip_kind(file: BinaryIO) -> str:
    """
    Say what an archive is: ``docx``, ``xlsx``, ``a macro document`` or ``zip``.

    Raises:
        TypeRefused: Damaged, encrypted, a bomb, or made to look different to different readers.
    """
    size = file.seek(0, 2)
    directory_at = _check_end(file, size)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
        raise _damaged() from error
    entries = archive.infolist()
    _check_totals(entries, size)
    _check_names(entries)
    _check_layout(file, entries, directory_at)
    return _kind(archive)


def _check_end(file: BinaryIO, size: int) -> int:
    """Check that the directory's end is the file's end, and return where the directory begins."""
    if size < LOCATOR_BYTES + END_BYTES:
        raise _damaged()
    file.seek(size - END_BYTES - LOCATOR_BYTES)
    locator = file.read(LOCATOR_BYTES)
    mark, *_, directory_bytes, directory_at, comment_bytes = struct.unpack("<4s4HLLH", file.read(END_BYTES))
    if (
        locator.startswith(LOCATOR64)
        or mark != END
        or comment_bytes
        or directory_at + directory_bytes + END_BYTES != size
    ):
        raise _damaged()
    if directory_bytes > MOST_DIRECTORY_BYTES:
        raise TypeRefused("The document has too many parts.")
    return int(directory_at)


def _check_totals(entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise TypeRefused("The document has too many parts.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > max(HARMLESS_BYTES, min(MOST_UNPACKED_BYTES, size * MOST_TIMES_LARGER)):
        raise TypeRefused("The document would grow far too large when opened.")


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.orig_filename for entry in entries]
    if len({name.casefold() for name in names}) != len(names):
        raise TypeRefused("The document holds two parts of one name.")
    for name in names:
        steps = name.removesuffix("/").split("/")
        if len(steps) > MOST_DEPTH or any(step in {"", ".", ".."} for step in steps):
            raise TypeRefused("The document holds a part with a forbidden path.")
        if any(character in name for character in "\\:\0"):
            raise TypeRefused("The document holds a part with a forbidden path.")


def _check_layout(file: BinaryIO, entries: list[zipfile.ZipInfo], directory_at: int) -> None:
    """Check that the entries lie one after another from the first byte on, and unpack to what they claim."""
    end = 0
    for index, entry in enumerate(sorted(entries, key=lambda entry: entry.header_offset)):
        if entry.flag_bits & IS_ENCRYPTED:
            raise TypeRefused("The document is encrypted; send it without a password.")
        if entry.header_offset < end or (index == 0 and entry.header_offset != 0):
            raise _damaged()
        begin = _begin_of_data(file, entry)
        end = begin + entry.compress_size
        if end > directory_at:
            raise _damaged()
        _unpack(file, begin, entry)


def _begin_of_data(file: BinaryIO, entry: zipfile.ZipInfo) -> int:
    file.seek(entry.header_offset)
    header = file.read(LOCAL_BYTES)
    if len(header) < LOCAL_BYTES or not header.startswith(LOCAL):
        raise _damaged()
    name_bytes, extra_bytes = struct.unpack("<HH", header[26:30])
    encoding = "utf-8" if entry.flag_bits & IS_UTF8 else "cp437"
    if file.read(name_bytes) != entry.orig_filename.encode(encoding):
        raise _damaged()
    return entry.header_offset + LOCAL_BYTES + int(name_bytes) + int(extra_bytes)


def _unpack(file: BinaryIO, begin: int, entry: zipfile.ZipInfo) -> None:
    """Unpack to nowhere: a directory can claim a small size for what inflates without end."""
    if entry.compress_type == zipfile.ZIP_STORED:
        if entry.compress_size != entry.file_size:
            raise _damaged()
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise _damaged()
    file.seek(begin)
    left, unpacked, inflate = entry.compress_size, 0, zlib.decompressobj(-zlib.MAX_WBITS)
    while not inflate.eof:
        packed = inflate.unconsumed_tail or file.read(min(left, CHUNK))
        if not inflate.unconsumed_tail:
            left -= len(packed)
        piece = _inflate(inflate, packed)
        unpacked += len(piece)
        if unpacked > entry.file_size or not (packed or piece):
            raise _damaged()
    if unpacked != entry.file_size or left or inflate.unused_data:
        raise _damaged()


def _inflate(inflate: zlib._Decompress, packed: bytes) -> bytes:
    try:
        return inflate.decompress(packed, CHUNK)
    except zlib.error as error:
        raise _damaged() from error


def _kind(archive: zipfile.ZipFile) -> str:
    names = archive.namelist()
    if TYPES_NAME not in names or archive.getinfo(TYPES_NAME).file_size > MOST_TYPES_BYTES:
        return "zip"
    try:
        types = archive.read(TYPES_NAME)
    except zipfile.BadZipFile as error:
        raise _damaged() from error
    if b"macroenabled" in types.lower() or any(name.lower().endswith("vbaproject.bin") for name in names):
        return "a macro document"
    is_word = any(name.startswith("word/") for name in names)
    is_excel = any(name.startswith("xl/") for name in names)
    if is_word == is_excel:
        return "both docx and xlsx" if is_word else "zip"
    return "docx" if is_word else "xlsx"


def _damaged() -> TypeRefused:
    return TypeRefused("The document is damaged; it cannot be opened.")

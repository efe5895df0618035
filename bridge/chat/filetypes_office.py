"""
Office files of 1997 to 2003 (doc, xls): a file system in a file, the Compound File Binary format of [MS-CFB].
An installer, a mail, a presentation begin with the same bytes; the streams of its root tell them apart.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from bridge.errors import TypeRefused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER_BYTES = 512
ENTRY_BYTES = 128
LAST_SECTOR = 0xFFFFFFFA  # larger numbers are marks, such as "end of chain"
NO_ENTRY = 0xFFFFFFFF
MOST_DIRECTORY_SECTORS = 4_096
MOST_TABLE_SECTORS = 64

WORDS = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls", "EncryptedPackage": "an encrypted document"}


def ole_kind(file: BinaryIO) -> str:
    """
    Say what a compound file is: ``doc``, ``xls``, or words for something else.

    Raises:
        TypeRefused: Its tables cannot be followed.
    """
    try:
        found = {WORDS[name] for name in _root_names(file) if name in WORDS}
    except struct.error as error:  # a read past the end
        raise _damaged() from error
    return " and ".join(sorted(found)) or "another kind of Office file"


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    left: int
    right: int
    child: int


def _root_names(file: BinaryIO) -> set[str]:
    """The names directly below the root: what is embedded in a document lies deeper ([MS-CFB] 2.6.4)."""
    entries = _entries(file)
    names: set[str] = set()
    seen: set[int] = set()
    waiting = [entries[0].child] if entries else []
    while waiting:
        index = waiting.pop()
        if index == NO_ENTRY or index in seen:
            continue
        if index >= len(entries):
            raise _damaged()
        seen.add(index)
        names.add(entries[index].name)
        waiting += [entries[index].left, entries[index].right]
    return names


def _entries(file: BinaryIO) -> list[_Entry]:
    entries = []
    for sector in _directory(file):
        for at in range(0, len(sector), ENTRY_BYTES):
            name_bytes, left, right, child = struct.unpack_from("<64xH2x3L", sector, at)
            name = sector[at : at + min(max(name_bytes - 2, 0), 62)].decode("utf-16-le", "replace")
            entries.append(_Entry(name, left, right, child))
    return entries


def _directory(file: BinaryIO) -> list[bytes]:
    """Read the sectors of the directory, a chain through the sector table ([MS-CFB] 2.2 to 2.4)."""
    file.seek(0)
    header = file.read(HEADER_BYTES)
    byte_order, shift = struct.unpack_from("<28x2H", header)
    sector = struct.unpack_from("<48xL", header)[0]
    if byte_order != 0xFFFE or shift not in {9, 12}:
        raise _damaged()
    sector_bytes = 1 << shift
    table = _table_sectors(file, header, sector_bytes)
    found: list[bytes] = []
    while sector < LAST_SECTOR:
        index, place = divmod(sector, sector_bytes // 4)
        if len(found) >= MOST_DIRECTORY_SECTORS or index >= len(table):
            raise _damaged()
        found.append(_read_sector(file, sector, sector_bytes))
        sector = struct.unpack_from("<L", _read_sector(file, table[index], sector_bytes), place * 4)[0]
    return found


def _table_sectors(file: BinaryIO, header: bytes, sector_bytes: int) -> list[int]:
    """The places of the sector table: 109 in the header, more in a chain ([MS-CFB] 2.5)."""
    table = list(struct.unpack_from("<76x109L", header))
    sector = struct.unpack_from("<68xL", header)[0]
    for _ in range(MOST_TABLE_SECTORS):
        if sector >= LAST_SECTOR:
            break
        *more, sector = struct.unpack(f"<{sector_bytes // 4}L", _read_sector(file, sector, sector_bytes))
        table += more
    return [place for place in table if place < LAST_SECTOR]


def _read_sector(file: BinaryIO, sector: int, sector_bytes: int) -> bytes:
    file.seek((sector + 1) * sector_bytes)
    data = file.read(sector_bytes)
    if len(data) < sector_bytes:
        raise _damaged()
    return data


def _damaged() -> TypeRefused:
    return TypeRefused("The document is damaged; it cannot be opened.")

"""PNG, still and animated: chunks, each with a name, a length and a checksum. PNG, third edition."""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO

from bridge.chat.exif import MOST_BYTES, UPRIGHT, minimal_exif, read_orientation
from bridge.chat.metadata_copy import CHUNK, Source, damaged

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER_BYTES = 13
LARGEST = 2**31 - 1

# All that draws; text, time, Exif and what nobody has registered are left behind.
KEPT = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"bKGD", b"pHYs", b"sBIT"),
    *(b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"cLLI"),
    *(b"acTL", b"fcTL", b"fdAT"),
}
CRITICAL = 0x20  # not set in the first letter: nobody can draw the picture without knowing the chunk


def strip_png(source: Source, target: BinaryIO) -> int:
    orientation = _find_orientation(source)
    source.seek(0)
    _start(source, target)
    if orientation != UPRIGHT:
        _write_chunk(target, b"eXIf", minimal_exif(orientation))
    seen = set()
    while b"IEND" not in seen:
        name, size = _next_chunk(source)
        if name in KEPT:
            _copy_chunk(source, target, name, size)
        elif not name[0] & CRITICAL:
            raise damaged()
        else:
            source.seek(size + 4, 1)
        seen.add(name)
    if b"IDAT" not in seen:
        raise damaged()
    return orientation


def _start(source: Source, target: BinaryIO) -> None:
    if source.read_exactly(len(SIGNATURE)) != SIGNATURE:
        raise damaged()
    target.write(SIGNATURE)
    name, size = _next_chunk(source)
    if name != b"IHDR" or size != HEADER_BYTES:
        raise damaged()
    _copy_chunk(source, target, name, size)


def _find_orientation(source: Source) -> int:
    """Look through all chunks: Exif may follow the picture."""
    source.seek(len(SIGNATURE))
    while True:
        name, size = _next_chunk(source)
        if name == b"IEND":
            return UPRIGHT
        if name == b"eXIf":
            return read_orientation(source.read_exactly(min(size, MOST_BYTES)))
        source.seek(size + 4, 1)


def _next_chunk(source: Source) -> tuple[bytes, int]:
    size, name = struct.unpack(">L4s", source.read_exactly(8))
    if size > LARGEST or not name.isalpha():
        raise damaged()
    return name, size


def _copy_chunk(source: Source, target: BinaryIO, name: bytes, size: int) -> None:
    target.write(struct.pack(">L4s", size, name))
    checksum = zlib.crc32(name)
    while size:
        data = source.read_exactly(min(size, CHUNK))
        checksum = zlib.crc32(data, checksum)
        target.write(data)
        size -= len(data)
    stored = source.read_exactly(4)
    if int.from_bytes(stored, "big") != checksum:
        raise damaged()
    target.write(stored)


def _write_chunk(target: BinaryIO, name: bytes, data: bytes) -> None:
    target.write(struct.pack(">L4s", len(data), name) + data + struct.pack(">L", zlib.crc32(name + data)))

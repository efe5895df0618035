"""WebP, still and animated: RIFF chunks, in a frame chunks again. RFC 9649, section 2."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from bridge.chat.exif import MOST_BYTES, UPRIGHT, minimal_exif, read_orientation
from bridge.chat.metadata_copy import Source, damaged

FRAME_HEADER_BYTES = 16
FEATURES_BYTES = 10
HAS_EXIF, HAS_XMP = 0x08, 0x04
MOST_CHUNKS = 65_536

KEPT = {b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"}
KEPT_IN_FRAME = {b"ALPH", b"VP8 ", b"VP8L"}
PICTURES = {b"VP8 ", b"VP8L", b"ANMF"}


@dataclass(frozen=True, slots=True)
class _Chunk:
    name: bytes
    begin: int
    size: int

    @property
    def end(self) -> int:
        return self.begin + self.size


def strip_webp(source: Source, target: BinaryIO) -> int:
    """Copy the chunks that draw; sizes are written anew, so what follows the picture stays behind."""
    chunks = _list_chunks(source, 12, _file_end(source))
    names = [chunk.name for chunk in chunks]
    if not PICTURES & {*names} or names.count(b"VP8X") > 1:
        raise damaged()
    orientation = _orientation(source, chunks) if b"VP8X" in names else UPRIGHT
    exif = minimal_exif(orientation) if orientation != UPRIGHT else b""
    target.write(b"RIFF\0\0\0\0WEBP")
    for chunk in chunks:
        if chunk.name == b"VP8X":
            _write_features(source, target, chunk, HAS_EXIF if exif else 0)
        elif chunk.name == b"ANMF":
            _copy_frame(source, target, chunk)
        elif chunk.name in KEPT:
            _copy_chunk(source, target, chunk)
    if exif:
        target.write(struct.pack("<4sL", b"EXIF", len(exif)) + exif)
    size = target.tell()
    target.seek(4)
    target.write(struct.pack("<L", size - 8))
    target.seek(size)
    return orientation


def _file_end(source: Source) -> int:
    riff, size, webp = struct.unpack("<4sL4s", source.read_exactly(12))
    end = int(size) + 8
    if riff != b"RIFF" or webp != b"WEBP" or end > source.seek(0, 2):
        raise damaged()
    return end


def _list_chunks(source: Source, begin: int, end: int) -> list[_Chunk]:
    chunks: list[_Chunk] = []
    for chunk in _chunks(source, begin, end):
        if chunk.end > end or len(chunks) == MOST_CHUNKS:
            raise damaged()
        chunks.append(chunk)
    return chunks


def _chunks(source: Source, begin: int, end: int) -> Iterator[_Chunk]:
    while begin < end:
        source.seek(begin)
        name, size = struct.unpack("<4sL", source.read_exactly(8))
        yield _Chunk(name, begin + 8, size)
        begin += 8 + size + size % 2


def _orientation(source: Source, chunks: list[_Chunk]) -> int:
    exif = next((chunk for chunk in chunks if chunk.name == b"EXIF"), None)
    if exif is None:
        return UPRIGHT
    source.seek(exif.begin)
    return read_orientation(source.read_exactly(min(exif.size, MOST_BYTES)))


def _write_features(source: Source, target: BinaryIO, chunk: _Chunk, exif_flag: int) -> None:
    """Write VP8X: its flags must say whether Exif and XMP are there."""
    if chunk.size != FEATURES_BYTES:
        raise damaged()
    source.seek(chunk.begin)
    features = source.read_exactly(FEATURES_BYTES)
    flags = features[0] & ~(HAS_EXIF | HAS_XMP) | exif_flag
    target.write(struct.pack("<4sLB", b"VP8X", FEATURES_BYTES, flags) + features[1:])


def _copy_frame(source: Source, target: BinaryIO, frame: _Chunk) -> None:
    if frame.size < FRAME_HEADER_BYTES:
        raise damaged()
    inside = _list_chunks(source, frame.begin + FRAME_HEADER_BYTES, frame.end)
    kept = [chunk for chunk in inside if chunk.name in KEPT_IN_FRAME]
    size = FRAME_HEADER_BYTES + sum(8 + chunk.size + chunk.size % 2 for chunk in kept)
    target.write(struct.pack("<4sL", frame.name, size))
    source.seek(frame.begin)
    source.copy_exactly(target, FRAME_HEADER_BYTES)
    for chunk in kept:
        _copy_chunk(source, target, chunk)


def _copy_chunk(source: Source, target: BinaryIO, chunk: _Chunk) -> None:
    source.seek(chunk.begin)
    target.write(struct.pack("<4sL", chunk.name, chunk.size))
    source.copy_exactly(target, chunk.size)
    target.write(bytes(chunk.size % 2))

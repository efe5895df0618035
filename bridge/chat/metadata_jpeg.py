"""JPEG: segments, each with a marker, and the scans between them. ITU-T T.81, annex B; JFIF 1.02."""

from __future__ import annotations

import re
from typing import BinaryIO

from bridge.chat.exif import PREFIX, UPRIGHT, minimal_exif, read_orientation
from bridge.chat.metadata_copy import CHUNK, Source, damaged

START, END, SCAN = 0xD8, 0xD9, 0xDA
APP0, APP1, APP2, APP14, APP15, COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
WITHOUT_LENGTH = {0x00, 0x01, *range(0xD0, 0xD9)}
MOST_STRAY_BYTES = 4_096  # between two segments; decoders skip them

# In a scan FF 00 is a byte and FF D0 to FF D7 keep the decoder in step; everything else ends it.
SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def strip_jpeg(source: Source, target: BinaryIO) -> int:
    """Copy up to the end of the picture: what follows (a second picture, a film, an archive) stays behind."""
    orientation = _find_orientation(source)
    source.seek(0)
    _start(source)
    target.write(bytes((0xFF, START)))
    if orientation != UPRIGHT:
        _write_segment(target, APP1, PREFIX + minimal_exif(orientation))
    seen = set()
    while (marker := _next_marker(source)) != END:
        seen.add(marker)
        _copy_segment(source, target, marker)
        if marker == SCAN:
            _copy_scan(source, target)
    if SCAN not in seen or not seen & FRAMES:
        raise damaged()
    target.write(bytes((0xFF, END)))
    return orientation


def _find_orientation(source: Source) -> int:
    """Look through the segments before the first scan."""
    _start(source)
    while (marker := _next_marker(source)) not in {SCAN, END}:
        payload = source.read_exactly(_payload_bytes(source))
        if marker == APP1 and payload.startswith(PREFIX):
            return read_orientation(payload)
    return UPRIGHT


def _start(source: Source) -> None:
    if source.read_exactly(2) != bytes((0xFF, START)):
        raise damaged()


def _next_marker(source: Source) -> int:
    """Read up to the next marker that has a segment, or the end; fill bytes and stray bytes are skipped."""
    for _ in range(MOST_STRAY_BYTES):
        if source.read_exactly(1) != b"\xff":
            continue
        marker = 0xFF
        while marker == 0xFF:
            marker = source.read_exactly(1)[0]
        if marker not in WITHOUT_LENGTH:
            return marker
    raise damaged()


def _payload_bytes(source: Source) -> int:
    length = int.from_bytes(source.read_exactly(2), "big")
    if length < 2:
        raise damaged()
    return length - 2


def _copy_segment(source: Source, target: BinaryIO, marker: int) -> None:
    payload = source.read_exactly(_payload_bytes(source))
    kept = _kept(marker, payload)
    if kept is not None:
        _write_segment(target, marker, kept)


def _kept(marker: int, payload: bytes) -> bytes | None:
    """What is kept of a segment: all that draws; of applications' own, what changes colours and sizes."""
    if marker == APP0 and payload.startswith(b"JFIF\0") and len(payload) >= 14:
        return payload[:12] + bytes(2)  # without its thumbnail
    if marker == APP2 and payload.startswith(b"ICC_PROFILE\0"):
        return payload
    if marker == APP14 and payload.startswith(b"Adobe") and len(payload) >= 12:
        return payload[:12]
    return None if APP0 <= marker <= APP15 or marker == COMMENT else payload


def _write_segment(target: BinaryIO, marker: int, payload: bytes) -> None:
    target.write(bytes((0xFF, marker)) + (len(payload) + 2).to_bytes(2, "big") + payload)


def _copy_scan(source: Source, target: BinaryIO) -> None:
    """Copy compressed data and leave *source* before the marker that ends it."""
    held = b""  # FF at the end of a chunk: the next chunk tells what it is
    while chunk := source.read(CHUNK):
        data = held + chunk
        end = SCAN_END.search(data)
        if end:
            target.write(data[: end.start()])
            source.seek(end.start() - len(data), 1)
            return
        held = b"\xff" if data.endswith(b"\xff") else b""
        target.write(data[: len(data) - len(held)])
    raise damaged()

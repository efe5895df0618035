"""Voice messages: containers that could as well hold a film. The tracks tell; only sound is taken."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

FILM = "a film"
UNKNOWN = "of an unknown type"
MOST_STEPS = 256

OGG_BEGINS = 0x02
OGG_SOUND = (b"OpusHead", b"\x01vorbis", b"\x7fFLAC", b"Speex   ", b"fishead\0")

EBML_MAGIC = b"\x1a\x45\xdf\xa3"
EBML, DOC_TYPE, SEGMENT = 0x1A45DFA3, 0x4282, 0x18538067
TRACKS, TRACK, TRACK_TYPE, CLUSTER = 0x1654AE6B, 0xAE, 0x83, 0x1F43B675
MATROSKA_SOUND = b"\x02"


def ogg_kind(file: BinaryIO) -> str:
    """Look at the first packet of each stream: they come before all others (RFC 3533, section 4)."""
    file.seek(0)
    found = False
    for _ in range(MOST_STEPS):
        header = file.read(27)
        if len(header) < 27 or not header.startswith(b"OggS"):
            return UNKNOWN
        if not header[5] & OGG_BEGINS:
            return "ogg" if found else UNKNOWN
        packet = file.read(sum(file.read(header[26])))
        if not packet.startswith(OGG_SOUND):
            return FILM
        found = found or not packet.startswith(b"fishead")
    return UNKNOWN


def webm_kind(file: BinaryIO) -> str:
    """Look at the tracks: they come before the first cluster (RFC 9559, section 5; EBML is RFC 8794)."""
    size = file.seek(0, 2)
    top = dict(_elements(file, 0, size))
    if EBML not in top or SEGMENT not in top:
        return UNKNOWN
    doc_type = _read(file, dict(_elements(file, *top[EBML])).get(DOC_TYPE, (0, 0))).rstrip(b"\0")
    if doc_type != b"webm":
        return "mkv" if doc_type == b"matroska" else UNKNOWN
    for element, extent in _elements(file, *top[SEGMENT]):
        if element == TRACKS:
            return _kind_of_tracks(file, extent)
        if element == CLUSTER:
            break
    return UNKNOWN


def _kind_of_tracks(file: BinaryIO, tracks: tuple[int, int]) -> str:
    types = []
    for element, extent in _elements(file, *tracks):
        if element == TRACK:
            track_type = dict(_elements(file, *extent)).get(TRACK_TYPE, (0, 0))
            types.append(_read(file, track_type).lstrip(b"\0"))
    if not types:
        return UNKNOWN
    return "webm" if all(track_type == MATROSKA_SOUND for track_type in types) else FILM


def _read(file: BinaryIO, extent: tuple[int, int]) -> bytes:
    file.seek(extent[0])
    return file.read(min(extent[1] - extent[0], 64))


def _elements(file: BinaryIO, begin: int, end: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """Give the id and the extent of each EBML element; one of unknown length reaches to the end."""
    for _ in range(MOST_STEPS):
        if begin >= end:
            return
        file.seek(begin)
        element, id_bytes = _number(file.read(8), keep_mark=True)
        file.seek(begin + id_bytes)
        length, length_bytes = _number(file.read(8), keep_mark=False)
        if not id_bytes or not length_bytes:
            return
        begin += id_bytes + length_bytes
        is_unknown = length == (1 << 7 * length_bytes) - 1
        after = end if is_unknown else min(begin + length, end)
        yield element, (begin, after)
        begin = after


def _number(data: bytes, *, keep_mark: bool) -> tuple[int, int]:
    """Read a number of variable size; its value and its bytes, 0 when there is none (RFC 8794, section 4)."""
    if not data or not data[0]:
        return 0, 0
    length = 9 - data[0].bit_length()
    if len(data) < length:
        return 0, 0
    value = int.from_bytes(data[:length], "big")
    return (value if keep_mark else value ^ 1 << 7 * length), length


def mp4_kind(file: BinaryIO) -> str:
    """Look at the handler of each track (ISO/IEC 14496-12, 8.4.3); chapters are tracks of text."""
    size = file.seek(0, 2)
    handlers = []
    for track in _boxes(file, b"moov/trak", 0, size):
        for begin, end in _boxes(file, b"mdia/hdlr", *track):
            file.seek(begin)
            handlers.append(file.read(min(end - begin, 12))[8:12])
    if b"soun" not in handlers:
        return FILM if b"vide" in handlers else UNKNOWN
    return "mp4" if set(handlers) <= {b"soun", b"text", b"sbtl", b"meta"} else FILM


def _boxes(file: BinaryIO, path: bytes, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the extents of the boxes at *path*, their names from outside in, between *begin* and *end*."""
    name, _, rest = path.partition(b"/")
    for _ in range(MOST_STEPS):
        file.seek(begin)
        header = file.read(16)
        if begin >= end or len(header) < 8:
            return
        length, kind = struct.unpack(">L4s", header[:8])
        inside = begin + 8
        if length == 1 and len(header) == 16:
            length, inside = struct.unpack(">Q", header[8:])[0], begin + 16
        after = end if length == 0 else begin + length
        if after < inside or after > end:
            return
        if kind == name:
            yield from _boxes(file, rest, inside, after) if rest else ((inside, after),)
        begin = after

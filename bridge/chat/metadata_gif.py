"""GIF, still and animated: blocks up to a trailer. GIF89a specification; Netscape's block for the loops."""

from __future__ import annotations

from typing import BinaryIO

from bridge.chat.exif import UPRIGHT
from bridge.chat.metadata_copy import Source, damaged

IMAGE, EXTENSION, TRAILER = 0x2C, 0x21, 0x3B
CONTROL, APPLICATION = 0xF9, 0xFF
HAS_COLORS = 0x80
LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
COLOR_PROFILE = b"ICCRGBG1012"


def strip_gif(source: Source, target: BinaryIO) -> int:
    """Keep pictures, their delays, loops and the colour profile; comments and all other blocks go."""
    _copy_screen(source, target)
    control = b""  # belongs to the next picture, wherever a comment stands between them
    has_picture = False
    while (kind := source.read_exactly(1)[0]) != TRAILER:
        if kind == IMAGE:
            target.write(control)
            _copy_image(source, target)
            control, has_picture = b"", True
        elif kind == EXTENSION:
            control = _extension(source, target, control)
        else:
            raise damaged()
    if not has_picture:
        raise damaged()
    target.write(bytes((TRAILER,)))
    return UPRIGHT


def _copy_screen(source: Source, target: BinaryIO) -> None:
    screen = source.read_exactly(13)
    if screen[:6] not in {b"GIF87a", b"GIF89a"}:
        raise damaged()
    target.write(screen)
    source.copy_exactly(target, _color_bytes(screen[10]))


def _color_bytes(flags: int) -> int:
    return 3 << (flags & 0x07) + 1 if flags & HAS_COLORS else 0


def _copy_image(source: Source, target: BinaryIO) -> None:
    descriptor = source.read_exactly(9)
    target.write(bytes((IMAGE,)) + descriptor)
    source.copy_exactly(target, _color_bytes(descriptor[8]) + 1)  # and the size of a code
    _copy_blocks(source, target)


def _extension(source: Source, target: BinaryIO, control: bytes) -> bytes:
    """Copy or skip one extension; the control block that the next picture shall have."""
    label = source.read_exactly(1)[0]
    if label == CONTROL:
        block = source.read_exactly(6)
        if block[0] != 4 or block[5] != 0:
            raise damaged()
        return bytes((EXTENSION, CONTROL)) + block
    if label == APPLICATION:
        _application(source, target)
        return control
    _skip_blocks(source)
    return control if label == 0xFE else b""  # a text that draws takes its control block with it


def _application(source: Source, target: BinaryIO) -> None:
    name = source.read_exactly(source.read_exactly(1)[0])
    header = bytes((EXTENSION, APPLICATION, len(name))) + name
    if name in LOOPS:
        size = source.read_exactly(1)[0]
        block = source.read_exactly(size)
        if size == 3 and block[0] == 1:
            target.write(header + b"\x03" + block + b"\0")
        if size:
            _skip_blocks(source)
    elif name == COLOR_PROFILE:
        target.write(header)
        _copy_blocks(source, target)
    else:
        _skip_blocks(source)


def _copy_blocks(source: Source, target: BinaryIO) -> None:
    while size := source.read_exactly(1)[0]:
        target.write(bytes((size,)) + source.read_exactly(size))
    target.write(b"\0")


def _skip_blocks(source: Source) -> None:
    while size := source.read_exactly(1)[0]:
        source.read_exactly(size)

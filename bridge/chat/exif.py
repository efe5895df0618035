"""
Exif, as far as it is kept: which way up a picture is. Exif 2.32, 4.5 and 4.6.

A telephone stores its pictures as the sensor lies and says in one tag how to turn them. Everything else in
there (place, time, device, a small copy of the picture before it was cropped) is nobody's business.
"""

from __future__ import annotations

import struct

UPRIGHT = 1
TURNED = (5, 6, 7, 8)  # a quarter: width and height change places
MOST_BYTES = 65_536  # a JPEG segment holds no more, and other writers copy from there

ORIENTATION = 0x0112
SHORT = 3
PREFIX = b"Exif\0\0"  # in JPEG always, elsewhere by mistake


def read_orientation(exif: bytes) -> int:
    """The orientation, 1 to 8; 1 when there is none or *exif* cannot be read: no viewer turns it then."""
    tiff = exif.removeprefix(PREFIX)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        (directory,) = struct.unpack_from(f"{order}L", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, directory)
        for index in range(count):
            tag, kind, _, value = struct.unpack_from(f"{order}2HLH", tiff, directory + 2 + 12 * index)
            if (tag, kind) == (ORIENTATION, SHORT):
                return int(value) if 1 <= value <= 8 else UPRIGHT
    except struct.error:  # an offset past the end
        return UPRIGHT
    return UPRIGHT


def minimal_exif(orientation: int) -> bytes:
    """Make Exif of 26 bytes that holds the orientation alone, without the prefix of JPEG."""
    entry = struct.pack("<2HLHxx", ORIENTATION, SHORT, 1, orientation)
    return b"II*\0" + struct.pack("<LH", 8, 1) + entry + bytes(4)

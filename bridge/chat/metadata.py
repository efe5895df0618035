"""
Remove from a picture what it tells about its maker: Exif, GPS, XMP, IPTC, comments, previews.

The parts that draw the picture are copied byte by byte, so that nothing is lost and no pixel is decoded; a
list says which parts those are, and all others go. The colour profile stays, and so does the orientation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from bridge.chat.metadata_copy import Source
from bridge.chat.metadata_gif import strip_gif
from bridge.chat.metadata_jpeg import strip_jpeg
from bridge.chat.metadata_png import strip_png
from bridge.chat.metadata_webp import strip_webp

_STRIPPERS: dict[str, Callable[[Source, BinaryIO], int]] = {
    "jpg": strip_jpeg,
    "png": strip_png,
    "gif": strip_gif,
    "webp": strip_webp,
}


def strip_metadata(source: BinaryIO, target: BinaryIO, word: str) -> int:
    """
    Copy the picture *source* to *target* without metadata; 64 KiB are in memory at a time.

    *word* is ``jpg``, ``png``, ``gif`` or ``webp``, see ``filetypes``; *target* can seek.

    Returns:
        The orientation that was kept, 1 to 8 as in Exif.

    Raises:
        TypeRefused: The file is malformed, or it ends too early.
    """
    source.seek(0)
    return _STRIPPERS[word](Source(source), target)

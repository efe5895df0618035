"""How large a package may be. A school of 100,000 people stays far below."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """
    Bytes where the name says so.

    Attributes:
        unpacked_bytes: Of all files together; nothing is unpacked before the zip's own list is below it.
        ratio: Unpacked to packed, of one file; text of a school packs to a tenth, a bomb to a thousandth.
        ratio_from_bytes: Smaller files may have any ratio: they do no harm.
        directory_bytes: The zip's list of its files.
        faults: How many faults are kept and shown.
    """

    members: int = 64
    archive_bytes: int = 128 << 20
    unpacked_bytes: int = 512 << 20
    ratio: int = 200
    ratio_from_bytes: int = 4 << 20
    directory_bytes: int = 256 << 10
    line_bytes: int = 256 << 10
    faults: int = 200

"""Which part of a file a browser asks for: RFC 9110, section 14. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII | re.IGNORECASE)


class RangeNotSatisfiable(Exception):
    """Every byte that was asked for lies behind the end."""


def find_range(headers: Mapping[str, str], size: int, etag: str) -> range | None:
    """
    Give the bytes of a file of *size* that ``Range`` asks for; None: all of it.

    Several ranges at once, another unit and what cannot be read count as no range, as the RFC allows; so does
    an ``If-Range`` for another file.

    Raises:
        RangeNotSatisfiable: For 416.
    """
    match = _ONE_RANGE.fullmatch(headers.get("Range", ""))
    if match is None or headers.get("If-Range", etag) != etag:
        return None
    first, last = match.groups()
    if not first:
        return _last_bytes(last, size)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise RangeNotSatisfiable
    return range(int(first), min(int(last) + 1, size) if last else size)


def _last_bytes(count: str, size: int) -> range | None:
    if not count:
        return None
    if int(count) == 0 or size == 0:
        raise RangeNotSatisfiable
    return range(max(0, size - int(count)), size)

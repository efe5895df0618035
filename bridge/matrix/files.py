"""A file in a message: ``m.image``, ``m.file``, ``m.audio`` and their ``info``. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bridge.matrix.media import is_mxc
from bridge.matrix.text import sanitize_text

MAX_NAME = 255
MAX_MXC = 255
MAX_INT32 = 2**31 - 1
MAX_INT53 = 2**53 - 1
WAVEFORM_POINTS = 256
WAVEFORM_MAX = 1024

_MIME_TYPE = re.compile(r"[\w.+-]{1,63}/[\w.+-]{1,63}", re.ASCII)


class MessageType(StrEnum):
    """The web API's ``message_type``. SYSTEM is never read from Matrix: only the bridge writes those."""

    TEXT = "TEXT"
    IMAGE = "IMAGE"
    FILE = "FILE"
    VOICE = "VOICE"
    SYSTEM = "SYSTEM"


_MSGTYPES = {MessageType.IMAGE: "m.image", MessageType.FILE: "m.file", MessageType.VOICE: "m.audio"}


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """
    A file, as a message tells of it; nothing of this is proven by the bytes.

    Attributes:
        size: Bytes.
        waveform: Loudness over time, up to 256 values from 0 to 1024.
    """

    mxc: str
    name: str
    mime_type: str
    size: int | None = None
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    waveform: list[int] | None = None
    thumbnail_mxc: str | None = None


def file_content(kind: MessageType, file: ParsedFile) -> dict[str, Any]:
    """The content for a file without caption."""
    info = {
        "mimetype": file.mime_type,
        "size": file.size,
        "w": file.width,
        "h": file.height,
        "duration": file.duration_ms,
        "thumbnail_url": file.thumbnail_mxc,
    }
    content: dict[str, Any] = {
        "msgtype": _MSGTYPES[kind],
        "body": file.name,
        "filename": file.name,
        "url": file.mxc,
        "info": {key: value for key, value in info.items() if value is not None},
    }
    if kind == MessageType.VOICE:
        # MSC3245 and MSC1767: with these two, clients show a voice message and not a piece of music.
        audio = {"duration": file.duration_ms or 0, "waveform": file.waveform or []}
        content |= {"org.matrix.msc3245.voice": {}, "org.matrix.msc1767.audio": audio}
    return content


def parse_file(content: Mapping[str, Any]) -> ParsedFile | None:
    """The file of a message; None without an address that the bridge could fetch (encrypted, or nonsense)."""
    mxc = _mxc(content.get("url"))
    if mxc is None:
        return None
    info, audio = mapping(content.get("info")), mapping(content.get("org.matrix.msc1767.audio"))
    mime_type = info.get("mimetype")
    is_mime_type = isinstance(mime_type, str) and _MIME_TYPE.fullmatch(mime_type)
    return ParsedFile(
        mxc=mxc,
        name=_name(content.get("filename") or content.get("body")),
        mime_type=str(mime_type) if is_mime_type else "application/octet-stream",
        size=_number(info.get("size"), MAX_INT53),
        width=_number(info.get("w"), MAX_INT32),
        height=_number(info.get("h"), MAX_INT32),
        duration_ms=_number(info.get("duration") or audio.get("duration"), MAX_INT32),
        waveform=_waveform(audio.get("waveform")),
        thumbnail_mxc=_mxc(info.get("thumbnail_url")),
    )


def mapping(value: Any) -> Mapping[str, Any]:
    """*value* when it is a JSON object, else an empty one: what a stranger wrote may be anything."""
    return value if isinstance(value, dict) else {}


def _mxc(value: Any) -> str | None:
    return value if isinstance(value, str) and len(value) <= MAX_MXC and is_mxc(value) else None


def _name(value: Any) -> str:
    """The last part of a path, without what could make it one."""
    if not isinstance(value, str):
        return "file"
    last = re.split(r"[/\\]", sanitize_text(value))[-1]
    return " ".join(last.split()).strip(". ")[:MAX_NAME] or "file"


def _number(value: Any, largest: int) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= largest
    return value if is_number else None


def _waveform(value: Any) -> list[int] | None:
    if not isinstance(value, list) or not value:
        return None
    points = [_number(point, MAX_INT53) for point in value[:WAVEFORM_POINTS]]
    return [min(point or 0, WAVEFORM_MAX) for point in points]

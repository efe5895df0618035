"""
Which events people may send into a school's rooms, and what may be in them. Pure.

A list of what is allowed, not of what is forbidden: an event of an unknown type is a way to pass notes that nobody
else sees. Client-Server API, "Instant Messaging", "Stickers", "Polls" (MSC3381).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.permissions.policy import Reason
from bridge.permissions.snapshot import FileRules

POLLS = frozenset(
    f"{prefix}.{part}" for prefix in ("m.poll", "org.matrix.msc3381.poll") for part in ("start", "response", "end")
)
EVENT_TYPES = frozenset({"m.room.message", "m.sticker", "m.reaction", *POLLS})
TEXT_TYPES = frozenset({"m.text", "m.emote", "m.notice", "m.location"})
# msgtype to the kind of file whose size counts; video is as large as a document may be.
FILE_TYPES = {"m.image": "image", "m.file": "document", "m.audio": "voice", "m.video": "document"}

# By msgtype: what the event may say that its file is. The file itself is looked at when it is shown.
MEDIA_TYPES = {
    "m.image": frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"}),
    "m.audio": frozenset({"audio/ogg", "audio/webm", "audio/mp4", "audio/mpeg", "audio/aac", "audio/x-m4a"}),
    "m.video": frozenset({"video/mp4", "video/webm", "video/ogg", "video/quicktime"}),
}
EXTENSIONS = frozenset(
    {"jpg", "jpeg", "png", "gif", "webp", "pdf", "doc", "docx", "xls", "xlsx", "txt"}
    | {"ogg", "oga", "opus", "webm", "weba", "mp4", "m4a", "mp3", "aac", "mov", "ogv"}
)


def refuse_content(files: FileRules, event_type: str, content: Mapping[str, Any]) -> Reason | None:
    """May an event of this type with this content be sent at all?"""
    if event_type == "m.room.encrypted":
        return Reason.NO_ENCRYPTION
    if event_type not in EVENT_TYPES:
        return Reason.NOT_OFFERED
    if event_type == "m.room.message":
        edited = content.get("m.new_content")
        reason = _refuse_message(files, content)
        return reason or (_refuse_message(files, edited) if isinstance(edited, Mapping) else None)
    return None


def _refuse_message(files: FileRules, content: Mapping[str, Any]) -> Reason | None:
    msgtype = content.get("msgtype")
    if not isinstance(msgtype, str):
        return Reason.NOT_OFFERED
    if msgtype in TEXT_TYPES:
        return None
    kind = FILE_TYPES.get(msgtype)
    if kind is None:
        return Reason.NOT_OFFERED
    if "file" in content:  # an encrypted attachment: nobody could look at it
        return Reason.NO_ENCRYPTION
    return _refuse_file(files, msgtype, kind, content)


def _refuse_file(files: FileRules, msgtype: str, kind: str, content: Mapping[str, Any]) -> Reason | None:
    info = content.get("info")
    info = info if isinstance(info, Mapping) else {}
    mime_type, size = info.get("mimetype"), info.get("size")
    if isinstance(mime_type, str) and msgtype in MEDIA_TYPES:
        plain = mime_type.split(";")[0].strip().lower()
        if plain not in MEDIA_TYPES[msgtype]:
            return Reason.FILE_TYPE
    name = content.get("filename", content.get("body"))
    if msgtype == "m.file" and (not isinstance(name, str) or _extension(name) not in EXTENSIONS):
        return Reason.FILE_TYPE
    is_larger = isinstance(size, int) and size > files.bytes_of.get(kind, 0)
    return Reason.FILE_SIZE if is_larger else None


def _extension(name: str) -> str:
    return name.rpartition(".")[2].strip().lower() if "." in name else ""

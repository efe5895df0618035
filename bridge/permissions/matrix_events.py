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
# The longest key of a reaction: the web shows no longer one, and an emoji never is.
LONGEST_KEY = 64
# msgtype to the kind of file whose size counts; video is as large as a document may be.
FILE_TYPES = {"m.image": "image", "m.file": "document", "m.audio": "voice", "m.video": "document"}

# By msgtype: what the event may say that its file is. The file itself is looked at when it is shown.
_IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_SOUNDS = frozenset({"audio/ogg", "audio/webm", "audio/mp4", "audio/mpeg", "audio/aac", "audio/x-m4a"})
_FILMS = frozenset({"video/mp4", "video/webm", "video/ogg", "video/quicktime"})
_OOXML = "application/vnd.openxmlformats-officedocument"
_DOCUMENTS = frozenset(
    {"application/pdf", "application/msword", "application/vnd.ms-excel", "text/plain", "application/ogg"}
    | {f"{_OOXML}.wordprocessingml.document", f"{_OOXML}.spreadsheetml.sheet"}
    | {"", "application/octet-stream", "binary/octet-stream"}  # a browser that does not know the extension
)
MEDIA_TYPES = {
    "m.image": _IMAGES,
    "m.audio": _SOUNDS,
    "m.video": _FILMS,
    "m.file": _DOCUMENTS | _IMAGES | _SOUNDS | _FILMS,
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
    if event_type == "m.reaction":
        return _refuse_reaction(content)
    if event_type not in ("m.room.message", "m.sticker"):
        return None
    # A sticker is a picture without a msgtype.
    as_message = {"msgtype": "m.image"} if event_type == "m.sticker" else {}
    edited = content.get("m.new_content")
    reason = _refuse_message(files, {**content, **as_message})
    return reason or (_refuse_message(files, {**edited, **as_message}) if isinstance(edited, Mapping) else None)


def _refuse_reaction(content: Mapping[str, Any]) -> Reason | None:
    """A key as long as a letter is a letter, which the web does not show: Client-Server API, "Reactions"."""
    relation = content.get("m.relates_to")
    key = relation.get("key") if isinstance(relation, Mapping) else None
    return None if isinstance(key, str) and 0 < len(key.strip()) <= LONGEST_KEY else Reason.NOT_OFFERED


def _refuse_message(files: FileRules, content: Mapping[str, Any]) -> Reason | None:
    msgtype = content.get("msgtype")
    if not isinstance(msgtype, str):
        return Reason.NOT_OFFERED
    if msgtype in TEXT_TYPES:
        return None
    kind = FILE_TYPES.get(msgtype)
    if kind is None:
        return Reason.NOT_OFFERED
    info = content.get("info")
    info = info if isinstance(info, Mapping) else {}
    if "file" in content or "thumbnail_file" in info:  # an encrypted attachment: nobody could look at it
        return Reason.NO_ENCRYPTION
    if not (_is_ours(content.get("url")) and _is_ours(info.get("thumbnail_url"))):
        return Reason.NOT_OFFERED
    return _refuse_file(files, msgtype, kind, content, info)


def _is_ours(url: object) -> bool:
    """Nothing, or a file on a homeserver: an address elsewhere would tell a stranger who looks at it, and when."""
    return url is None or (isinstance(url, str) and url.startswith("mxc://"))


def _refuse_file(
    files: FileRules, msgtype: str, kind: str, content: Mapping[str, Any], info: Mapping[str, Any]
) -> Reason | None:
    mime_type, size = info.get("mimetype"), info.get("size")
    if isinstance(mime_type, str) and mime_type.split(";")[0].strip().lower() not in MEDIA_TYPES[msgtype]:
        return Reason.FILE_TYPE
    # Who saves a file gets it under this name. What a picture's body says may be a description.
    name = content.get("filename", content.get("body") if msgtype == "m.file" else None)
    is_named = msgtype == "m.file" or name is not None
    if is_named and (not isinstance(name, str) or _extension(name) not in EXTENSIONS):
        return Reason.FILE_TYPE
    is_larger = isinstance(size, int) and size > files.bytes_of.get(kind, 0)
    return Reason.FILE_SIZE if is_larger else None


def _extension(name: str) -> str:
    return name.rpartition(".")[2].strip().lower() if "." in name else ""

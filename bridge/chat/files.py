"""
The rows of ``files``: who uploaded what, where the homeserver keeps it, with which message it went.

A file's bytes are in the homeserver's media repository; a row knows its Matrix address and what was found out
when it came in. A file can be sent once, by its uploader.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from bridge.chat.file_names import clean_name
from bridge.chat.tables import files, messages
from bridge.db.engine import Conn
from bridge.db.lists import one_of
from bridge.errors import Invalid, NotFound
from bridge.matrix.content import MessageType, ParsedFile

FileAddress = Callable[[str, str, int | None], str]
"""Gives the signed address of a file: its id, its name, and the width of a thumbnail or None for the file."""

THUMBNAIL_WIDTH = 320
_KINDS = {"image": "IMAGE", "audio": "VOICE"}

NO_SUCH_FILE = "There is no such file among your uploads."
SENT_ALREADY = "This file was sent already; upload it again to send it again."


@dataclass(frozen=True, slots=True)
class NewFile:
    """
    What an upload has shown. ``kind``: IMAGE, FILE or VOICE, the type of the message that carries it.

    ``size`` is in bytes; ``waveform``: loudness from 0 to 1024 at equal distances, for VOICE.
    """

    uploader_id: int | None
    mxc: str
    kind: str
    name: str
    size: int | None
    mime_type: str
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    waveform: list[int] | None = None
    thumbnail_mxc: str | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class FileRow(NewFile):
    """A row. ``message_id`` is None until the file was sent; ``uploader_id`` is None for one from Matrix."""

    id: str = ""
    created_ms: int = 0


async def save_file(conn: Conn, new: NewFile, *, now_ms: int) -> FileRow:
    """Store a file that the homeserver has, under a new id that nobody can guess."""
    values = {name: getattr(new, name) for name in NewFile.__dataclass_fields__}
    row = FileRow(**values, id=secrets.token_hex(16), created_ms=now_ms)
    await conn.execute(insert(files).values(**values, id=row.id, created_ms=now_ms))
    return row


async def save_matrix_file(
    conn: Conn, parsed: ParsedFile, *, now_ms: int, kind: str | None = None, message_id: int | None = None
) -> str:
    """
    Store a file that another Matrix client sent, and return its id; its bytes were never checked.

    *kind* is the type of its message; by default what its MIME type says.
    """
    mime_type = parsed.mime_type.lower()
    new = NewFile(
        uploader_id=None,
        message_id=message_id,
        mxc=parsed.mxc,
        kind=kind or _KINDS.get(mime_type.partition("/")[0], "FILE"),
        name=clean_name(parsed.name),
        size=parsed.size,
        mime_type=mime_type,
        width=parsed.width,
        height=parsed.height,
        duration_ms=parsed.duration_ms,
        waveform=parsed.waveform,
        thumbnail_mxc=parsed.thumbnail_mxc,
    )
    return (await save_file(conn, new, now_ms=now_ms)).id


def as_matrix_file(row: FileRow) -> tuple[MessageType, ParsedFile]:
    """What ``matrix.content.file_message`` takes."""
    file = ParsedFile(
        mxc=row.mxc,
        name=row.name,
        mime_type=row.mime_type,
        size=row.size,
        width=row.width,
        height=row.height,
        duration_ms=row.duration_ms,
        waveform=row.waveform,
        thumbnail_mxc=row.thumbnail_mxc,
    )
    return MessageType(row.kind), file


async def attach_file(conn: Conn, file_id: str, message_id: int) -> None:
    """Bind a file from Matrix to its message, whose deletion ends its address."""
    await conn.execute(update(files).where(files.c.id == file_id).values(message_id=message_id))


async def find_file(conn: Conn, file_id: str) -> FileRow | None:
    row = (await conn.execute(select(files).where(files.c.id == file_id))).one_or_none()
    return _file_row(row) if row else None


async def get_file(conn: Conn, file_id: str) -> FileRow:
    """
    Raises:
        NotFound: There is none, or the message that it went with was deleted.
    """
    kept = or_(files.c.message_id.is_(None), messages.c.deleted_ms.is_(None))
    statement = (
        select(files).outerjoin(messages, messages.c.id == files.c.message_id).where(files.c.id == file_id, kept)
    )
    row = (await conn.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return _file_row(row)


async def claim_file(conn: Conn, file_id: str, uploader_id: int, message_id: int) -> FileRow:
    """
    Bind a file to the message that carries it; of two attempts at the same time one wins.

    Raises:
        Invalid: It is not among the uploads of *uploader_id*, or it was sent already.
    """
    mine = (files.c.id == file_id, files.c.uploader_id == uploader_id)
    statement = (
        update(files).where(*mine, files.c.message_id.is_(None)).values(message_id=message_id).returning(*files.c)
    )
    row = (await conn.execute(statement)).one_or_none()
    if row is not None:
        return _file_row(row)
    is_mine = (await conn.execute(select(files.c.id).where(*mine))).one_or_none() is not None
    raise Invalid({"file_id": [SENT_ALREADY if is_mine else NO_SUCH_FILE]})


async def list_files(conn: Conn, ids: Sequence[str]) -> dict[str, FileRow]:
    """The files of a page of messages, by id; one query, none for an empty page."""
    if not ids:
        return {}
    rows = await conn.execute(select(files).where(one_of(conn, files.c.id, ids)))
    return {row.id: _file_row(row) for row in rows}


def file_shape(row: FileRow, address: FileAddress) -> dict[str, Any]:
    """Build a File."""
    is_image = row.kind == "IMAGE"
    return {
        "file_id": row.id,
        "file_url": address(row.id, row.name, None),
        "file_name": row.name,
        "file_size": row.size,
        "mime_type": row.mime_type,
        "thumbnail_url": address(row.id, row.name, THUMBNAIL_WIDTH) if is_image else None,
        "width": row.width,
        "height": row.height,
        "duration_ms": row.duration_ms,
        "waveform": row.waveform,
    }


def _file_row(row: Row[Any]) -> FileRow:
    return FileRow(**row._mapping)  # noqa: SLF001 - the public way to a row's keys

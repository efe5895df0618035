"""The rows of files: sent once, by the uploader; what Matrix claims is kept in bounds; a deleted one is gone."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert

from bridge.chat import files
from bridge.chat.files import FileRow, NewFile
from bridge.chat.tables import conversations, messages
from bridge.db.engine import Conn, Database
from bridge.errors import Invalid, NotFound
from bridge.matrix.content import MessageType, ParsedFile

PHOTO = NewFile(
    uploader_id=7,
    mxc="mxc://school.test/abc",
    kind="IMAGE",
    name="Фото.jpg",
    size=12_345,
    mime_type="image/jpeg",
    width=40,
    height=30,
)
VOICE = replace(
    PHOTO, kind="VOICE", name="voice.ogg", mime_type="audio/ogg", width=None, height=None, duration_ms=900,
    waveform=[0, 512, 1024],
)  # fmt: skip


async def save(database: Database, new: NewFile = PHOTO) -> FileRow:
    async with database.writing() as conn:
        return await files.save_file(conn, new, now_ms=1_000)


async def claim(database: Database, file_id: str, uploader_id: int, message_id: int) -> FileRow:
    async with database.writing() as conn:
        return await files.claim_file(conn, file_id, uploader_id, message_id)


async def add_message(conn: Conn, message_id: int, **values: Any) -> None:
    if message_id == 1:
        chat = {
            "id": 1,
            "is_direct": False,
            "alias": "school_c_x",
            "created_ms": 1,
            "updated_ms": 1,
            "rev": 1,
        }
        await conn.execute(insert(conversations).values(chat))
    row = {
        "id": message_id,
        "number": message_id,
        "conversation_id": 1,
        "type": "IMAGE",
        "created_ms": 1,
        "status": "sent",
        "rev": 1,
    }
    await conn.execute(insert(messages).values({**row, "origin": "web", **values}))


@pytest.mark.parametrize("new", [PHOTO, VOICE], ids=["photo", "voice"])
async def test_what_is_saved_is_found(database: Database, new: NewFile):
    row = await save(database, new)
    async with database.reading() as conn:
        found = await files.find_file(conn, row.id)
        assert await files.find_file(conn, "0" * 32) is None
        assert await files.list_files(conn, [row.id, "0" * 32]) == {row.id: row}
        assert await files.list_files(conn, []) == {}
    assert found == row
    assert (row.created_ms, row.message_id) == (1_000, None)
    assert re.fullmatch(r"[0-9a-f]{32}", row.id)


async def test_a_file_is_sent_once(database: Database):
    row = await save(database)
    claimed = await claim(database, row.id, 7, 55)
    assert claimed == replace(row, message_id=55)

    with pytest.raises(Invalid) as refusal:
        await claim(database, row.id, 7, 56)
    assert refusal.value.fields == {"file_id": [files.SENT_ALREADY]}


async def test_a_file_is_sent_by_its_uploader_alone(database: Database):
    """Somebody else's file and no file look the same."""
    row = await save(database)
    for file_id in (row.id, "0" * 32):
        with pytest.raises(Invalid) as refusal:
            await claim(database, file_id, 8, 55)
        assert refusal.value.fields == {"file_id": [files.NO_SUCH_FILE]}
    assert (await claim(database, row.id, 7, 55)).message_id == 55


async def test_of_two_claims_at_the_same_time_one_wins(database: Database):
    row = await save(database)
    outcomes = await asyncio.gather(
        *(claim(database, row.id, 7, message_id) for message_id in range(1, 5)), return_exceptions=True
    )
    assert sum(isinstance(outcome, FileRow) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Invalid) for outcome in outcomes) == 3


async def test_a_file_is_there_until_its_message_is_deleted(database: Database):
    row = await save(database)
    async with database.writing() as conn:
        assert (await files.get_file(conn, row.id)).id == row.id
        await add_message(conn, 1, file_id=row.id)
        await add_message(conn, 2, deleted_ms=5)
        await files.claim_file(conn, row.id, 7, 1)
        assert (await files.get_file(conn, row.id)).id == row.id
        await files.attach_file(conn, row.id, 2)
        with pytest.raises(NotFound):
            await files.get_file(conn, row.id)
        with pytest.raises(NotFound):
            await files.get_file(conn, "0" * 32)


async def test_a_file_from_matrix_belongs_to_nobody(database: Database):
    parsed = ParsedFile(
        "mxc://school.test/x", "../../\u202egpj.exe", "Image/PNG", 10, 2**31 - 1, 1, thumbnail_mxc="mxc://a/b"
    )
    async with database.writing() as conn:
        file_id = await files.save_matrix_file(conn, parsed, now_ms=9)
        row = await files.get_file(conn, file_id)
        with pytest.raises(Invalid):
            await files.claim_file(conn, file_id, 7, 1)
    assert (row.uploader_id, row.name, row.mime_type, row.kind) == (None, "gpj.exe", "image/png", "IMAGE")
    assert (row.size, row.width, row.height, row.thumbnail_mxc, row.created_ms) == (
        10,
        2**31 - 1,
        1,
        "mxc://a/b",
        9,
    )


@pytest.mark.parametrize(
    ("mime_type", "kind", "expected"),
    [
        ("image/png", None, "IMAGE"),
        ("audio/mpeg", None, "VOICE"),
        ("video/mp4", None, "FILE"),
        ("text/html", None, "FILE"),
        ("image/png", MessageType.FILE, "FILE"),
    ],
)
async def test_the_kind_is_the_message_s_or_what_the_type_says(
    database: Database, mime_type: str, kind: str | None, expected: str
):
    async with database.writing() as conn:
        file_id = await files.save_matrix_file(
            conn, ParsedFile("mxc://school.test/x", "x", mime_type), now_ms=9, kind=kind, message_id=3
        )
        row = await files.find_file(conn, file_id)
    assert row is not None
    assert (row.kind, row.message_id) == (expected, 3)


async def test_a_row_becomes_what_matrix_is_told(database: Database):
    row = await save(database, VOICE)
    kind, file = files.as_matrix_file(row)
    assert kind is MessageType.VOICE
    assert file == ParsedFile(
        "mxc://school.test/abc", "voice.ogg", "audio/ogg", 12_345, duration_ms=900, waveform=[0, 512, 1024]
    )


def test_the_shape_has_every_key():
    def address(file_id: str, name: str, width: int | None) -> str:
        return f"{file_id}/{name}" + (f"?{width}" if width else "")

    row = FileRow(**{name: getattr(PHOTO, name) for name in NewFile.__dataclass_fields__}, id="f")
    shape = files.file_shape(row, address)
    assert shape == {
        "file_id": "f",
        "file_url": "f/Фото.jpg",
        "file_name": "Фото.jpg",
        "file_size": 12_345,
        "mime_type": "image/jpeg",
        "thumbnail_url": "f/Фото.jpg?320",
        "width": 40,
        "height": 30,
        "duration_ms": None,
        "waveform": None,
    }
    assert files.file_shape(replace(row, kind="FILE"), address)["thumbnail_url"] is None

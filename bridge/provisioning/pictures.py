"""The school's picture: uploaded once, known again by its bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from bridge.db.engine import Conn
from bridge.provisioning import record
from bridge.provisioning.layout import Layout
from bridge.provisioning.run import Run

TO_UPLOAD = "file:"


async def find_avatar(conn: Conn, layout: Layout) -> str | None:
    """What rooms are to have: an ``mxc://`` address, ``file:<digest>`` before the upload, None: whatever they have."""
    if layout.picture is None:
        return None
    return await record.find_file(conn, layout.picture.digest) or TO_UPLOAD + layout.picture.digest


async def ensure_uploaded(run: Run, avatar: str) -> str:
    """The ``mxc://`` address of what a step says; the first one that asks uploads it, the others wait."""
    picture = run.layout.picture
    if picture is None or not avatar.startswith(TO_UPLOAD):
        return avatar
    async with run.uploading:
        async with run.parts.db.reading() as conn:
            mxc = await record.find_file(conn, picture.digest)
        if mxc is None:
            content = await asyncio.to_thread(picture.path.read_bytes)
            mxc = await run.parts.homeserver.upload(
                None, _once(content), size=len(content), mime_type=picture.mime_type, file_name=picture.path.name
            )
            async with run.parts.db.writing() as conn:
                await record.save_file(conn, picture.digest, mxc)
    return mxc


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content

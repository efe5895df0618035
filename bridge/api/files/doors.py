"""``upload/`` and ``files/``: a file on its way in, and on its way out by its signed address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import structlog
from aiohttp import web
from pydantic import BaseModel, Field, Json

from bridge.api.answers import json_answer
from bridge.api.auth.person import actor
from bridge.api.files.multipart import CHUNK, ReceivedFile, receive_form
from bridge.api.files.signatures import EXPIRY, SIGNATURE, THUMBNAIL, require_signature
from bridge.api.files.stream import send_file
from bridge.api.parse import check, query_int
from bridge.api.routes import chat
from bridge.api.services import SERVICES, Services
from bridge.chat import files
from bridge.chat.uploads import ReadyFile, prepare_upload
from bridge.errors import BridgeError, HomeserverRefused, Invalid, TooLarge, Unavailable

log = structlog.get_logger(__name__)

LONGEST_VOICE_MS = 86_400_000
WAVEFORM_POINTS = 256
THUMBNAIL_WIDTHS = (16, 1024)

Loudness = Annotated[int, Field(ge=0, le=1024)]


class VoiceForm(BaseModel):
    """What a recorder knows of its voice message; other files go without."""

    duration_ms: int | None = Field(None, ge=0, le=LONGEST_VOICE_MS)
    waveform: Json[Annotated[list[Loudness], Field(max_length=WAVEFORM_POINTS)]] | None = None


async def post_upload(request: web.Request) -> web.Response:
    """One file: its shape or its error. Several: one of both for each; nobody sends ten again for one."""
    services, person = request.app[SERVICES], actor(request)
    with TemporaryDirectory(prefix="classbridge-") as folder:
        form = await receive_form(request, Path(folder), services.config.files, frozenset(VoiceForm.model_fields))
        if not form.files:
            raise Invalid({"file": ["No file was submitted."]})
        given = {name: text for name, text in form.fields.items() if text}
        voice = check(VoiceForm, given, services.config.limits)
        outcomes = [
            await _take(services, person.id, received, voice, is_first=index == 0)
            for index, received in enumerate(form.files)
        ]
    if len(outcomes) == 1 and isinstance(outcomes[0], BridgeError):
        raise outcomes[0]
    shapes = await _save(services, [received.name for received in form.files], outcomes)
    return json_answer(shapes[0] if len(shapes) == 1 else {"results": shapes}, 201)


async def _take(
    services: Services, person_id: int, received: ReceivedFile, voice: VoiceForm, *, is_first: bool
) -> files.NewFile | BridgeError:
    """Carry one file to the homeserver; its faults are its outcome, a homeserver that is down is raised."""
    try:
        if not is_first:  # the guard has counted the request as one
            services.limits.take("upload", person_id)
        if received.error is not None:
            return received.error
        ready = await asyncio.to_thread(prepare_upload, received.path, received.name)
        mxc = await _upload(services, person_id, ready)
    except Unavailable:
        raise
    except BridgeError as error:
        return error
    is_voice = ready.file_type.kind == "VOICE"
    return files.NewFile(
        uploader_id=person_id,
        mxc=mxc,
        kind=ready.file_type.kind,
        name=ready.name,
        size=ready.size,
        mime_type=ready.file_type.mime_type,
        width=ready.width,
        height=ready.height,
        duration_ms=voice.duration_ms if is_voice else None,
        waveform=voice.waveform if is_voice else None,
    )


async def _upload(services: Services, person_id: int, ready: ReadyFile) -> str:
    try:
        return await services.homeserver.upload(
            person_id,
            _chunks(ready.path),
            size=ready.size,
            mime_type=ready.file_type.mime_type,
            file_name=ready.name,
        )
    except HomeserverRefused as error:
        if error.errcode == "M_TOO_LARGE":
            raise TooLarge("The file is larger than the homeserver takes (`max_upload_size`).") from error
        raise


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk
    finally:
        file.close()


async def _save(
    services: Services, names: list[str], outcomes: list[files.NewFile | BridgeError]
) -> list[dict[str, Any]]:
    """Store rows for what the homeserver has, all or none, and build the shapes."""
    shapes = []
    async with services.db.writing() as conn:
        for name, outcome in zip(names, outcomes, strict=True):
            if isinstance(outcome, BridgeError):
                shapes.append({"file_name": name, "error": outcome.detail})
                continue
            row = await files.save_file(conn, outcome, now_ms=services.clock())
            log.info("file_uploaded", file_id=row.id, person_id=row.uploader_id, kind=row.kind, size=row.size)
            shapes.append(files.file_shape(row, services.file_address))
    return shapes


async def get_file(request: web.Request) -> web.StreamResponse:
    """Whoever has the address may have the file: it was given to people who see the message."""
    services, file_id = request.app[SERVICES], request.match_info["file_id"]
    given = request.query
    expiry_s = require_signature(
        services.config.files,
        file_id,
        given.get(EXPIRY, ""),
        given.get(SIGNATURE, ""),
        services.clock() / 1000,
    )
    width = query_int(request, THUMBNAIL, 0, *THUMBNAIL_WIDTHS)
    async with services.db.reading() as conn:
        row = await files.get_file(conn, file_id)
    seconds_left = max(0, expiry_s - round(services.clock() / 1000))
    return await send_file(request, services.homeserver, row, width=width, max_age_s=seconds_left)


ROUTES = (
    chat("POST", "upload/", post_upload, access="upload"),
    chat("GET", "files/{file_id}/{name}/", get_file, access="public"),
)

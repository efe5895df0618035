"""Files that a browser sends: from the wire to the disk in pieces, each within the limit of its type."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bridge.chat.file_names import clean_name
from bridge.chat.filetypes import type_of_name
from bridge.chat.uploads import most_bytes
from bridge.config import FilesConfig
from bridge.errors import BridgeError, Invalid, TooLarge

CHUNK = 65_536
FILES_A_REQUEST = 10
FORM_BYTES = 1 << 20  # everything but the files
FIELD_BYTES = 16_384
FILE_FIELDS = frozenset({"file", "files"})

KINDS = {"IMAGE": "An image", "FILE": "A document", "VOICE": "A voice message"}
NOT_A_FORM = "Send multipart/form-data with a field `file`."
NOT_A_FILE = "The submitted data was not a file. Check the encoding type on the form."


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """``name`` is clean. ``error``: why it was not taken; then ``path`` has nothing, or not all of it."""

    name: str
    path: Path
    error: BridgeError | None


@dataclass(slots=True)
class ReceivedForm:
    """Files in the order in which they came; of other fields only those that were asked for."""

    files: list[ReceivedFile] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)


async def receive_form(request: web.Request, folder: Path, config: FilesConfig, fields: frozenset[str]) -> ReceivedForm:
    """
    Read the body of *request*: files go into *folder*, the named *fields* into memory, the rest nowhere.

    Raises:
        Invalid: Not a form, more than ten files, or a field that is too long.
        TooLarge: More bytes than ten files may have. One file that is too large is an error of that file.
    """
    if request.content_type != "multipart/form-data":
        raise Invalid({"file": [NOT_A_FORM]})
    receiver = _Receiver(folder, config, fields)
    receiver.require_room(request.content_length or 0)
    try:
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            await receiver.take(part)
    except (ValueError, RuntimeError, HttpProcessingError, web.RequestPayloadError) as error:
        raise Invalid({"file": [NOT_A_FORM]}) from error  # the words of aiohttp's reader for a broken form
    return receiver.form


class _Receiver:
    def __init__(self, folder: Path, config: FilesConfig, fields: frozenset[str]) -> None:
        self.form = ReceivedForm()
        self._folder = folder
        self._config = config
        self._fields = fields
        largest = max(config.image_bytes, config.document_bytes, config.voice_bytes)
        self._bytes_left = FILES_A_REQUEST * largest + FORM_BYTES

    def require_room(self, size: int) -> None:
        if size > self._bytes_left:
            limit = megabytes(self._config.document_bytes)
            raise TooLarge(f"The upload is too large; a document may have at most {limit}.")

    async def take(self, part: BodyPartReader | MultipartReader) -> None:
        if isinstance(part, MultipartReader):
            raise Invalid({"file": [NOT_A_FORM]})
        if part.name in FILE_FIELDS:
            await self._take_file(part)
        elif part.name in self._fields:
            self.form.fields[part.name] = await self._text(part, part.name)
        else:
            await self._drain(part)

    async def _take_file(self, part: BodyPartReader) -> None:
        if part.filename is None:
            raise Invalid({"file": [NOT_A_FILE]})
        if len(self.form.files) == FILES_A_REQUEST:
            raise Invalid({"file": [f"At most {FILES_A_REQUEST} files can be sent at once."]})
        name = clean_name(part.filename.replace("%22", '"'))  # browsers escape this one character
        path = self._folder / str(len(self.form.files))
        error = None
        try:
            await self._save(part, name, path)
        except BridgeError as refusal:
            error = refusal
            await self._drain(part)  # raises when there is too much of it
        self.form.files.append(ReceivedFile(name, path, error))

    async def _save(self, part: BodyPartReader, name: str, path: Path) -> None:
        file_type = type_of_name(name)
        limit = most_bytes(self._config, file_type)
        size = 0
        file = await asyncio.to_thread(path.open, "xb")
        try:
            while not part.at_eof():
                chunk = await self._read(part)
                size += len(chunk)
                if size > limit:
                    raise TooLarge(f"{KINDS[file_type.kind]} may have at most {megabytes(limit)}.")
                await asyncio.to_thread(file.write, chunk)
        finally:
            await asyncio.to_thread(file.close)
        if not size:
            raise Invalid({"file": ["The submitted file is empty."]})

    async def _text(self, part: BodyPartReader, name: str) -> str:
        data = b""
        while not part.at_eof():
            data += await self._read(part)
            if len(data) > FIELD_BYTES:
                raise Invalid({name: [f"Ensure this field has no more than {FIELD_BYTES} characters."]})
        return data.decode()

    async def _drain(self, part: BodyPartReader) -> None:
        while not part.at_eof():
            await self._read(part)

    async def _read(self, part: BodyPartReader) -> bytes:
        chunk = await part.read_chunk(CHUNK)
        self.require_room(len(chunk))
        self._bytes_left -= len(chunk)
        return chunk


def megabytes(size: int) -> str:
    """``5 MB``, as people and file managers count."""
    return f"{size / (1 << 20):.3g} MB"

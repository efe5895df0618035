"""A file that has arrived on disk becomes one that may go to the homeserver: checked, a picture stripped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bridge.chat.exif import TURNED
from bridge.chat.filetypes import FileType, check_content, image_size, type_of_name
from bridge.chat.metadata import strip_metadata
from bridge.config import FilesConfig


@dataclass(frozen=True, slots=True)
class ReadyFile:
    """``path`` is what to upload; ``width`` and ``height``: pixels of the picture turned upright."""

    path: Path
    name: str
    file_type: FileType
    size: int
    width: int | None = None
    height: int | None = None


def most_bytes(config: FilesConfig, file_type: FileType) -> int:
    """The size that a file of this type may have."""
    limits = {"IMAGE": config.image_bytes, "VOICE": config.voice_bytes}
    return limits.get(file_type.kind, config.document_bytes)


def prepare_upload(path: Path, name: str) -> ReadyFile:
    """
    Check the file at *path* against its clean *name*; a picture is copied beside it, without metadata.

    Blocks on the disk and on unpacking: call it in a thread.

    Raises:
        TypeRefused: Not a type that is taken, or name and content disagree, or it is damaged.
    """
    file_type = type_of_name(name)
    with path.open("rb") as source:
        check_content(source, name, file_type)
        if file_type.kind != "IMAGE":
            return ReadyFile(path, name, file_type, path.stat().st_size)
        stripped = path.with_suffix(".stripped")
        with stripped.open("xb") as target:
            orientation = strip_metadata(source, target, file_type.word)
    width, height = image_size(stripped, file_type)
    if orientation in TURNED:
        width, height = height, width
    return ReadyFile(stripped, name, file_type, stripped.stat().st_size, width, height)

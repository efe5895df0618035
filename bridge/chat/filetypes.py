"""
Which files a school's chat takes, and whether a file is what its name says.

The type is decided by the content; the extension must agree. The ``filetype`` library knows the beginnings
of some eighty formats; what a beginning cannot tell (docx or any ZIP, sound or film, text or a web page) is
looked up inside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import filetype
from PIL import Image, UnidentifiedImageError

from bridge.chat.file_names import extension_of
from bridge.chat.filetypes_audio import EBML_MAGIC, mp4_kind, ogg_kind, webm_kind
from bridge.chat.filetypes_office import OLE, ole_kind
from bridge.chat.filetypes_text import text_kind
from bridge.chat.filetypes_zip import zip_kind
from bridge.errors import TypeRefused

HEAD_BYTES = 8192  # what the library looks at
# Four bytes each in the memory of everybody's browser; a telephone's camera makes 12 to 50 million.
MOST_PIXELS = 50_000_000
# Pillow's own limit is for those who decode; it would warn on the error output about what is refused here.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True, slots=True)
class FileType:
    """
    One type that is taken.

    Attributes:
        word: Our name for it, also its usual extension.
        kind: IMAGE, FILE or VOICE, the type of the message that carries it.
        family: What the beginning of such a file shows.
    """

    word: str
    mime_type: str
    kind: str
    family: str
    extensions: tuple[str, ...]


_OOXML = "application/vnd.openxmlformats-officedocument"

TYPES = (
    FileType("jpg", "image/jpeg", "IMAGE", "jpg", ("jpg", "jpeg")),
    FileType("png", "image/png", "IMAGE", "png", ("png",)),
    FileType("gif", "image/gif", "IMAGE", "gif", ("gif",)),
    FileType("webp", "image/webp", "IMAGE", "webp", ("webp",)),
    FileType("pdf", "application/pdf", "FILE", "pdf", ("pdf",)),
    FileType("doc", "application/msword", "FILE", "ole", ("doc",)),
    FileType("docx", f"{_OOXML}.wordprocessingml.document", "FILE", "zip", ("docx",)),
    FileType("xls", "application/vnd.ms-excel", "FILE", "ole", ("xls",)),
    FileType("xlsx", f"{_OOXML}.spreadsheetml.sheet", "FILE", "zip", ("xlsx",)),
    FileType("txt", "text/plain", "FILE", "txt", ("txt",)),
    FileType("ogg", "audio/ogg", "VOICE", "ogg", ("ogg", "oga", "opus")),
    FileType("webm", "audio/webm", "VOICE", "webm", ("webm", "weba")),
    FileType("mp4", "audio/mp4", "VOICE", "mp4", ("mp4", "m4a")),
)
_BY_EXTENSION = {extension: file_type for file_type in TYPES for extension in file_type.extensions}
_ALLOWED = ", ".join(file_type.word for file_type in TYPES)

# Where the library's extension is not our word: the same bytes, or a container to look into.
_FAMILIES = {"apng": "png", "m4a": "mp4", "m4v": "mp4"}


def type_of_name(name: str) -> FileType:
    """
    Find the type that a name promises.

    Raises:
        TypeRefused: The extension is not one of those that are taken, or there is none.
    """
    extension = extension_of(name)
    found = _BY_EXTENSION.get(extension)
    if found is None:
        subject = f"Files of type .{extension}" if extension else "Files without an extension"
        raise TypeRefused(f"{subject} are not allowed; allowed are {_ALLOWED}.")
    return found


def check_content(file: BinaryIO, name: str, promised: FileType) -> None:
    """
    Check that the content of *file* is what the extension of *name* promises. Reads, never holds, all of it.

    Raises:
        TypeRefused: It is something else, it is several things at once, or it is damaged or hostile.
    """
    family = _family(file)
    if promised.family not in {family, "txt"}:
        raise _disagree(name, family)
    look = _LOOK_INSIDE.get(promised.family)
    if look is None:
        return
    file.seek(0)
    found = look(file)
    if found != promised.word:
        raise _disagree(name, found)


def _family(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if head.startswith(OLE):
        return "ole"
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    if head.startswith(EBML_MAGIC):
        return "webm"
    guess = filetype.guess(head)
    if guess is None:
        # Recorders write many brands of MP4, the library knows three.
        return "mp4" if head[4:8] == b"ftyp" else "of an unknown type"
    extension = str(guess.extension)
    return _FAMILIES.get(extension, extension)


def _disagree(name: str, found: str) -> TypeRefused:
    return TypeRefused(f'The name of "{name}" ends in .{extension_of(name)}, but its content is {found}.')


def _pdf_kind(file: BinaryIO) -> str:
    """A file can be a PDF, read from its beginning, and a ZIP, read from its end; such a one is refused."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 22))
    return "both pdf and zip" if file.read().startswith(b"PK\x05\x06") else "pdf"


_LOOK_INSIDE: dict[str, Callable[[BinaryIO], str]] = {
    "pdf": _pdf_kind,
    "zip": zip_kind,
    "ole": ole_kind,
    "txt": text_kind,
    "ogg": ogg_kind,
    "webm": webm_kind,
    "mp4": mp4_kind,
}


def image_size(path: Path, image_type: FileType) -> tuple[int, int]:
    """
    Read width and height in pixels from an image's header; no pixel is decoded.

    Raises:
        TypeRefused: The header cannot be read, or the image is so large that it would harm who opens it.
    """
    try:
        with Image.open(path, formats=["JPEG" if image_type.word == "jpg" else image_type.word]) as image:
            width, height = image.size
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise TypeRefused("The image is damaged; it cannot be opened.") from error
    if width * height > MOST_PIXELS:
        millions = MOST_PIXELS // 1_000_000
        raise TypeRefused(f"The image has too many pixels; at most {millions} million are allowed.")
    return width, height

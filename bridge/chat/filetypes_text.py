"""Plain text, and nothing that a program would run: no web page, no SVG, no script under another name."""

from __future__ import annotations

import codecs
from typing import BinaryIO

from bridge.permissions.file_heads import BOMS, CONTROL, kind_of_text

CHUNK = 65_536
LOOKED_AT = 1024  # characters from the beginning


def text_kind(file: BinaryIO) -> str:
    """
    Say what a file named .txt is: ``txt``, or words for something else.

    Text is UTF-8, UTF-16 with a byte order mark, or one of the old encodings of eight bits (Windows-1251).
    """
    file.seek(0)
    head = file.read(4)
    bom = next((bom for bom in BOMS if head.startswith(bom)), b"")
    start = len(bom)
    encodings = (BOMS[bom],) if bom else ("utf-8", "latin-1")
    for encoding in encodings:
        file.seek(start)
        beginning = _beginning_of_text(file, encoding)
        if beginning is not None:
            return kind_of_text(beginning)
    return "not text"


def _beginning_of_text(file: BinaryIO, encoding: str) -> str | None:
    """Decode all of *file*; its first characters, or None when it is not text in *encoding*."""
    decoder = codecs.getincrementaldecoder(encoding)()
    beginning = ""
    while True:
        data = file.read(CHUNK)
        try:
            text = decoder.decode(data, final=not data)
        except UnicodeDecodeError:
            return None
        if CONTROL.search(text):
            return None
        if len(beginning) < LOOKED_AT:
            beginning += text[: LOOKED_AT - len(beginning)]
        if not data:
            return beginning

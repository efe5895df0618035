"""Plain text, and nothing that a program would run: no web page, no SVG, no script under another name."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

CHUNK = 65_536
LOOKED_AT = 1024  # characters from the beginning

BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}

# What no text holds: controls other than tab, line breaks, form feed, the old end-of-file mark and escape.
CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")

PROGRAMS = {
    "%pdf-": "pdf",
    "{\\rtf": "rtf",
    "%!ps": "ps",
    "#!/": "a script",
    "<?php": "a script",
    "<%": "a script",
}
# A browser that sniffs takes these for a page (MIME Sniffing Standard, 7.1), wherever a comment ends.
MARKUP = re.compile(
    r"<(!doctype|\?xml|!--|(html|head|body|script|iframe|svg|math|style|title|meta|link|table|div|h1|font|img"
    r"|object|embed|form|br|p|b|a)[\s/>])"
)
MARKUP_WITHIN = re.compile(r"<(!doctype\s+html|(html|script|iframe|svg)[\s/>])")


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
            return _kind_of_text(beginning)
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


def _kind_of_text(beginning: str) -> str:
    beginning = beginning.lstrip().lower()
    for mark, kind in PROGRAMS.items():
        if beginning.startswith(mark):
            return kind
    if MARKUP.match(beginning) or MARKUP_WITHIN.search(beginning):
        return "svg" if re.search(r"<svg[\s/>]", beginning) else "html"
    return "txt"

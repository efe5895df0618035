"""
Whether a file begins like one that a school's chat takes. Pure; the web looks closer (``chat.filetypes``).

The homeserver's module asks it for each upload: what a Matrix client says of a file's type may be made up.
"""

from __future__ import annotations

import codecs
import re

HEAD_BYTES = 4096

# Images, PDF, old and new office documents (a ZIP), sound and film.
_HEADS = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF87a",
    b"GIF89a",
    b"%PDF-",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"PK\x03\x04",
    b"OggS",
    b"\x1aE\xdf\xa3",
    b"ID3",
)
BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}

# What no text holds: controls other than tab, line breaks, form feed, the old end-of-file mark and escape.
CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")

_PROGRAMS = {
    "%pdf-": "pdf",
    "{\\rtf": "rtf",
    "%!ps": "ps",
    "#!/": "a script",
    "<?php": "a script",
    "<%": "a script",
}
# A browser that sniffs takes these for a page (MIME Sniffing Standard, 7.1), wherever a comment ends.
_MARKUP = re.compile(
    r"<(!doctype|\?xml|!--|(html|head|body|script|iframe|svg|math|style|title|meta|link|table|div|h1|font|img"
    r"|object|embed|form|br|p|b|a)[\s/>])"
)
_MARKUP_WITHIN = re.compile(r"<(!doctype\s+html|(html|script|iframe|svg)[\s/>])")


def is_taken(head: bytes) -> bool:
    """Whether *head*, the first ``HEAD_BYTES`` of a file, is of a type that is taken. Plain text is."""
    if head.startswith(_HEADS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or head[4:8] == b"ftyp":
        return True
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 in (0xE2, 0xE0):  # MPEG audio, AAC
        return True
    text = _text_of(head)
    return text is not None and kind_of_text(text) == "txt"


def _text_of(head: bytes) -> str | None:
    """
    The text that begins so, as the web reads it; None: no text.

    UTF-8, UTF-16 with a byte order mark, or an old encoding of eight bits (Windows-1251), of which only the ASCII part
    is looked at. The last character may be cut.
    """
    bom = next((bom for bom in BOMS if head.startswith(bom)), b"")
    for encoding in (BOMS[bom],) if bom else ("utf-8", "latin-1"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head[len(bom) :])
        except UnicodeDecodeError:
            continue
        return None if CONTROL.search(text) else text
    return None


def kind_of_text(beginning: str) -> str:
    """What a text that begins so is: ``txt``, or words for something that a program would run."""
    beginning = beginning.lstrip().lower()
    for mark, kind in _PROGRAMS.items():
        if beginning.startswith(mark):
            return kind
    if _MARKUP.match(beginning) or _MARKUP_WITHIN.search(beginning):
        return "svg" if re.search(r"<svg[\s/>]", beginning) else "html"
    return "txt"

"""
Whether a file begins like one that a school's chat takes. Pure; the web looks closer (``chat.filetypes``).

The homeserver's module asks it for each upload: what a Matrix client says of a file's type may be made up.
"""

from __future__ import annotations

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
_WEB_PAGES = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"#!")


def is_taken(head: bytes) -> bool:
    """Whether *head*, the first ``HEAD_BYTES`` of a file, is of a type that is taken. Plain text is."""
    if head.startswith(_HEADS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or head[4:8] == b"ftyp":
        return True
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 in (0xE2, 0xE0):  # MPEG audio, AAC
        return True
    return _is_text(head) and not head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_WEB_PAGES)


def _is_text(head: bytes) -> bool:
    """UTF-8 without control characters; the last character may be cut."""
    if any(byte < 0x20 and byte not in b"\t\r\n\x0c\x1b" for byte in head):
        return False
    for cut in range(4):
        try:
            head[: len(head) - cut].decode()
        except UnicodeDecodeError:
            continue
        return True
    return False

"""The name of a file as people see it: no path, nothing invisible, nothing that a file system refuses."""

from __future__ import annotations

import re
import unicodedata

NAME_CHARACTERS = 120
EXTENSION_CHARACTERS = 16
NO_NAME = "file"

# Controls, formats (bidi overrides, joiners, BOM), surrogates, private use, line and paragraph separators.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
RESERVED = re.compile(r'[<>:"/\\|?*]')
# Windows opens a device instead of a file, whatever the extension.
DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)


def clean_name(raw: str) -> str:
    """
    Make a name that is safe to show, to store and to offer for a download; the extension stays.

    Only what follows the last slash of either kind is taken. The result is NFC, of 1 to 120 characters,
    begins with no dot and is its own clean name.
    """
    name = re.split(r"[/\\]", raw)[-1]
    name = "".join(character for character in name if unicodedata.category(character) not in INVISIBLE)
    name = RESERVED.sub("_", unicodedata.normalize("NFC", name))
    name = " ".join(name.split()).lstrip(". ").rstrip(". ")
    if not name:
        return NO_NAME
    if DEVICE.match(name):
        name = f"_{name}"
    return _shorten(name)


def extension_of(name: str) -> str:
    """The part after the last dot in lower case, ``""`` when there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""


def _shorten(name: str) -> str:
    if len(name) <= NAME_CHARACTERS:
        return name
    extension = name[-len(extension_of(name)) :] if extension_of(name) else ""
    if not 0 < len(extension) <= EXTENSION_CHARACTERS:
        return name[:NAME_CHARACTERS].rstrip(". ")
    stem = name[: NAME_CHARACTERS - len(extension) - 1].rstrip(". ")
    return f"{stem}.{extension}"

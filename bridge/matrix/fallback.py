"""
Stickers, places and polls become messages that say what they are. Pure.

Client-Server API, "Stickers" and "m.location"; MSC3381 (polls) and MSC3488 (places), with stable and unstable names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bridge.matrix.files import mapping
from bridge.matrix.russian import PLACE, POLL, STICKER, VOTE

POLL_STARTS = ("m.poll.start", "org.matrix.msc3381.poll.start")
MOST_ANSWERS = 20  # MSC3381

_POLL_KEYS = ("m.poll", *POLL_STARTS)
_PLACE_KEYS = ("m.location", "org.matrix.msc3488.location")
_TEXT_KEYS = ("m.text", "org.matrix.msc1767.text", "body")
_COORDINATES = re.compile(r"geo:(-?\d{1,3}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)", re.ASCII)


def as_message(event_type: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The content of an ``m.room.message`` that says the same to somebody who sees only messages."""
    if event_type == "m.sticker":
        return _sticker(content)
    if event_type in POLL_STARTS:
        return _plain(content, _poll)
    if content.get("msgtype") == "m.location":
        return _plain(content, _place)
    return content


def _sticker(content: Mapping[str, Any]) -> dict[str, Any]:
    """A picture with a caption; the words stay where the picture is on another server."""
    name = _one_line(content.get("body"))
    words = f"{STICKER}: {name}" if name else STICKER
    return {**content, "msgtype": "m.image", "body": words, "filename": name or STICKER.lower()}


def _plain(content: Mapping[str, Any], say: Any) -> dict[str, Any]:
    """The same event as a plain text; of an edit also what it says now."""
    said = {"msgtype": "m.text", "body": say(content)}
    kept = {key: content[key] for key in ("m.relates_to", "m.mentions") if key in content}
    new = content.get("m.new_content")
    return said | kept | ({"m.new_content": {"msgtype": "m.text", "body": say(new)}} if isinstance(new, dict) else {})


def _place(content: Mapping[str, Any]) -> str:
    place = _first(content, _PLACE_KEYS)
    found = _COORDINATES.search(str(content.get("geo_uri") or place.get("uri")))
    where = f"{found[1]}, {found[2]}" if found else ""
    body = _one_line(content.get("body"))
    # What clients write into the body by themselves repeats the address, in English.
    name = _one_line(place.get("description")) or ("" if "geo:" in body and where else body)
    if name and where:
        return f"{PLACE}: {name} ({where})"
    return f"{PLACE}: {name or where}" if name or where else PLACE


def _poll(content: Mapping[str, Any]) -> str:
    poll = _first(content, _POLL_KEYS)
    question = _text(mapping(poll.get("question"))) or _text(content)
    answers = poll.get("answers")
    texts = [_text(mapping(answer)) for answer in (answers if isinstance(answers, list) else [])[:MOST_ANSWERS]]
    lines = [f"{POLL}: {question}" if question else POLL, *(f"• {text}" for text in texts if text), VOTE]
    return "\n".join(lines)


def _first(content: Mapping[str, Any], keys: tuple[str, ...]) -> Mapping[str, Any]:
    return next((mapping(content[key]) for key in keys if mapping(content.get(key))), {})


def _text(content: Mapping[str, Any]) -> str:
    """Extensible events (MSC1767): a string in the unstable form, a list of representations in the stable one."""
    for key in _TEXT_KEYS:
        value = content.get(key)
        if isinstance(value, list):
            plain = (mapping(each) for each in value)
            value = next((each.get("body") for each in plain if each.get("mimetype", "text/plain") == "text/plain"), "")
        if text := _one_line(value):
            return text
    return ""


def _one_line(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""

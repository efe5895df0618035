"""
Contents of ``m.room.message``: made from what the web sends, read into what the web shows. Pure.

Client-Server API, "Instant Messaging", "Rich replies", "Threading", "Event replacements", "User and room mentions".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bridge.matrix.event_size import fit, fit_edit
from bridge.matrix.files import MessageType, ParsedFile, file_content, mapping, parse_file
from bridge.matrix.formatted import html_to_markdown
from bridge.matrix.text import markdown_to_html, plain_to_markdown, sanitize_text, strip_reply_fallback

__all__ = [
    "MESSAGE_ID",
    "MessageType",
    "ParsedFile",
    "ParsedMessage",
    "edit",
    "file_message",
    "message",
    "parse_message",
    "replaced_event",
]

# Our key in every message event: the message's id in the web API.
MESSAGE_ID = "org.classbridge.message_id"
# Our state event in every room: which conversation it is.

HTML = "org.matrix.custom.html"
MAX_MENTIONS = 100
MAX_MESSAGE_ID = 2**53 - 1
MAX_EVENT_ID = 255  # characters, as every id in Matrix

_TYPES = {
    "m.image": MessageType.IMAGE,
    "m.file": MessageType.FILE,
    "m.video": MessageType.FILE,
    "m.audio": MessageType.VOICE,
}


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """
    What a message from Matrix says.

    Attributes:
        text: Markdown; for a file its caption, or empty.
        body: The plain ``body``, without a reply's fallback. Of our own messages it is the very Markdown that
            the web sent, while ``text`` has gone through HTML and back.
        message_id: What the sender claims, so nothing until it is checked against our own record.
        thread_event_id: The event with which the thread began that it is in.
    """

    type: MessageType
    text: str
    body: str
    reply_to_event_id: str | None = None
    replaces_event_id: str | None = None
    mention_mxids: tuple[str, ...] = ()
    file: ParsedFile | None = None
    message_id: int | None = None
    thread_event_id: str | None = None


def message(
    text: str,
    *,
    message_id: int,
    reply_to_event_id: str | None = None,
    thread_event_id: str | None = None,
    mention_mxids: Collection[str] = (),
) -> dict[str, Any]:
    """A text message; *text* is Markdown. One too long for an event goes without ``formatted_body``."""
    return _complete(_text(text), message_id, _relation(reply_to_event_id, thread_event_id), mention_mxids)


def file_message(
    kind: MessageType,
    file: ParsedFile,
    *,
    message_id: int,
    caption: str = "",
    reply_to_event_id: str | None = None,
    thread_event_id: str | None = None,
    mention_mxids: Collection[str] = (),
) -> dict[str, Any]:
    """A picture, a document or a voice message; *caption* is Markdown."""
    relation = _relation(reply_to_event_id, thread_event_id)
    return _complete(_file(kind, file, caption), message_id, relation, mention_mxids)


def edit(
    text: str,
    *,
    message_id: int,
    replaces_event_id: str,
    mention_mxids: Collection[str] = (),
    file: tuple[MessageType, ParsedFile] | None = None,
) -> dict[str, Any]:
    """
    The new text of a message, or of a file's caption; the reply that it was stays.

    Args:
        message_id: Of the message that is edited, not a new one.
        replaces_event_id: The event of that message, never of an earlier edit.
    """
    new = _text(text) if file is None else _file(*file, text)
    mentions = {"user_ids": sorted(set(mention_mxids))} if mention_mxids else {}
    old = {key: value for key, value in new.items() if key in ("msgtype", "format")}
    # Clients that know no edits show this line.
    old["body"] = f"* {new['body']}"
    if "formatted_body" in new:
        old["formatted_body"] = f"* {new['formatted_body']}"
    if file is not None:
        old["msgtype"] = "m.text"
    return fit_edit(
        {
            **old,
            "m.new_content": {**new, "m.mentions": mentions, MESSAGE_ID: message_id},
            "m.mentions": mentions,
            "m.relates_to": {"rel_type": "m.replace", "event_id": replaces_event_id},
            MESSAGE_ID: message_id,
        }
    )


def _text(text: str) -> dict[str, Any]:
    text = sanitize_text(text)
    html = markdown_to_html(text)
    formatted = {} if html is None else {"format": HTML, "formatted_body": html}
    return {"msgtype": "m.text", "body": text, **formatted}


def _file(kind: MessageType, file: ParsedFile, caption: str) -> dict[str, Any]:
    content = file_content(kind, file)
    if caption:
        content |= {key: value for key, value in _text(caption).items() if key != "msgtype"}
    return content


def _relation(reply_to_event_id: str | None, thread_event_id: str | None) -> dict[str, Any] | None:
    """``m.relates_to`` of a reply; one to a message of a thread goes into that thread."""
    if reply_to_event_id is None:
        return None
    reply: dict[str, Any] = {"m.in_reply_to": {"event_id": reply_to_event_id}}
    if thread_event_id is None:
        return reply
    return {"rel_type": "m.thread", "event_id": thread_event_id, "is_falling_back": False, **reply}


def _complete(
    content: dict[str, Any], message_id: int, relation: dict[str, Any] | None, mention_mxids: Collection[str]
) -> dict[str, Any]:
    # Always there: without it a client looks for names in the body.
    content["m.mentions"] = {"user_ids": sorted(set(mention_mxids))} if mention_mxids else {}
    content[MESSAGE_ID] = message_id
    if relation is not None:
        content["m.relates_to"] = relation
    return fit(content)


def parse_message(content: Mapping[str, Any], *, sender_name: str = "") -> ParsedMessage:
    """
    What the content of an ``m.room.message`` says; of an edit, what it says now.

    A message of a thread names the one before it as replied to, for clients that know no threads; such a reply is
    nobody's answer and is left out ("Threading", fallback).

    Args:
        sender_name: Put into the text of ``m.emote``, which is about its sender.

    Raises:
        ValueError: It is no message: no ``msgtype`` or ``body``, or an edit without new content. The content
            of a redacted event is such.
    """
    relation = mapping(content.get("m.relates_to"))
    replaces = replaced_event(content)
    shown = content
    if replaces is not None:
        shown = mapping(content.get("m.new_content"))
    msgtype, body = shown.get("msgtype"), shown.get("body")
    if not isinstance(msgtype, str) or not isinstance(body, str):
        raise ValueError("a message has a msgtype and a body")  # noqa: TRY004 - wrong content, not a wrong call
    reply_to = None if replaces else _event_id(mapping(relation.get("m.in_reply_to")).get("event_id"))
    thread = _event_id(relation.get("event_id")) if relation.get("rel_type") == "m.thread" else None
    body = sanitize_text(strip_reply_fallback(body) if reply_to or replaces else body).strip()
    file = parse_file(shown) if msgtype in _TYPES else None
    has_caption = isinstance(shown.get("filename"), str) and shown["filename"] != shown["body"]
    return ParsedMessage(
        type=MessageType.TEXT if file is None else _TYPES[msgtype],
        text="" if file is not None and not has_caption else _markdown(shown, msgtype, body, sender_name),
        body=body,
        reply_to_event_id=None if thread and relation.get("is_falling_back") is True else reply_to,
        replaces_event_id=replaces,
        mention_mxids=_mentions(shown),
        file=file,
        message_id=_message_id(content),
        thread_event_id=thread,
    )


def replaced_event(content: Mapping[str, Any]) -> str | None:
    """Of an edit: the event that it is of."""
    relation = mapping(content.get("m.relates_to"))
    return _event_id(relation.get("event_id")) if relation.get("rel_type") == "m.replace" else None


def _markdown(content: Mapping[str, Any], msgtype: str, body: str, sender_name: str) -> str:
    formatted = content.get("formatted_body")
    text = ""
    if content.get("format") == HTML and isinstance(formatted, str):
        text = html_to_markdown(formatted)
    text = text or plain_to_markdown(body)
    if msgtype == "m.emote":
        # A star at the start of a line would be a list.
        return f"{plain_to_markdown(f'* {sender_name}'.strip())} {text}".strip()
    return text


def _mentions(content: Mapping[str, Any]) -> tuple[str, ...]:
    user_ids = mapping(content.get("m.mentions")).get("user_ids")
    if not isinstance(user_ids, list):
        return ()
    found = dict.fromkeys(mxid for mxid in user_ids if isinstance(mxid, str))
    return tuple(found)[:MAX_MENTIONS]


def _message_id(content: Mapping[str, Any]) -> int | None:
    value = content.get(MESSAGE_ID)
    is_id = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_MESSAGE_ID
    return value if is_id else None


def _event_id(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= MAX_EVENT_ID else None

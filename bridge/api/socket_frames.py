"""Frames from clients, in either spelling, and what they do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from pydantic import ConfigDict

from bridge.api import sending
from bridge.api.bodies import Body, Id, MessageContent
from bridge.api.parse import check, load_json
from bridge.api.services import Services
from bridge.errors import BridgeError, Invalid
from bridge.live import frames
from bridge.permissions.school import Person


class Sender(Protocol):
    """The socket that a frame came from."""

    person_id: int
    conversation_id: int | None

    def push(self, frame: bytes) -> None: ...


class MessageFrame(MessageContent):
    model_config = ConfigDict(extra="ignore")
    conversation_id: Id | None = None


class TypingFrame(Body):
    is_typing: bool = True
    conversation_id: Id | None = None


class ReadFrame(Body):
    message_id: Id


Frame = dict[str, Any]
NO_TYPE = 'Send a JSON object with a "type".'


def parse(data: str) -> Frame:
    """Read a frame: an object; its ``type`` is looked at later, so that a refusal can name its ``client_id``."""
    frame = load_json(data)
    if not isinstance(frame, dict):
        raise Invalid(NO_TYPE)
    return frame


async def take(services: Services, socket: Sender, person: Person, frame: Frame) -> None:
    """Do what a frame says. Raises a ``BridgeError`` for what cannot be done."""
    kind = frame.get("type")
    do = BY_TYPE.get(kind) if isinstance(kind, str) else None
    services.limits.take("send" if do is _send else "other", person.id)
    if not isinstance(kind, str):
        raise Invalid(NO_TYPE)
    if do is None:
        known = ", ".join(sorted(BY_TYPE))
        raise Invalid({"type": [f"Unknown type. Known are: {known}."]})
    await do(services, socket, person, frame)


def refusal(client_id: object, error: BridgeError, conversation_id: int | None = None) -> bytes:
    """The ``error`` frame for a frame that could not be carried out."""
    given = client_id if isinstance(client_id, str) else None
    return frames.error(given, error.code, error.detail, conversation_id)


async def _send(services: Services, socket: Sender, person: Person, frame: Frame) -> None:
    body = check(MessageFrame, frame, services.config.limits)
    conversation_id = _conversation_of(socket, body.conversation_id)
    accepted = await sending.send(services, person, conversation_id, body)
    socket.push(frames.ack(body.client_id, accepted.message))


async def _typing(services: Services, socket: Sender, person: Person, frame: Frame) -> None:
    spelled = {"typing.start": True, "typing.stop": False}.get(frame["type"])
    body = check(TypingFrame, frame, services.config.limits)
    is_typing = body.is_typing if spelled is None else spelled
    conversation_id = _conversation_of(socket, body.conversation_id)
    await sending.set_typing(services, person, conversation_id, is_typing=is_typing)


async def _read(services: Services, _socket: Sender, person: Person, frame: Frame) -> None:
    body = check(ReadFrame, frame, services.config.limits)
    await sending.mark_read(services, person, body.message_id)


async def _ping(_services: Services, socket: Sender, _person: Person, _frame: Frame) -> None:
    socket.push(frames.PONG)


def _conversation_of(socket: Sender, named: int | None) -> int:
    """A socket of one conversation needs no name, and cannot write into another."""
    if socket.conversation_id is not None:
        if named not in (None, socket.conversation_id):
            raise Invalid({"conversation_id": ["This socket carries another conversation."]})
        return socket.conversation_id
    if named is None:
        raise Invalid({"conversation_id": ["This field is required."]})
    return named


BY_TYPE: dict[str, Callable[[Services, Sender, Person, Frame], Awaitable[None]]] = {
    "chat_message": _send,
    "message.send": _send,
    "typing": _typing,
    "typing.start": _typing,
    "typing.stop": _typing,
    "mark_read": _read,
    "message.read": _read,
    "ping": _ping,
}

"""
Commit first, tell the world after: hands committed changes to the sockets of every process.

``publish`` never raises and never waits for a reader.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import fields
from typing import Any

import structlog

from bridge.chat.changes import (
    Change,
    ConversationRemoved,
    ConversationUpdated,
    MessageAdded,
    MessageRead,
    MessageUpdated,
)
from bridge.errors import Unavailable
from bridge.live import frames
from bridge.live.bus import Bus
from bridge.live.hub import Hub

log = structlog.get_logger(__name__)

KINDS: dict[str, type[Change]] = {
    "message.added": MessageAdded,
    "message.updated": MessageUpdated,
    "message.read": MessageRead,
    "conversation.updated": ConversationUpdated,
    "conversation.removed": ConversationRemoved,
}
NAMES = {kind: name for name, kind in KINDS.items()}
REMEMBERED = 20_000

# person ids and a conversation id → that conversation as each of them sees it
LoadConversation = Callable[[list[int], int], Awaitable[dict[int, dict[str, Any]]]]


class Publisher:
    """The only way from a committed change to a socket."""

    def __init__(self, hub: Hub, bus: Bus, load: LoadConversation) -> None:
        self._hub, self._bus, self._load = hub, bus, load
        self._delivered: OrderedDict[tuple[str, int, int, int], None] = OrderedDict()
        self._new: OrderedDict[int, None] = OrderedDict()  # messages that were shown as new
        self._newest: OrderedDict[int, tuple[int, bool]] = OrderedDict()  # message → rev last shown, was it deleted
        self._oldest_new = 0  # messages up to this one are older than what this process remembers

    async def publish(self, changes: Sequence[Change]) -> None:
        for change in changes:
            self._bus.publish(NAMES[type(change)], _to_json(change))
            await self.deliver(change)

    async def receive(self, kind: str, body: dict[str, Any]) -> None:
        """A change that another process has committed."""
        await self.deliver(_from_json(KINDS[kind], body))

    async def deliver(self, change: Change) -> bool:
        """Show a change to the sockets of this process, once; whether it was new."""
        if self._is_repeat(change):
            return False
        if isinstance(change, ConversationUpdated):
            await self._deliver_conversation(change)
        elif isinstance(change, ConversationRemoved):
            self._deliver_removal(change)
        else:
            self._hub.deliver(change.conversation_id, frames.frames_of(change))
        return True

    def _is_repeat(self, change: Change) -> bool:
        """The same change may come from the bus and from the database: by kind, object and rev it is one."""
        if not self._bus.is_on:
            return False
        if isinstance(change, (MessageAdded, MessageUpdated)):
            return self._is_old_message(change)
        people = (change.person_id,) if isinstance(change, MessageRead) else change.audience
        keys = [(NAMES[type(change)], change.conversation_id, person_id, change.rev) for person_id in people]
        if all(key in self._delivered for key in keys):
            return True
        self._delivered |= dict.fromkeys(keys)
        while len(self._delivered) > REMEMBERED:
            self._delivered.popitem(last=False)
        return False

    def _is_old_message(self, change: MessageAdded | MessageUpdated) -> bool:
        """
        A message is new once; an update counts when nothing newer was shown: the two ways may overtake each other.

        A refused message has two updates with one rev: for its sender, and deleted for the others.
        """
        message_id, state = int(change.message["id"]), (change.rev, bool(change.message["is_deleted"]))
        if isinstance(change, MessageAdded):
            if message_id in self._new:
                return True
            self._new[message_id] = None
        elif self._newest.get(message_id, (0, False)) >= state:
            return True
        self._newest[message_id] = max(state, self._newest.get(message_id, state))
        self._newest.move_to_end(message_id)
        while len(self._newest) > REMEMBERED:
            self._newest.popitem(last=False)
        while len(self._new) > REMEMBERED:
            self.forget_up_to(self._new.popitem(last=False)[0])
        return False

    def forget_up_to(self, message_id: int) -> None:
        """Messages up to this one are no news, whatever happens to them."""
        self._oldest_new = max(self._oldest_new, message_id)

    def has_shown(self, message_id: int) -> bool:
        """Whether this process has delivered the message as new, or the message is older than its memory."""
        return message_id <= self._oldest_new or message_id in self._new

    def has_shown_rev(self, message_id: int, rev: int) -> bool:
        """Whether this process has delivered the message as new, and as it was then or later."""
        return self.has_shown(message_id) and self._newest.get(message_id, (0, False))[0] >= rev

    async def _deliver_conversation(self, change: ConversationUpdated) -> None:
        connected = self._hub.connected(change.audience)
        if not connected:
            return
        try:
            shapes = await self._load(connected, change.conversation_id)
        except Unavailable:  # it has been committed all the same; who comes back asks what was missed
            log.warning("conversation_not_shown", conversation_id=change.conversation_id)
            return
        self._hub.deliver(
            change.conversation_id,
            {person_id: frames.conversation_updated(shape) for person_id, shape in shapes.items()},
        )

    def _deliver_removal(self, change: ConversationRemoved) -> None:
        frame = frames.conversation_removed(change.conversation_id, change.rev)
        self._hub.deliver(change.conversation_id, dict.fromkeys(change.audience, frame))
        if not change.still_participant:
            for person_id in change.audience:
                self._hub.close_conversation(person_id, change.conversation_id, 4403, "not a participant any more")


def _to_json(change: Change) -> dict[str, Any]:
    return {field.name: getattr(change, field.name) for field in fields(change)}


def _from_json(kind: type[Change], body: dict[str, Any]) -> Change:
    """JSON has string keys and lists where we have integers and tuples."""
    audience = body["audience"]
    body["audience"] = {int(k): v for k, v in audience.items()} if isinstance(audience, dict) else tuple(audience)
    return kind(**body)

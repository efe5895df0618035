"""What every handler works with; made once by ``app`` and found under ``SERVICES``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from aiohttp import web

from bridge.api.limits import Limits
from bridge.api.tokens.check import TokenCheck
from bridge.chat.files import FileAddress
from bridge.chat.shapes import Presence, Viewing
from bridge.config import Config
from bridge.db.engine import Database
from bridge.outbox.accept_call import AcceptCall
from bridge.permissions.policy import Rules
from bridge.permissions.snapshot import Identity
from bridge.roster.choices import rules_of
from bridge.roster.store import SchoolCache

if TYPE_CHECKING:
    from bridge.live.live import Live
    from bridge.matrix.homeserver import Homeserver
    from bridge.outbox.sender import Sender


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """One of the sign-ins that the sign-in screen shows; of the demo only."""

    username: str
    password: str
    role: str
    name: str
    mxid: str


def _nothing() -> None:
    """Nobody follows the roster here."""


@dataclass
class Services:
    """
    The parts, wired.

    Attributes:
        live: Who is connected, and publishing to them.
        presence: Person id to (is online, last seen in milliseconds or None).
        sender: Of the outbox; woken after a commit that wrote a command.
        clock: Milliseconds since 1970.
        redis_is_up: None without Redis.
        kick_roster: Call it when a new roster is stored: what follows it does so now.
        demo_sign_ins: Empty but in the demo.
    """

    config: Config
    db: Database
    school: SchoolCache
    homeserver: Homeserver
    live: Live
    presence: Presence
    file_address: FileAddress
    sender: Sender
    limits: Limits
    tokens: TokenCheck
    clock: Callable[[], int]
    redis_is_up: Callable[[], Awaitable[bool]] | None = None
    kick_roster: Callable[[], None] = _nothing
    demo_sign_ins: tuple[DemoSignIn, ...] = ()

    @cached_property
    def rules(self) -> Rules:
        return rules_of(self.config.permissions)

    @cached_property
    def identity(self) -> Identity:
        """Who is who on the homeserver, as the rules in Matrix ask."""
        config = self.config
        return Identity(config.homeserver.server_name, config.appservice.user_prefix, config.bot_mxid)

    @cached_property
    def accept_call(self) -> AcceptCall:
        """The short way of plain texts."""
        return AcceptCall(self.db)

    def viewing(self) -> Viewing:
        """What the shapes of one answer are built with: the school as it is now."""
        return Viewing(self.school.current, self.rules, self.presence, self.file_address)


SERVICES: web.AppKey[Services] = web.AppKey("services", Services)

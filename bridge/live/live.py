"""All that is alive in one process, started and stopped together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import structlog

from bridge.chat.changes import Change
from bridge.chat.shapes import Viewing
from bridge.clock import steady_ms
from bridge.config import LiveConfig
from bridge.db.engine import Database
from bridge.errors import Unavailable
from bridge.live.bus import Bus
from bridge.live.catch_up import CatchUp
from bridge.live.hub import Hub
from bridge.live.presence import Presence
from bridge.live.publisher import LoadConversation, Publisher
from bridge.live.to_matrix import MatrixHints
from bridge.live.typing import Typing
from bridge.matrix.homeserver import Homeserver
from bridge.roster.store import SchoolCache

log = structlog.get_logger(__name__)


class Live:
    """The hub and all that feeds it."""

    def __init__(
        self,
        db: Database,
        school: SchoolCache,
        homeserver: Homeserver,
        config: LiveConfig,
        redis_url: str | None,
        clock: Callable[[], int],
        viewing: Callable[[], Viewing],
        load: LoadConversation,
    ) -> None:
        self.hub, self.bus = Hub(), Bus(redis_url)
        mark_ms = int(config.typing_s * 1000) + 1000  # of one who types: we say when it ends
        self.hints = MatrixHints(homeserver, typing_ms=mark_ms)
        self.publisher = Publisher(self.hub, self.bus, load)
        self.presence = Presence(db, self.hub, self.bus, clock, config.offline_after_s, self.hints.presence)
        self.hints.on_still_online = partial(self.presence.from_matrix, is_online=True)
        self.typing = Typing(db, self.hub, self.bus, school, steady_ms, config.typing_s, mark_ms, self.hints.typing)
        self.catch_up = CatchUp(db, self.bus, self.publisher, viewing, clock)
        self._school = school

    async def start(self) -> None:
        await self.hints.start()
        await self.presence.start()
        await self.bus.start(self._receive)
        await self.catch_up.start()

    async def stop(self) -> None:
        """Close every socket with 1001, so that browsers reconnect; then the rest."""
        self.hub.shut(1001, "the server restarts; reconnect")
        await self.catch_up.stop()
        await self.typing.stop()
        await self.presence.stop()
        await self.bus.stop()
        await self.hints.stop()

    async def publish(self, changes: Sequence[Change]) -> None:
        await self.publisher.publish(changes)

    async def _receive(self, envelope: dict[str, Any]) -> None:
        """What another process has published. A message of a newer version that is not understood is logged."""
        kind, body = envelope["kind"], envelope["body"]
        try:
            if kind.startswith("presence."):
                await self.presence.from_process(envelope["from"], kind, body)
            elif kind == "typing":
                self.typing.receive(body)
            elif kind == "roster":
                await self._school.refresh()
            else:
                await self.publisher.receive(kind, body)
        except Unavailable:
            log.warning("bus_message_put_off", kind=kind)  # `catch_up` and `upkeep` find it in the database
        except (KeyError, TypeError) as error:
            log.warning("bus_message_not_understood", kind=str(kind)[:32], error=type(error).__name__)

"""The homeserver, as the bridge speaks to it."""

from __future__ import annotations

from mautrix.api import Method, Path

from bridge.errors import HomeserverRefused, HomeserverUnavailable
from bridge.matrix.events import EventRequests
from bridge.matrix.media import MediaRequests
from bridge.matrix.memberships import RoomRequests


class Homeserver(EventRequests, RoomRequests, MediaRequests):
    """
    All calls to the homeserver, through the application service's token.

    ``as_user`` is a person's id, who acts as their ghost, or None for the bot. Every method raises
    ``HomeserverUnavailable`` (no answer, time-out, 429, 5xx) or ``HomeserverRefused`` (any other 4xx), and
    nothing else.
    """

    async def ping(self) -> None:
        """
        Make the homeserver call the bridge back ("Application Service API, Pinging").

        When that works it delivers its backlog at once. A bridge that it cannot reach is
        ``HomeserverUnavailable``.
        """
        await self._request(Method.POST, Path.v1.appservice[self.appservice_id].ping)

    async def is_up(self) -> bool:
        try:
            await self._request(Method.GET, Path.versions)
        except (HomeserverUnavailable, HomeserverRefused):
            return False
        return True

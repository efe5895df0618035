"""How the module's answers look to Synapse and to clients."""

from __future__ import annotations

import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from synapse.module_api.errors import SynapseError

log = logging.getLogger(__name__)


class GivesRoom(SynapseError):
    """The answer to a ``/createRoom``: the room that the bridge made. Clients take it as theirs."""

    def __init__(self, room_id: str) -> None:
        super().__init__(200, "made by the school's bridge")
        self.room_id = room_id

    def error_dict(self, config: object) -> dict[str, Any]:  # noqa: ARG002 - Synapse's signature
        return {"room_id": self.room_id}


def guarded(callback: Callable[..., Awaitable[Any]], refusal: object) -> Callable[..., Awaitable[Any]]:
    """Log an unexpected error and refuse. ``wraps`` keeps the signature, by which Synapse chooses what it passes."""

    @functools.wraps(callback)
    async def asked(*args: Any, **kwargs: Any) -> Any:
        try:
            return await callback(*args, **kwargs)
        except SynapseError:
            raise
        except Exception:
            log.exception("a rule failed, so it refuses: %s", callback.__name__)
            return refusal

    return asked

"""The panel's public keys: a JSON Web Key Set (RFC 7517), fetched when needed and kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import jwt
import structlog

from bridge.errors import Unavailable

REFETCH_S = 30  # for a key id that is not known: anybody can write one into a token
RETRY_S = 5  # while there is no key at all
OLD_S = 3600  # then a key that the panel has withdrawn is forgotten
TIMEOUT = aiohttp.ClientTimeout(total=5)

NOT_A_KEY_SET = (ValueError, TypeError, AttributeError, RecursionError)  # what PyJWT raises for odd JSON

log = structlog.get_logger(__name__)


class Jwks:
    """``now_s`` is a clock that never goes back."""

    def __init__(self, url: str, algorithm: str, now_s: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._algorithm = algorithm
        self._now_s = now_s
        self._keys: dict[str | None, Any] = {}
        self._fetched_s = float("-inf")
        self._tried_s = float("-inf")
        self._fetching = asyncio.Lock()
        self._session: aiohttp.ClientSession | None = None

    async def find_key(self, kid: str | None) -> Any | None:
        """
        Give the key named *kid*, or the only one where the token names none.

        Raises:
            Unavailable: There is no key at all, and the panel does not answer.
        """
        is_coming = self._fetching.locked() and self._pick(kid) is None
        if is_coming or self._is_due(kid):
            await self.refresh(kid)
        if not self._keys:
            raise Unavailable("The panel's signing keys cannot be had now.", retry_after_s=RETRY_S)
        return self._pick(kid)

    async def refresh(self, kid: str | None = None) -> None:
        """Ask the panel, if it is time to; many at once ask once."""
        async with self._fetching:
            if self._is_due(kid):
                self._tried_s = self._now_s()
                await self._fetch()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _pick(self, kid: str | None) -> Any | None:
        if kid is None:
            return next(iter(self._keys.values())) if len(self._keys) == 1 else None
        return self._keys.get(kid)

    def _is_due(self, kid: str | None) -> bool:
        now_s = self._now_s()
        if not self._keys:
            return now_s - self._tried_s >= RETRY_S
        is_wanted = self._pick(kid) is None or now_s - self._fetched_s >= OLD_S
        return is_wanted and now_s - self._tried_s >= REFETCH_S

    async def _fetch(self) -> None:
        """Replace the keys by what the panel publishes now; keep them where it does not answer."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT)
        try:
            async with self._session.get(self._url, allow_redirects=False) as response:
                response.raise_for_status()
                keys = _usable(jwt.PyJWKSet.from_json(await response.text()).keys, self._algorithm)
        except (aiohttp.ClientError, OSError, jwt.PyJWTError, *NOT_A_KEY_SET) as error:
            log.warning("jwks_fetch_failed", error=type(error).__name__)
            return
        if keys:
            self._keys, self._fetched_s = keys, self._now_s()
        else:
            log.warning("jwks_without_usable_key", algorithm=self._algorithm)


def _usable(keys: list[jwt.PyJWK], algorithm: str) -> dict[str | None, Any]:
    """The keys that sign with *algorithm*; a symmetric or an encryption key is never taken."""
    return {
        key.key_id: key.key for key in keys if key.algorithm_name == algorithm and key.public_key_use in {None, "sig"}
    }

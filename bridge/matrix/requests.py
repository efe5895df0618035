"""
One door to the homeserver: mautrix's ``HTTPAPI`` for each ghost over one pool of connections.

A call answers or raises: ``HomeserverUnavailable``: try again; ``HomeserverRefused``: a repeat cannot help.
Nothing is retried here: that is the outbox's work, which knows the order.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast
from weakref import WeakValueDictionary

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector
from mautrix.api import HTTPAPI, Method, PathBuilder
from mautrix.errors import MatrixConnectionError, MatrixRequestError, make_request_error
from mautrix.types import DeviceID, UserID
from mautrix.util.logging import TraceLogger
from yarl import URL

from bridge.config import AppserviceConfig, HomeserverConfig
from bridge.errors import HomeserverRefused, HomeserverUnavailable
from bridge.matrix.ids import ALIAS_PREFIX, DEVICE_ID, Ids

CONNECTIONS = 64

# mautrix writes bodies into its debug log. This logger is in no hierarchy, so no config can make it speak.
_SILENT = TraceLogger("bridge.matrix.http", logging.CRITICAL + 1)

# A wrong token or a time-out of a proxy is no verdict on what was asked: keep it, and its place in the order.
_TOKEN_ERRCODES = frozenset({"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"})
_PASSING_STATUSES = frozenset({408, 425, 429})


class Requests:
    """
    The session, an ``HTTPAPI`` for each ghost, and the translation of errors.

    ``as_user`` is a person's id everywhere, or None for the bot.
    """

    def __init__(self, config: HomeserverConfig, appservice: AppserviceConfig) -> None:
        self.ids = Ids(config.server_name, appservice.user_prefix, appservice.bot_localpart)
        self.bot_name = appservice.bot_name
        self.url = URL(config.url)
        self.timeout_s = config.timeout_s
        self.appservice_id = appservice.id
        self._token = appservice.as_token
        self.alias_secret = appservice.as_token
        self._session: ClientSession | None = None
        self._apis: dict[tuple[int | None, bool], HTTPAPI] = {}
        self._locks: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()

    async def start(self) -> None:
        """Open the pool of connections; the homeserver itself may still be down."""
        # No total: a file may take as long as it flows. `_request` bounds all other calls.
        timeout = ClientTimeout(total=None, sock_connect=self.timeout_s, sock_read=self.timeout_s)
        self._session = ClientSession(connector=TCPConnector(limit=CONNECTIONS), timeout=timeout)

    async def close(self) -> None:
        self._apis.clear()
        if self._session is not None:
            await self._session.close()
            self._session = None

    @property
    def session(self) -> ClientSession:
        if self._session is None:
            raise RuntimeError("Homeserver.start() has not run")
        return self._session

    def reserved_alias(self, thing: str) -> str:
        """The alias (localpart) of *thing*: always the same, and nobody who lacks the bridge's token can guess it."""
        digest = hmac.new(self.alias_secret.encode(), f"alias {thing}".encode(), hashlib.sha256)
        return f"{ALIAS_PREFIX}r_{digest.hexdigest()[:24]}"

    def lock_of(self, thing: Hashable) -> asyncio.Lock:
        """The lock of what this process must not do twice at once; gone when nobody holds or waits for it."""
        return self._locks.setdefault(thing, asyncio.Lock())

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    async def _request(
        self,
        method: Method,
        path: PathBuilder,
        content: Mapping[str, Any] | None = None,
        *,
        as_user: int | None = None,
        query: Mapping[str, str] | None = None,
        with_device: bool = False,
    ) -> dict[str, Any]:
        """Ask and return the JSON object of the answer, within ``timeout_s`` in all."""
        api = self._api(as_user, with_device=with_device)
        with translated_errors():
            async with asyncio.timeout(self.timeout_s):
                answer = await api.request(method, path, dict(content or {}), query_params=dict(query or {}))
        if not isinstance(answer, dict):
            raise not_matrix()
        return cast("dict[str, Any]", answer)

    async def _get_events(self, path: PathBuilder) -> list[dict[str, Any]]:
        """The answer of the few calls that give a bare list of events, asked as the bot."""
        with translated_errors():
            async with asyncio.timeout(self.timeout_s):
                answer = await self._api(None, with_device=False).request(Method.GET, path)
        if not isinstance(answer, list):
            raise not_matrix()
        return [cast("dict[str, Any]", event) for event in answer if isinstance(event, dict)]

    def _api(self, as_user: int | None, *, with_device: bool) -> HTTPAPI:
        key = (as_user, with_device)
        api = self._apis.get(key)
        if api is None:
            api = self._apis[key] = HTTPAPI(
                self.url,
                self._token,
                client_session=self.session,
                default_retry_count=0,
                log=_SILENT,
                # Said for the bot too: Synapse 1.163 answers 500 to a device without a user.
                as_user_id=UserID(self.ids.mxid(as_user)),
                as_device_id=cast("UserID", DeviceID(DEVICE_ID)) if with_device else None,
            )
        return api


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn what mautrix and aiohttp raise into the project's two errors, which carry no content."""
    try:
        yield
    except MatrixRequestError as error:
        raise _verdict(error.http_status, error.errcode) from error
    except (MatrixConnectionError, ClientError, TimeoutError, OSError) as error:
        raise HomeserverUnavailable("The homeserver does not answer.") from error
    except (ValueError, TypeError) as error:
        raise not_matrix() from error


def refusal(http_status: int, answer: Any) -> HomeserverRefused | HomeserverUnavailable:
    """The error for an answer that was read without mautrix: *answer* is its JSON, or anything else."""
    fields = answer if isinstance(answer, dict) else {}
    error = make_request_error(http_status, "", fields.get("errcode"), fields.get("error"))
    return _verdict(error.http_status, error.errcode)


def _verdict(http_status: int, errcode: str | None) -> HomeserverRefused | HomeserverUnavailable:
    if not 400 <= http_status < 500 or http_status in _PASSING_STATUSES or errcode in _TOKEN_ERRCODES:
        return HomeserverUnavailable(f"The homeserver answered {http_status}.")
    if http_status == 404 and errcode is None:  # a proxy without a homeserver behind it
        return HomeserverUnavailable("There is no homeserver at its address.")
    errcode = errcode or "M_UNKNOWN"
    return HomeserverRefused(f"The homeserver refuses: {errcode}.", errcode=errcode, http_status=http_status)


def text_of(answer: Mapping[str, Any], key: str) -> str:
    """A string that the specification promises in an answer."""
    value = answer.get(key)
    if not isinstance(value, str):
        raise not_matrix()
    return value


def not_matrix() -> HomeserverUnavailable:
    return HomeserverUnavailable("The homeserver gave an answer that is not Matrix's.")

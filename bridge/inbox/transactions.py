"""
The homeserver's door: Application Service API, "Pushing events".

One transaction from the homeserver is one transaction of the database. 200 is answered when it has committed; a fault
of the infrastructure answers 5xx, and the homeserver repeats.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson
import structlog
from aiohttp import web

from bridge.chat.changes import Change
from bridge.errors import BridgeError
from bridge.inbox.ephemeral import EphemeralTaker
from bridge.inbox.intake import Intake, Transaction
from bridge.inbox.resync import Resync

log = structlog.get_logger(__name__)

MOST_BYTES = 64 << 20  # 100 events of at most 64 KiB each, and as many ephemeral ones, with room to spare

Publish = Callable[[Sequence[Change]], Awaitable[None]]


class TransactionDoor:
    """``PUT /_matrix/app/v1/transactions/{txnId}`` and the other calls of the homeserver."""

    def __init__(
        self, hs_token: str, intake: Intake, resync: Resync, ephemeral: EphemeralTaker, publish: Publish
    ) -> None:
        self._intake, self._resync, self._ephemeral, self._publish = intake, resync, ephemeral, publish
        self._hs_token = hs_token.encode()

    def routes(self) -> list[web.RouteDef]:
        v1 = "/_matrix/app/v1"
        return [
            web.put(v1 + "/transactions/{txn_id}", self.put_transaction),
            web.put("/transactions/{txn_id}", self.put_transaction),
            web.post(v1 + "/ping", self.post_ping),
            web.get(v1 + "/users/{user_id}", self.get_nothing),
            web.get(v1 + "/rooms/{alias}", self.get_nothing),
        ]

    async def put_transaction(self, request: web.Request) -> web.Response:
        if not self._is_homeserver(request):
            return _forbidden()
        body = await _whole(request)
        if body is None:
            return _error(413, "M_TOO_LARGE", f"A transaction has at most {MOST_BYTES} bytes.")
        try:
            document = _parse(body)
        except ValueError:
            return _error(400, "M_NOT_JSON", "The body is not JSON.")
        if not isinstance(document, dict) or not isinstance(document.get("events", []), list):
            return _error(400, "M_BAD_JSON", "The body must be an object with a list `events`.")
        try:
            await self._take_in(_transaction(request.match_info["txn_id"], document))
        except BridgeError as error:
            log.warning("transaction_put_off", push_txn_id=request.match_info["txn_id"], code=error.code)
            raise  # 503: the homeserver will repeat it
        return _answer({})

    async def _take_in(self, transaction: Transaction) -> None:
        await self._resync.ensure_no_gap(transaction.events)
        changes = await self._intake.take_in(transaction)
        await self._publish(changes)
        await self._resync.follow_redactions(transaction.events)
        await self._ephemeral.take_in(transaction.ephemeral)

    async def post_ping(self, request: web.Request) -> web.Response:
        """The homeserver's answer to our own ping: it reaches us."""
        return _answer({}) if self._is_homeserver(request) else _forbidden()

    async def get_nothing(self, request: web.Request) -> web.Response:
        """Users and rooms of our namespaces are made by provisioning, never because somebody asks for one."""
        if not self._is_homeserver(request):
            return _forbidden()
        return _error(404, "M_NOT_FOUND", "Not made by asking for it.")

    def _is_homeserver(self, request: web.Request) -> bool:
        """Compare the homeserver's token in constant time: Application Service API, "Authorization"."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        given = token if scheme.lower() == "bearer" else request.query.get("access_token", "")
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._hs_token)


def _transaction(push_txn_id: str, document: dict[str, Any]) -> Transaction:
    ephemeral = document.get("ephemeral", document.get("de.sorunome.msc2409.ephemeral", []))
    return Transaction(push_txn_id, document.get("events", []), ephemeral if isinstance(ephemeral, list) else [])


def _parse(body: bytes) -> Any:
    """Parse JSON; also what is not strictly UTF-8 (a lone surrogate): to refuse it would stop the feed for ever."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body.decode("utf-8", "replace"))


async def _whole(request: web.Request) -> bytes | None:
    """The body, or None when it is larger than a transaction can be."""
    chunks, size = [], 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
        if size > MOST_BYTES:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _forbidden() -> web.Response:
    return _error(403, "M_FORBIDDEN", "This token is not the homeserver's.")


def _error(status: int, errcode: str, sentence: str) -> web.Response:
    """Matrix's own form: Client-Server API, "Standard error response"."""
    return _answer({"errcode": errcode, "error": sentence}, status)


def _answer(document: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(document), status=status, content_type="application/json")

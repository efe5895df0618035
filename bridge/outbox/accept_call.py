"""
Accept a plain text together with its command, durably, in one call of the database: PostgreSQL only.

A transaction of six statements is six journeys, and on a busy machine each waits for its turn on both sides. The
functions that do the same in one journey are in the migrations; whatever is not plain takes the long way.
"""

from __future__ import annotations

from collections import OrderedDict

from sqlalchemy import BigInteger, String, bindparam, func, select, true

from bridge.chat.accept_call import (
    ACCEPTED,
    OpenConversation,
    accepted_by,
    find_for_good,
    may_be_called,
    values_of,
)
from bridge.chat.messages import Accepted, Draft
from bridge.chat.shapes import Viewing
from bridge.db.engine import Conn, Database
from bridge.outbox.commands import Command, Kind
from bridge.outbox.store import Lease
from bridge.permissions.school import Person

REMEMBERED = 20_000

_command = (
    func.append_command(
        bindparam("conversation", type_=BigInteger),
        bindparam("sender", type_=BigInteger),
        Kind.MESSAGE.value,
        ACCEPTED.c.id,
        bindparam("now_ms", type_=BigInteger),
        bindparam("until_ms", type_=BigInteger),
        bindparam("holder", type_=String),
    )
    .table_valued("command_id", "ready_ms")
    .lateral("command")
)
ACCEPT = select(ACCEPTED, _command).select_from(ACCEPTED.join(_command, true()))


class AcceptCall:
    """One for each process: it remembers what the conversations are that are written into."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: OrderedDict[int, OpenConversation] = OrderedDict()

    async def accept(
        self, viewing: Viewing, actor: Person, conversation_id: int, draft: Draft, now_ms: int, lease: Lease
    ) -> tuple[Accepted, Command | None] | None:
        """
        Store the message, append its command and take it where nothing else waits.

        Returns:
            As ``messages.accept`` and ``store.append_taken``; None: nothing was done, and only the long way can tell
            what is to be done.

        Raises:
            IntegrityError: Of a ``client_id`` that was used before.
        """
        if self._db.is_sqlite:
            return None
        async with self._db.calling() as conn:
            conversation = await self._find(conn, conversation_id)
            if conversation is None or not may_be_called(viewing, actor, conversation, draft, now_ms):
                return None
            values = values_of(viewing, actor, conversation_id, draft, now_ms)
            values |= {"until_ms": lease.until_ms, "holder": lease.holder}
            row = (await conn.execute(ACCEPT, values)).one_or_none()
        if row is None:
            return None
        accepted = accepted_by(viewing, actor, conversation_id, draft, now_ms, row)
        command = Command(conversation_id, Kind.MESSAGE, actor.id, row.id, {}, row.command_id, 1, now_ms)
        return accepted, command if row.ready_ms is not None else None

    async def _find(self, conn: Conn, conversation_id: int) -> OpenConversation | None:
        known = self._known.get(conversation_id)
        if known is None and (known := await find_for_good(conn, conversation_id)):
            self._known[conversation_id] = known
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return known

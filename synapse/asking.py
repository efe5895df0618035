"""What every rule of the module needs: who asks, what the room is, what is known of the school, words for a refusal."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable

from synapse.module_api import NOT_SPAM, ModuleApi
from synapse.module_api.errors import Codes, SynapseError

from bridge.permissions import matrix, policy, russian
from bridge.permissions.matrix import EventFacts, RoomFacts
from bridge.permissions.policy import Reason
from bridge.permissions.school import Person
from bridge.permissions.snapshot import FileRules, Identity, Snapshot
from classbridge_synapse.bridge_link import BridgeLink
from classbridge_synapse.rules_config import RulesConfig
from classbridge_synapse.snapshot_keeper import SnapshotKeeper

log = logging.getLogger(__name__)

MARKER = (matrix.CONVERSATION_TYPE, "")
REASON_KEY = "org.classbridge.reason"
ROOMS_REMEMBERED = 50_000

Refusal = tuple[Codes, dict[str, str]]
Answer = str | Refusal  # NOT_SPAM, or why not
Ask = Callable[[Snapshot, Person], Reason | None]


class Asking:
    """The module's knowledge; each group of callbacks has it."""

    def __init__(self, config: RulesConfig, api: ModuleApi) -> None:
        self.api = api
        self.identity = Identity(api.server_name, config.user_prefix, f"@{config.bot_localpart}:{api.server_name}")
        self.link = BridgeLink(api, config.bridge_url, config.token)
        self.keeper = SnapshotKeeper(api, self.link, self.identity, config)
        self._rooms: OrderedDict[str, RoomFacts] = OrderedDict()
        self._sentences = russian.SENTENCES if config.language == "ru" else policy.SENTENCES

    def person(self, snapshot: Snapshot, mxid: str) -> Person | None:
        """The person of the school behind *mxid*, or None: an account that the roster does not know."""
        return snapshot.school.find(self.identity.person_id(mxid))

    def is_bot(self, mxid: str) -> bool:
        return mxid == self.identity.bot

    @property
    def files(self) -> FileRules:
        return self.keeper.current.files if self.keeper.current is not None else FileRules()

    # -- deciding ------------------------------------------------------------------------------------------------------

    async def decide(self, mxid: str, ask: Ask) -> Reason | None:
        """
        Ask on the snapshot; before it refuses, on a new one: what was allowed a moment ago is allowed here.

        New contacts need a snapshot that is not stale.
        """
        for is_last in (False, True):
            snapshot = self.keeper.current
            reason: Reason | None = Reason.RULES_UNKNOWN
            if snapshot is not None and not self.keeper.is_stale:
                reason = self.ask_on(snapshot, mxid, ask)
            if reason is None or is_last:
                return reason
            await self.keeper.refresh()
        return None

    async def decide_in_known_room(self, mxid: str, ask: Ask, otherwise: Callable[[], Reason | None]) -> Reason | None:
        """Rooms that exist go on while the snapshot is stale; *otherwise* answers while there is none at all."""
        snapshot = self.keeper.current
        reason = self.ask_on(snapshot, mxid, ask) if snapshot is not None else otherwise()
        if reason is not None:
            await self.keeper.refresh()
            snapshot = self.keeper.current
            reason = self.ask_on(snapshot, mxid, ask) if snapshot is not None else otherwise()
        return reason

    def ask_on(self, snapshot: Snapshot, mxid: str, ask: Ask) -> Reason | None:
        actor = self.person(snapshot, mxid)
        return ask(snapshot, actor) if actor is not None else Reason.ONLY_THE_SCHOOL

    async def answer(self, mxid: str, ask: Ask) -> Answer:
        return self.word(await self.decide(mxid, ask), mxid)

    # -- words ---------------------------------------------------------------------------------------------------------

    def word(self, reason: Reason | None, mxid: str) -> Answer:
        if reason is None:
            return NOT_SPAM
        log.info("refused %s to %s", reason.value, mxid)
        return self.refusal(reason)

    def refusal(self, reason: Reason) -> Refusal:
        return Codes.FORBIDDEN, {"error": self.sentence(reason), REASON_KEY: reason.value}

    def error(self, reason: Reason, status: int = 403, code: Codes = Codes.FORBIDDEN) -> SynapseError:
        return SynapseError(status, self.sentence(reason), code, {REASON_KEY: reason.value})

    def error_of_bridge(self, code: str, detail: str) -> SynapseError:
        """What the bridge answered, in the module's own words where it has them."""
        sentence = self.sentence(Reason(code)) if code in set(Reason) else detail
        return SynapseError(403, sentence, Codes.FORBIDDEN, {REASON_KEY: code})

    def sentence(self, reason: Reason) -> str:
        return self._sentences[reason]

    # -- facts that Synapse has ----------------------------------------------------------------------------------------

    async def room(self, room_id: str) -> RoomFacts | None:
        """What the bridge has written into the room; None: it is not the bridge's. It never changes, so it is kept."""
        if room_id in self._rooms:
            self._rooms.move_to_end(room_id)
            return self._rooms[room_id]
        event = (await self.api.get_room_state(room_id, [MARKER])).get(MARKER)
        if event is None or not self.is_bot(event.sender):
            return None
        facts = matrix.read_marker(event.content)
        self._rooms[room_id] = facts
        if len(self._rooms) > ROOMS_REMEMBERED:
            self._rooms.popitem(last=False)
        return facts

    async def find_event(self, event_id: object) -> EventFacts | None:
        """Whose event it is, and when it was sent; None: there is no such event."""
        if not isinstance(event_id, str):
            return None
        found = await self.api.run_db_interaction("school_rules_event", _read_event, event_id)
        if found is None:
            return None
        sender, sent_ms, state_key = found
        return EventFacts(self.identity.person_id(sender), sent_ms, is_state=state_key is not None)


def _read_event(txn: object, event_id: str) -> tuple[str, int, str | None] | None:
    txn.execute(  # type: ignore[attr-defined]  # Synapse's transactions have no public type
        "SELECT sender, origin_server_ts, state_key FROM events WHERE event_id = ?", (event_id,)
    )
    found: tuple[str, int, str | None] | None = txn.fetchone()  # type: ignore[attr-defined]
    return found

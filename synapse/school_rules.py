"""
The school's rules inside Synapse, for every client: a module (Synapse documentation, "Writing a module").

It is thin. It keeps a snapshot of the school, asks ``bridge.permissions``, the same code that the web API asks, and
turns the answer into Synapse's. A conversation that somebody begins in a client is begun by the bridge, and the client
gets that room. Only the public module API is used. An unexpected error is logged and refuses.

Here are rooms and what is sent into them; people and uploads have files of their own.
"""

from __future__ import annotations

import logging
from typing import Any

from synapse.module_api import NOT_SPAM, EventBase, ModuleApi, Requester, StateMap
from synapse.module_api.errors import SynapseError

from bridge.permissions import matrix
from bridge.permissions.matrix import RoomFacts
from bridge.permissions.matrix_events import refuse_content
from bridge.permissions.policy import Reason
from bridge.permissions.school import Person
from bridge.permissions.snapshot import FileRules, Snapshot
from classbridge_synapse.answers import GivesRoom, guarded
from classbridge_synapse.asking import REASON_KEY, Answer, Asking
from classbridge_synapse.bridge_link import BridgeAway, BridgeRefused
from classbridge_synapse.people import PeopleRules
from classbridge_synapse.rules_config import RulesConfig, parse_rules_config
from classbridge_synapse.uploads import UploadRules

log = logging.getLogger(__name__)


class SchoolRules:
    """What Synapse calls. One for each Synapse process."""

    def __init__(self, config: RulesConfig, api: ModuleApi) -> None:
        self._api = api
        self._asking = asking = Asking(config, api)
        self.people, self.uploads = PeopleRules(asking, api, sign_in=config.sign_in), UploadRules(asking, api)
        refuse = asking.refusal(Reason.RULES_UNKNOWN)
        api.register_spam_checker_callbacks(
            check_event_for_spam=guarded(self.check_event_for_spam, refuse),
            user_may_create_room=guarded(self.user_may_create_room, refuse),
            user_may_invite=guarded(self.user_may_invite, refuse),
            federated_user_may_invite=guarded(self.federated_user_may_invite, refuse),
            user_may_send_3pid_invite=guarded(self.user_may_send_3pid_invite, refuse),
            user_may_join_room=guarded(self.user_may_join_room, refuse),
            user_may_create_room_alias=guarded(self.user_may_create_room_alias, refuse),
            user_may_publish_room=guarded(self.user_may_publish_room, refuse),
            user_may_send_state_event=guarded(self.user_may_send_state_event, refuse),
        )
        api.register_third_party_rules_callbacks(
            on_create_room=self.on_create_room,
            check_event_allowed=guarded(self.check_event_allowed, (False, None)),
        )

    @staticmethod
    def parse_config(config: dict[str, Any]) -> RulesConfig:
        return parse_rules_config(config)

    # -- beginning -----------------------------------------------------------------------------------------------------

    async def on_create_room(self, requester: Requester, request: dict[str, Any], is_admin: bool) -> None:
        """Begin the conversation through the bridge, and answer with its room. Raises in every case but the bot's."""
        mxid = requester.user.to_string()
        if self._asking.is_bot(mxid) or (is_admin and self._asking.identity.person_id(mxid) is None):
            return
        try:
            error: SynapseError = await self._begin(mxid, request)
        except Exception:
            log.exception("cannot decide whether %s may create a room", mxid)
            error = self._asking.error(Reason.RULES_UNKNOWN)
        raise error

    async def _begin(self, mxid: str, request: dict[str, Any]) -> SynapseError:
        wishes: list[matrix.Wish] = []

        def ask(snapshot: Snapshot, actor: Person) -> Reason | None:
            wish = matrix.read_wish(snapshot, request)
            if isinstance(wish, Reason):
                return wish
            wishes[:] = [wish]
            return matrix.refuse_create(snapshot, actor, wish)

        reason = await self._asking.decide(mxid, ask)
        person_id = self._asking.identity.person_id(mxid)
        if reason is not None or person_id is None:
            reason = reason or Reason.ONLY_THE_SCHOOL
            log.info("refused %s to %s, who wanted to create a room", reason.value, mxid)
            return self._asking.error(reason)
        try:
            return GivesRoom(await self._asking.link.begin(person_id, wishes[0]))
        except BridgeRefused as refused:
            return self._asking.error_of_bridge(refused.code, refused.detail)
        except BridgeAway:
            return self._asking.error(Reason.RULES_UNKNOWN)

    async def user_may_create_room(self, user_id: str, room_config: dict[str, Any]) -> Answer:  # noqa: ARG002
        """What ``on_create_room`` let through is the bot's; an upgrade comes here alone, and is the bot's too."""
        asking = self._asking
        if asking.is_bot(user_id) or (
            asking.identity.person_id(user_id) is None and await self._api.is_user_admin(user_id)
        ):
            return NOT_SPAM
        return asking.word(Reason.ONLY_THE_SCHOOL, user_id)

    # -- coming and going ----------------------------------------------------------------------------------------------

    async def user_may_invite(self, inviter: str, invitee: str, room_id: str) -> Answer:
        if self._asking.is_bot(inviter):
            return NOT_SPAM
        room = await self._asking.room(room_id)
        if room is None:
            return self._asking.word(Reason.ONLY_THE_SCHOOL, inviter)
        return await self._asking.answer(inviter, lambda s, actor: matrix.refuse_invite(s, actor, room, invitee))

    async def federated_user_may_invite(self, event: EventBase) -> Answer:
        return self._asking.word(Reason.ONLY_THE_SCHOOL, event.sender)

    async def user_may_send_3pid_invite(self, inviter: str, medium: str, address: str, room_id: str) -> Answer:  # noqa: ARG002
        return self._asking.word(Reason.PERSON_INACTIVE, inviter)

    async def user_may_join_room(self, user_id: str, room_id: str, is_invited: bool) -> Answer:
        if self._asking.is_bot(user_id):
            return NOT_SPAM
        room = await self._asking.room(room_id)
        if room is None:
            return self._asking.word(Reason.NOT_A_PARTICIPANT, user_id)
        member = (matrix.MEMBER, user_id)
        if _membership((await self._api.get_room_state(room_id, [member])).get(member)) == "join":
            return NOT_SPAM  # a member whose profile changes
        ask = lambda s, who: matrix.refuse_join(s, who, room, is_invited=is_invited)  # noqa: E731
        return await self._asking.answer(user_id, ask)

    async def check_event_allowed(self, event: EventBase, state: StateMap[EventBase]) -> tuple[bool, None]:
        """
        Ask about what no other callback sees: that somebody's membership ends, and who knocks.

        Raises, for that is how the client learns why.
        """
        if event.type != matrix.MEMBER or self._asking.identity.person_id(event.sender) is None:
            return True, None
        before, after = _membership(state.get((matrix.MEMBER, event.state_key))), _membership(event)
        ends = after == "ban" or (after == "leave" and before == "join")
        room = await self._asking.room(event.room_id) if ends or after == "knock" else None
        if room is None:
            return True, None  # or it is no room of the school: whoever is in it may leave
        reason: Reason | None = Reason.NOT_A_PARTICIPANT
        if ends:
            levels = state.get(("m.room.power_levels", ""))
            is_manager = levels is not None and matrix.may_remove(levels.content, event.sender)
            member_id = self._asking.identity.person_id(event.state_key)
            reason = await self._asking.decide_in_known_room(
                event.sender,
                lambda s, actor: matrix.refuse_removal(s, actor, room, member_id, is_manager=is_manager),
                lambda: Reason.RULES_UNKNOWN,
            )
            if reason is Reason.ONLY_THE_SCHOOL:  # whom the roster does not know any more: the account may go
                reason = None
        if reason is not None:
            log.info("refused %s to %s", reason.value, event.sender)
            raise self._asking.error(reason)
        return True, None

    async def user_may_create_room_alias(self, user_id: str, room_alias: object) -> Answer:  # noqa: ARG002
        return self._only_the_bot(user_id)

    async def user_may_publish_room(self, user_id: str, room_id: str) -> Answer:  # noqa: ARG002
        return self._only_the_bot(user_id)

    def _only_the_bot(self, user_id: str) -> Answer:
        return self._asking.word(None if self._asking.is_bot(user_id) else Reason.ONLY_THE_SCHOOL, user_id)

    # -- events --------------------------------------------------------------------------------------------------------

    async def user_may_send_state_event(
        self,
        user_id: str,
        room_id: str,
        event_type: str,
        state_key: str,
        content: dict[str, Any],  # noqa: ARG002
    ) -> Answer:
        """Raises, for what this callback returns reaches nobody but as a code."""
        answer = await self._state(user_id, room_id, event_type, state_key)
        if isinstance(answer, tuple):
            raise SynapseError(403, answer[1]["error"], answer[0], {REASON_KEY: answer[1][REASON_KEY]})
        return answer

    async def check_event_for_spam(self, event: EventBase) -> Answer:
        if self._asking.is_bot(event.sender):
            return NOT_SPAM
        if event.is_state():
            return await self._state(event.sender, event.room_id, event.type, event.state_key)
        if getattr(event.internal_metadata, "device_id", None) == matrix.BRIDGE_DEVICE:
            return NOT_SPAM  # the web has accepted it, perhaps an hour ago: then it is carried out
        room = await self._asking.room(event.room_id)
        if room is None:
            return self._asking.word(Reason.ONLY_THE_SCHOOL, event.sender)
        reason = await self._message(event, room)
        return self._asking.word(reason, event.sender)

    async def _message(self, event: EventBase, room: RoomFacts) -> Reason | None:
        if event.type == matrix.REDACTION:
            redacted = await self._asking.find_event(event.redacts)

            def ask_redaction(_: Snapshot, actor: Person) -> Reason | None:
                inactive = None if actor.is_active else Reason.PERSON_INACTIVE
                return inactive or matrix.refuse_redaction(actor, room, redacted)

            is_state = redacted is not None and redacted.is_state
            return await self._asking.decide_in_known_room(
                event.sender, ask_redaction, lambda: Reason.ONLY_THE_SCHOOL if is_state else None
            )
        edited = await self._asking.find_event(matrix.edited_event_id(event.content))

        def ask(snapshot: Snapshot, actor: Person) -> Reason | None:
            reason = matrix.refuse_event(snapshot, actor, event.room_id, room, event.type, event.content)
            return reason or matrix.refuse_edit_of(snapshot, actor, edited, event.origin_server_ts)

        return await self._asking.decide_in_known_room(
            event.sender, ask, lambda: refuse_content(FileRules(), event.type, event.content)
        )

    async def _state(self, user_id: str, room_id: str, event_type: str, state_key: str) -> Answer:
        if self._asking.is_bot(user_id):
            return NOT_SPAM
        room = await self._asking.room(room_id)
        if room is None:
            return self._asking.word(Reason.ONLY_THE_SCHOOL, user_id)
        return await self._asking.answer(
            user_id, lambda _, actor: matrix.refuse_state(actor, room, event_type, state_key, own_mxid=user_id)
        )


def _membership(event: EventBase | None) -> str | None:
    return None if event is None else event.content.get("membership")

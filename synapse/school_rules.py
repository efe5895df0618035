"""
The school's rules inside Synapse, for every client: a module (Synapse documentation, "Writing a module").

It is thin. It keeps a snapshot of the school, asks ``bridge.permissions``, the same code that the web API asks, and
turns the answer into Synapse's. A conversation that somebody begins in a client is begun by the bridge, and the client
gets that room. Only the public module API is used. An unexpected error is logged and refuses.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from synapse.module_api import NOT_SPAM, EventBase, ModuleApi, ProfileInfo, Requester, UserID, UserProfile
from synapse.module_api.errors import Codes, SynapseError

from bridge.permissions import file_heads, matrix, policy, russian
from bridge.permissions.matrix import RoomFacts
from bridge.permissions.policy import Reason
from bridge.permissions.school import Person
from bridge.permissions.snapshot import FileRules, Identity, Snapshot
from classbridge_synapse.answers import GivesRoom, guarded
from classbridge_synapse.bridge_link import BridgeAway, BridgeLink, BridgeRefused
from classbridge_synapse.rules_config import RulesConfig, parse_rules_config
from classbridge_synapse.snapshot_keeper import SnapshotKeeper

log = logging.getLogger(__name__)

MARKER = (matrix.CONVERSATION_TYPE, "")
REASON_KEY = "org.classbridge.reason"
ROOMS_REMEMBERED = 50_000
PUT_BACK_AFTER_MS = 500
NAME_CHARACTERS = 256  # of a display name in Synapse
PASSWORD = ("m.login.password", ("password",))

Refusal = tuple[Codes, dict[str, str]]
Answer = str | Refusal  # NOT_SPAM, or why not
Ask = Callable[[Snapshot], Reason | None]


class SchoolRules:
    """What Synapse calls. One for each Synapse process."""

    def __init__(self, config: RulesConfig, api: ModuleApi) -> None:
        self._config, self._api = config, api
        self._identity = Identity(api.server_name, config.user_prefix, f"@{config.bot_localpart}:{api.server_name}")
        self._link = BridgeLink(api, config.bridge_url, config.token)
        self._keeper = SnapshotKeeper(api, self._link, self._identity, config)
        self._rooms: OrderedDict[str, RoomFacts] = OrderedDict()
        self._sentences = russian.SENTENCES if config.language == "ru" else policy.SENTENCES
        refuse = self._refusal(Reason.RULES_UNKNOWN)
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
            check_username_for_spam=guarded(self.check_username_for_spam, True),
            check_media_file_for_spam=guarded(self.check_media_file_for_spam, refuse),
            check_login_for_spam=guarded(self.check_login_for_spam, refuse),
        )
        api.register_third_party_rules_callbacks(
            on_create_room=self.on_create_room, on_profile_update=guarded(self.on_profile_update, None)
        )
        api.register_account_validity_callbacks(is_user_expired=guarded(self.is_user_expired, True))
        api.register_media_repository_callbacks(
            get_media_config_for_user=guarded(self.get_media_config_for_user, {"m.upload.size": 0}),
            is_user_allowed_to_upload_media_of_size=guarded(self.may_upload, False),
        )
        if config.sign_in:
            api.register_password_auth_provider_callbacks(auth_checkers={PASSWORD: guarded(self.check_password, None)})

    @staticmethod
    def parse_config(config: dict[str, Any]) -> RulesConfig:
        return parse_rules_config(config)

    # -- who asks ------------------------------------------------------------------------------------------------------

    def _person(self, snapshot: Snapshot, mxid: str) -> Person | None:
        """The person of the school behind *mxid*, or None: an account that the roster does not know."""
        return snapshot.school.find(self._identity.person_id(mxid))

    def _is_bot(self, mxid: str) -> bool:
        return mxid == self._identity.bot

    async def _decide(self, mxid: str, ask: Callable[[Snapshot, Person], Reason | None]) -> Reason | None:
        """
        Ask on the snapshot; before it refuses, on a new one: what was allowed a moment ago is allowed here.

        New contacts need a snapshot that is not stale.
        """
        for is_last in (False, True):
            snapshot = self._keeper.current
            reason: Reason | None = Reason.RULES_UNKNOWN
            if snapshot is not None and not self._keeper.is_stale:
                actor = self._person(snapshot, mxid)
                reason = ask(snapshot, actor) if actor is not None else Reason.ONLY_THE_SCHOOL
            if reason is None or is_last:
                return reason
            await self._keeper.refresh()
        return None

    async def _answer(self, mxid: str, ask: Callable[[Snapshot, Person], Reason | None]) -> Answer:
        return self._word(await self._decide(mxid, ask), mxid)

    def _word(self, reason: Reason | None, mxid: str) -> Answer:
        if reason is None:
            return NOT_SPAM
        log.info("refused %s to %s", reason.value, mxid)
        return self._refusal(reason)

    def _refusal(self, reason: Reason) -> Refusal:
        return Codes.FORBIDDEN, {"error": self._sentences[reason], REASON_KEY: reason.value}

    def _error(self, reason: str, sentence: str) -> SynapseError:
        return SynapseError(403, sentence, Codes.FORBIDDEN, {REASON_KEY: reason})

    async def _room(self, room_id: str) -> RoomFacts | None:
        """What the bridge has written into the room; None: it is not the bridge's. It never changes, so it is kept."""
        if room_id in self._rooms:
            self._rooms.move_to_end(room_id)
            return self._rooms[room_id]
        event = (await self._api.get_room_state(room_id, [MARKER])).get(MARKER)
        if event is None or not self._is_bot(event.sender):
            return None
        facts = matrix.read_marker(event.content)
        self._rooms[room_id] = facts
        if len(self._rooms) > ROOMS_REMEMBERED:
            self._rooms.popitem(last=False)
        return facts

    # -- rooms ---------------------------------------------------------------------------------------------------------

    async def on_create_room(self, requester: Requester, request: dict[str, Any], is_admin: bool) -> None:
        """Begin the conversation through the bridge, and answer with its room. Raises in every case but the bot's."""
        mxid = requester.user.to_string()
        if self._is_bot(mxid) or (is_admin and self._identity.person_id(mxid) is None):
            return
        try:
            error: SynapseError = await self._begin(mxid, request)
        except Exception:
            log.exception("cannot decide whether %s may create a room", mxid)
            error = self._error(Reason.RULES_UNKNOWN, self._sentences[Reason.RULES_UNKNOWN])
        raise error

    async def _begin(self, mxid: str, request: dict[str, Any]) -> SynapseError:
        wishes: list[matrix.Wish] = []

        def ask(snapshot: Snapshot, actor: Person) -> Reason | None:
            wish = matrix.read_wish(snapshot, request)
            if isinstance(wish, Reason):
                return wish
            wishes[:] = [wish]
            return matrix.refuse_create(snapshot, actor, wish)

        reason = await self._decide(mxid, ask)
        person_id = self._identity.person_id(mxid)
        if reason is not None or person_id is None:
            reason = reason or Reason.ONLY_THE_SCHOOL
            log.info("refused %s to %s, who wanted to create a room", reason.value, mxid)
            return self._error(reason, self._sentences[reason])
        try:
            return GivesRoom(await self._link.begin(person_id, wishes[0]))
        except BridgeRefused as refused:
            return self._error(refused.code, self._sentence(refused.code, refused.detail))
        except BridgeAway:
            return self._error(Reason.RULES_UNKNOWN, self._sentences[Reason.RULES_UNKNOWN])

    def _sentence(self, code: str, otherwise: str) -> str:
        return self._sentences[Reason(code)] if code in set(Reason) else otherwise

    async def user_may_create_room(self, user_id: str, room_config: dict[str, Any]) -> Answer:  # noqa: ARG002
        """What ``on_create_room`` let through is the bot's; an upgrade comes here alone, and is the bot's too."""
        if self._is_bot(user_id) or (
            self._identity.person_id(user_id) is None and await self._api.is_user_admin(user_id)
        ):
            return NOT_SPAM
        return self._word(Reason.ONLY_THE_SCHOOL, user_id)

    async def user_may_invite(self, inviter: str, invitee: str, room_id: str) -> Answer:
        if self._is_bot(inviter):
            return NOT_SPAM
        room = await self._room(room_id)
        if room is None:
            return self._word(Reason.ONLY_THE_SCHOOL, inviter)
        return await self._answer(inviter, lambda s, actor: matrix.refuse_invite(s, actor, room, invitee))

    async def federated_user_may_invite(self, event: EventBase) -> Answer:
        return self._word(Reason.ONLY_THE_SCHOOL, event.sender)

    async def user_may_send_3pid_invite(self, inviter: str, medium: str, address: str, room_id: str) -> Answer:  # noqa: ARG002
        return self._word(Reason.PERSON_INACTIVE, inviter)

    async def user_may_join_room(self, user_id: str, room_id: str, is_invited: bool) -> Answer:
        if self._is_bot(user_id):
            return NOT_SPAM
        room = await self._room(room_id)
        if room is None:
            return self._word(Reason.NOT_A_PARTICIPANT, user_id)
        member = ("m.room.member", user_id)
        found = (await self._api.get_room_state(room_id, [member])).get(member)
        if found is not None and found.content.get("membership") == "join":
            return NOT_SPAM  # a member whose profile changes
        return await self._answer(user_id, lambda s, who: matrix.refuse_join(s, who, room, is_invited=is_invited))

    async def user_may_create_room_alias(self, user_id: str, room_alias: object) -> Answer:  # noqa: ARG002
        return NOT_SPAM if self._is_bot(user_id) else self._word(Reason.ONLY_THE_SCHOOL, user_id)

    async def user_may_publish_room(self, user_id: str, room_id: str) -> Answer:  # noqa: ARG002
        return NOT_SPAM if self._is_bot(user_id) else self._word(Reason.ONLY_THE_SCHOOL, user_id)

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
        if self._is_bot(event.sender):
            return NOT_SPAM
        if event.is_state():
            return await self._state(event.sender, event.room_id, event.type, event.state_key)
        room = await self._room(event.room_id)
        if room is None:
            return self._word(Reason.ONLY_THE_SCHOOL, event.sender)

        edited = await self._find_edited(event)

        def ask(snapshot: Snapshot) -> Reason | None:
            actor = self._person(snapshot, event.sender)
            if actor is None:
                return Reason.ONLY_THE_SCHOOL
            reason = matrix.refuse_event(snapshot, actor, event.room_id, room, event.type, event.content)
            return reason or matrix.refuse_edit_of(snapshot, actor, edited, event.origin_server_ts)

        return self._word(await self._in_known_room(ask, event), event.sender)

    async def _find_edited(self, event: EventBase) -> tuple[int | None, int] | None:
        """Whose message an edit replaces, and when it was sent, in milliseconds; None: it is no edit."""
        event_id = matrix.edited_event_id(event.content)
        found = await self._api.run_db_interaction("school_rules_edited", _read_event, event_id) if event_id else None
        return (self._identity.person_id(found[0]), found[1]) if found else None

    async def _in_known_room(self, ask: Ask, event: EventBase) -> Reason | None:
        """Rooms that exist go on while the snapshot is stale; without any, by what the event is alone."""
        snapshot = self._keeper.current
        reason = ask(snapshot) if snapshot is not None else None
        if reason is not None:
            await self._keeper.refresh()
            snapshot = self._keeper.current
            reason = ask(snapshot) if snapshot is not None else reason
        if snapshot is None and event.type != matrix.REDACTION:
            return matrix.refuse_content(FileRules(), event.type, event.content)
        return reason

    async def _state(self, user_id: str, room_id: str, event_type: str, state_key: str) -> Answer:
        if self._is_bot(user_id):
            return NOT_SPAM
        room = await self._room(room_id)
        if room is None:
            return self._word(Reason.ONLY_THE_SCHOOL, user_id)
        return await self._answer(
            user_id, lambda _, actor: matrix.refuse_state(actor, room, event_type, state_key, own_mxid=user_id)
        )

    # -- people --------------------------------------------------------------------------------------------------------

    async def check_username_for_spam(self, user_profile: UserProfile, requester_id: str) -> bool:
        """Hide a person from who asks the directory; True hides."""
        snapshot = self._keeper.current
        if self._is_bot(requester_id):
            return False
        if snapshot is None:
            return True
        who, other = self._person(snapshot, requester_id), self._person(snapshot, user_profile["user_id"])
        return who is None or other is None or not matrix.may_find(snapshot, who, other)

    async def on_profile_update(self, user_id: str, profile: ProfileInfo, by_admin: bool, deactivation: bool) -> None:
        """Synapse has no callback before a name changes: it is put back when Synapse is done with the change."""
        snapshot = self._keeper.current
        person = self._person(snapshot, user_id) if snapshot is not None else None
        if person is not None and not by_admin and not deactivation and profile.display_name != _name(person):
            self._api.delayed_background_call(PUT_BACK_AFTER_MS, self._put_back, user_id, desc="put_back_name")

    async def _put_back(self, user_id: str) -> None:
        await self._keeper.refresh()  # perhaps the roster has just renamed this person
        snapshot = self._keeper.current
        person = self._person(snapshot, user_id) if snapshot is not None else None
        if person is None:
            return
        found = await self._api.get_profile_for_user(user_id.partition(":")[0].removeprefix("@"))
        if found.display_name != _name(person):
            log.info("the name of %s is put back", user_id)
            await self._api.set_displayname(UserID.from_string(user_id), _name(person))

    async def check_login_for_spam(
        self,
        user_id: str,
        device_id: str | None,  # noqa: ARG002
        initial_display_name: str | None,  # noqa: ARG002
        request_info: object,  # noqa: ARG002
        auth_provider_id: str | None = None,  # noqa: ARG002
    ) -> Answer:
        if self._identity.person_id(user_id) is None:
            return NOT_SPAM
        return self._word(Reason.PERSON_INACTIVE if await self.is_user_expired(user_id) else None, user_id)

    async def is_user_expired(self, user_id: str) -> bool | None:
        """Whether the account's person is not at the school any more; None: not ours to say."""
        snapshot = self._keeper.current
        person_id = self._identity.person_id(user_id)
        if snapshot is None or person_id is None:
            return None
        if snapshot.school.find_active(person_id) is not None:
            return False
        await self._keeper.refresh()
        return self._keeper.current is not None and self._keeper.current.school.find_active(person_id) is None

    async def check_password(self, username: str, _login_type: str, given: dict[str, Any]) -> tuple[str, None] | None:
        """Ask the bridge about a username of the school, or a Matrix id, and a password; nothing is stored."""
        password = given.get("password")
        if not isinstance(password, str) or not password:
            return None
        person_id = await self._link.check_password(self._school_name(username), password)
        if person_id is None:
            return None
        mxid = self._identity.ghost(person_id)
        return (mxid, None) if await self._api.check_user_exists(mxid) else None

    def _school_name(self, username: str) -> str:
        """The school's username of whoever signs in with the Matrix id."""
        full = username if username.startswith("@") else f"@{username}:{self._identity.server_name}"
        snapshot = self._keeper.current
        person = self._person(snapshot, full) if snapshot is not None else None
        return person.username if person is not None else username

    # -- files ---------------------------------------------------------------------------------------------------------

    def _largest(self) -> int:
        return (self._keeper.current.files if self._keeper.current is not None else FileRules()).largest

    async def may_upload(self, user_id: str, size: int) -> bool:
        return self._identity.person_id(user_id) is None or size <= self._largest()

    async def get_media_config_for_user(self, user_id: str) -> dict[str, Any] | None:
        return {"m.upload.size": self._largest()} if self._identity.person_id(user_id) is not None else None

    async def check_media_file_for_spam(self, file_wrapper: Any, file_info: Any) -> Answer:
        """Look at how the file begins: what a client says of its type may be made up."""
        if file_info.thumbnail is not None or file_info.url_cache:
            return NOT_SPAM
        head = bytearray()

        def take(chunk: bytes) -> None:
            if len(head) < file_heads.HEAD_BYTES:
                head.extend(chunk[: file_heads.HEAD_BYTES - len(head)])

        await file_wrapper.write_chunks_to(take)
        if not file_heads.is_taken(bytes(head)):
            log.info("refused %s to an upload", Reason.FILE_TYPE.value)
            raise self._error(Reason.FILE_TYPE.value, self._sentences[Reason.FILE_TYPE])
        return NOT_SPAM


def _name(person: Person) -> str:
    return person.name[:NAME_CHARACTERS]


def _read_event(txn: Any, event_id: str) -> tuple[str, int] | None:
    txn.execute("SELECT sender, origin_server_ts FROM events WHERE event_id = ?", (event_id,))
    found: tuple[str, int] | None = txn.fetchone()
    return found

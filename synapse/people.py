"""Who one is: the directory, names, signing in, passwords, and the end of an account."""

from __future__ import annotations

import logging
import math
import time
from typing import Any

from synapse.module_api import ModuleApi, ProfileInfo, UserID, UserProfile
from synapse.module_api.errors import Codes

from bridge.permissions import matrix
from bridge.permissions.policy import Reason
from bridge.permissions.school import Person
from classbridge_synapse.answers import guarded
from classbridge_synapse.asking import Answer, Asking
from classbridge_synapse.bridge_link import BridgeAway

log = logging.getLogger(__name__)

PUT_BACK_AFTER_MS = 500
NAME_CHARACTERS = 256  # of a display name in Synapse
PASSWORD = ("m.login.password", ("password",))
VOUCHED_S = 5  # between the check of a password and the end of the same sign-in
WRONG_PASSWORD = "Invalid username or password"  # noqa: S105 - Synapse's own words


class PeopleRules:
    """Callbacks about accounts."""

    def __init__(self, asking: Asking, api: ModuleApi, *, sign_in: bool) -> None:
        self._asking, self._api, self._signs_in = asking, api, sign_in
        self._vouched: dict[str, float] = {}  # mxid to when the bridge has known the password
        refuse = asking.refusal(Reason.RULES_UNKNOWN)
        api.register_spam_checker_callbacks(
            check_username_for_spam=guarded(self.check_username_for_spam, True),
            check_login_for_spam=guarded(self.check_login_for_spam, refuse),
        )
        api.register_third_party_rules_callbacks(
            on_profile_update=guarded(self.on_profile_update, None),
            check_can_deactivate_user=guarded(self.check_can_deactivate_user, False),
        )
        api.register_account_validity_callbacks(is_user_expired=guarded(self.is_user_expired, True))
        if sign_in:
            api.register_password_auth_provider_callbacks(auth_checkers={PASSWORD: guarded(self.check_password, None)})

    # -- names ---------------------------------------------------------------------------------------------------------

    async def check_username_for_spam(self, user_profile: UserProfile, requester_id: str) -> bool:
        """Hide a person from who asks the directory; True hides."""
        asking, snapshot = self._asking, self._asking.keeper.current
        if asking.is_bot(requester_id):
            return False
        if snapshot is None:
            return True
        who, other = asking.person(snapshot, requester_id), asking.person(snapshot, user_profile["user_id"])
        return who is None or other is None or not matrix.may_find(snapshot, who, other)

    async def on_profile_update(self, user_id: str, profile: ProfileInfo, by_admin: bool, deactivation: bool) -> None:
        """Synapse has no callback before a name changes: it is put back when Synapse is done with the change."""
        person = self._find(user_id)
        if person is not None and not by_admin and not deactivation and profile.display_name != _name(person):
            self._api.delayed_background_call(PUT_BACK_AFTER_MS, self._put_back, user_id, desc="put_back_name")

    async def _put_back(self, user_id: str) -> None:
        await self._asking.keeper.refresh()  # perhaps the roster has just renamed this person
        person = self._find(user_id)
        if person is None:
            return
        found = await self._api.get_profile_for_user(user_id.partition(":")[0].removeprefix("@"))
        if found.display_name != _name(person):
            log.info("the name of %s is put back", user_id)
            await self._api.set_displayname(UserID.from_string(user_id), _name(person))

    def _find(self, user_id: str) -> Person | None:
        snapshot = self._asking.keeper.current
        return self._asking.person(snapshot, user_id) if snapshot is not None else None

    # -- accounts ------------------------------------------------------------------------------------------------------

    async def check_can_deactivate_user(self, user_id: str, by_admin: bool) -> bool:
        """
        An account ends with the roster, or by an administrator of the homeserver; never by its own person.

        Erased with it would be what the person has said, and the bridge could not speak as them any more.
        """
        return by_admin or not (self._asking.is_bot(user_id) or self._asking.identity.person_id(user_id) is not None)

    async def check_login_for_spam(
        self,
        user_id: str,
        device_id: str | None,
        initial_display_name: str | None,  # noqa: ARG002
        request_info: object,  # noqa: ARG002
        auth_provider_id: str | None = None,
    ) -> Answer:
        """
        Let in whom the bridge, or the school's single sign-on, has let in.

        Not whose password is one of Synapse's own, which anybody can set in a client. And nobody on the bridge's own
        device: what comes through it has been asked about on the web already.
        """
        reason = None
        if device_id == matrix.BRIDGE_DEVICE:
            reason = Reason.ONLY_THE_SCHOOL
        elif await self.is_user_expired(user_id):
            reason = Reason.PERSON_INACTIVE
        elif auth_provider_id is None and not self._is_vouched_for(user_id):
            log.info("refused to %s a password that is not the school's", user_id)
            return Codes.FORBIDDEN, {"error": WRONG_PASSWORD}
        return self._asking.word(reason, user_id)

    def _is_vouched_for(self, user_id: str) -> bool:
        """Whether the bridge has just known this person's password, where it is the one to ask."""
        if not self._signs_in or self._asking.identity.person_id(user_id) is None:
            return True
        return time.monotonic() - self._vouched.get(user_id, -math.inf) < VOUCHED_S

    async def is_user_expired(self, user_id: str) -> bool | None:
        """Whether the account's person is not at the school any more; None: not ours to say."""
        keeper, person_id = self._asking.keeper, self._asking.identity.person_id(user_id)
        if keeper.current is None or person_id is None:
            return None
        if keeper.current.school.find_active(person_id) is not None:
            return False
        await keeper.refresh()
        return keeper.current.school.find_active(person_id) is None

    async def check_password(self, username: str, _login_type: str, given: dict[str, Any]) -> tuple[str, None] | None:
        """Ask the bridge about a username of the school, or a Matrix id, and a password; nothing is stored."""
        password = given.get("password")
        if not isinstance(password, str) or not password:
            return None
        try:
            person_id = await self._asking.link.check_password(self._school_name(username), password)
        except BridgeAway as away:
            log.warning("nobody can sign in by password: %s", away)
            return None  # to the client it is a wrong password: Synapse lets a module say no more
        if person_id is None:
            return None
        mxid = self._asking.identity.ghost(person_id)
        self._vouched[mxid] = time.monotonic()
        return (mxid, None) if await self._api.check_user_exists(mxid) else None

    def _school_name(self, username: str) -> str:
        """The school's username of whoever signs in with the Matrix id."""
        person = self._find(self._full(username))
        return person.username if person is not None else username

    def _full(self, username: str) -> str:
        return username if username.startswith("@") else f"@{username}:{self._asking.identity.server_name}"


def _name(person: Person) -> str:
    return person.name[:NAME_CHARACTERS]

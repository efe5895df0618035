"""Whatever happens in the panel and on the way, in the end the bridge knows what the panel is."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from bridge_door import BridgeDoor
from django.core.management import call_command
from panel.school.models import Membership, StudyGroup, User
from panel_world import PARENT, PUPIL, TEACHER, enrol, make_group, make_user, panel_now, waiting

from classbridge_panel.client import BridgeAway
from classbridge_panel.sending import send_pending
from classbridge_panel.syncing import sync

ROLES = (PUPIL, PUPIL, TEACHER, PARENT)
STEPS = 60


class Day:
    """One random day at a school; the seed is its name, so that a bad one can be lived again."""

    def __init__(self, door: BridgeDoor, seed: int) -> None:
        self._door, self._chance, self._number = door, random.Random(seed), 0

    def live(self) -> None:
        changes: list[Callable[[], None]] = [
            self._new_user,
            self._new_group,
            self._enrol,
            self._move,
            self._leave,
            self._change_user,
            self._change_group,
            self._assistants,
            self._tutor,
            self._delete_user,
            self._delete_group,
            self._send,
            self._send,
            self._trouble,
        ]
        for _ in range(STEPS):
            self._chance.choice(changes)()

    def _one(self, model: type) -> object | None:
        found = list(model.objects.order_by("pk"))
        return self._chance.choice(found) if found else None

    def _new_user(self) -> None:
        self._number += 1
        make_user(f"user{self._number}", self._chance.choice(ROLES))

    def _new_group(self) -> None:
        self._number += 1
        make_group(f"Группа {self._number}", tutor=self._one(User))

    def _enrol(self) -> None:
        group, user = self._one(StudyGroup), self._one(User)
        if group and user:
            enrol(group, user, self._chance.choice((PUPIL, TEACHER)))

    def _move(self) -> None:
        if membership := self._one(Membership):
            membership.group, membership.user = self._one(StudyGroup), self._one(User)
            membership.save()

    def _leave(self) -> None:
        if membership := self._one(Membership):
            membership.delete()

    def _change_user(self) -> None:
        if user := self._one(User):
            user.role, user.is_active = self._chance.choice(ROLES), self._chance.random() < 0.8
            user.save()

    def _change_group(self) -> None:
        if group := self._one(StudyGroup):
            group.is_closed = not group.is_closed
            group.save()

    def _assistants(self) -> None:
        if group := self._one(StudyGroup):
            group.assistants.set(user for user in User.objects.all() if self._chance.random() < 0.3)

    def _tutor(self) -> None:
        if group := self._one(StudyGroup):
            group.tutor = self._one(User)
            group.save()

    def _delete_user(self) -> None:
        if user := self._one(User):
            user.delete()

    def _delete_group(self) -> None:
        if group := self._one(StudyGroup):
            group.delete()

    def _send(self) -> None:
        send_pending()

    def _trouble(self) -> None:
        if self._chance.random() < 0.5:
            self._door.fails.append(503)
        else:
            self._door.loses += 1
        if self._chance.random() < 0.3:
            try:
                sync()
            except BridgeAway:
                return


@pytest.mark.parametrize("seed", range(6))
def test_after_any_day_the_bridge_knows_what_the_panel_is(seed: int, door: BridgeDoor):
    for part in range(3):
        Day(door, seed * 10 + part).live()
        door.fails.clear()
        door.loses = 0
        send_pending()
        assert door.things == panel_now()
        assert waiting() == []
        call_command("flush", interactive=False, verbosity=0)
        door.things.clear()
        door.versions.clear()

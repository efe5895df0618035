"""The whole roster in one request, and the outbox goes on from there."""

from __future__ import annotations

import pytest
from bridge_door import BridgeDoor
from django.core.management import CommandError, call_command
from panel.school.models import Membership, User
from panel_world import PARENT, PUPIL, TEACHER, enrol, forget, make_group, make_user, panel_now

from classbridge_panel.lease import hold_lease
from classbridge_panel.models import OutboxEntry
from classbridge_panel.sending import send_pending


def a_school() -> None:
    group, closed = make_group(), make_group("Закрытая", is_closed=True)
    pupil, parent = make_user("orlov"), make_user("mama", PARENT)
    for user in (pupil, parent):
        enrol(group, user)
        enrol(closed, user)
    group.assistants.add(make_user("petrova", TEACHER))


def test_the_whole_roster_is_told_at_once(door: BridgeDoor, capsys: pytest.CaptureFixture[str]):
    a_school()
    call_command("classbridge_sync")
    ((method, path, body),) = door.requests
    assert (method, path) == ("PUT", "/api/panel/roster/")
    assert sorted(body) == ["enrolments", "groups", "users", "version"]
    assert door.things == panel_now()
    assert capsys.readouterr().out == "stored: 1 person added\n"


def test_after_it_nothing_is_told_twice(door: BridgeDoor):
    a_school()
    call_command("classbridge_sync")
    assert send_pending().sent == 5, (
        "only that the parent and the closed group have no part in it, nor who is with them"
    )
    assert {event["kind"].partition(".")[2] for event in door.events()} == {"removed"}
    assert door.things == panel_now()


def test_what_is_gone_without_a_signal_follows_as_a_removal(door: BridgeDoor):
    a_school()
    call_command("classbridge_sync")
    send_pending()
    forget()
    Membership.objects.filter(user__username="orlov")._raw_delete("default")
    assert not OutboxEntry.objects.exists()
    call_command("classbridge_sync")
    assert send_pending().sent == 1
    assert door.things == panel_now()


def test_what_was_updated_without_a_signal_is_told(door: BridgeDoor):
    a_school()
    call_command("classbridge_sync")
    User.objects.filter(username="orlov").update(last_name="Орлов")
    call_command("classbridge_sync")
    assert door.things == panel_now()


def test_a_dry_run_changes_nothing(door: BridgeDoor):
    a_school()
    call_command("classbridge_sync", "--dry-run")
    assert [path for _, path, _ in door.requests] == ["/api/panel/roster/?dry_run=1"]
    assert door.things == {}
    send_pending()
    assert door.things == panel_now()


def test_a_list_that_waits_for_a_person_is_no_success_and_is_not_believed_to_be_known(door: BridgeDoor):
    a_school()
    door.answer = {"state": "waiting", "brake": "12 % of the people would go.", "confirm": "/api/panel/runs/7/confirm/"}
    with pytest.raises(CommandError, match=r"12 % of the people would go. Confirm it: POST /api/panel/runs/7/confirm/"):
        call_command("classbridge_sync")
    door.things.clear()
    send_pending()
    assert door.things == panel_now()


def test_all_that_cannot_be_told_is_said_at_once_and_nothing_is_sent(door: BridgeDoor):
    make_user("orlov", "директор")
    make_user("belova", "гость")
    with pytest.raises(CommandError) as caught:
        call_command("classbridge_sync")
    assert len(str(caught.value).splitlines()) == 2
    assert door.requests == []


def test_failures_are_one_sentence(door: BridgeDoor):
    make_user("orlov", PUPIL)
    with hold_lease(), pytest.raises(CommandError, match="Another process is sending"):
        call_command("classbridge_sync")
    door.fails = [503]
    with pytest.raises(CommandError, match="answered 503"):
        call_command("classbridge_sync")
    door.fails = [400]
    with pytest.raises(CommandError, match="The bridge refuses the roster"):
        call_command("classbridge_sync")

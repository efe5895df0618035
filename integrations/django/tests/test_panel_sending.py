"""What was noted reaches the bridge, as it is now, in order, whatever happens on the way."""

from __future__ import annotations

import threading

import pytest
from bridge_door import BridgeDoor
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.test import override_settings
from panel.school.models import Profile, User
from panel_settings import changed
from panel_world import PARENT, PUPIL, TEACHER, enrol, forget, make_group, make_user, panel_now, waiting

from classbridge_panel.lease import hold_lease
from classbridge_panel.models import OutboxEntry, Sender, Told
from classbridge_panel.sending import pause_s, send_pending


def test_people_groups_and_enrolments_arrive(door: BridgeDoor):
    group, teacher, pupil = make_group(), make_user("petrova", TEACHER), make_user("orlov")
    Profile.objects.create(user=pupil, first_name="Пётр")
    enrol(group, pupil)
    group.assistants.add(teacher)
    outcome = send_pending()
    assert (outcome.sent, outcome.failure) == (5, "")
    assert waiting() == []
    assert door.things["user", 0, pupil.pk]["first_name"] == "Пётр"
    assert door.things["enrolment", group.pk, teacher.pk]["role"] == "teacher"
    assert len(door.things) == 5


def test_a_thing_that_changed_often_is_told_once_as_it_is_now(door: BridgeDoor):
    user = make_user("orlov")
    for name in ("А", "Б", "В"):
        user.first_name = name
        user.save()
    assert len(waiting()) == 4
    assert send_pending().sent == 1
    assert [event["data"]["first_name"] for event in door.events()] == ["В"]


def test_what_the_bridge_knows_already_is_not_told_again(door: BridgeDoor):
    user = make_user("orlov")
    send_pending()
    user.last_login = None
    user.save()
    assert send_pending().sent == 0
    assert waiting() == []
    assert len(door.requests) == 1


def test_versions_grow_with_each_request(door: BridgeDoor):
    user = make_user("orlov")
    for name in "АБВ":
        user.first_name = name
        user.save()
        send_pending()
    versions = [event["version"] for event in door.events()]
    assert versions == sorted(set(versions))
    assert len({event["event_id"] for event in door.events()}) == 3


def test_who_has_no_part_in_the_chat_is_told_as_gone(door: BridgeDoor):
    group, user = make_group(), make_user("orlov")
    enrol(group, user)
    send_pending()
    user.role = PARENT
    user.save()
    send_pending()
    assert door.kinds()[-1] == "user.removed"
    assert set(door.things) == {("group", group.pk, 0)}
    user.role = PUPIL
    user.save()
    send_pending()
    assert door.things == panel_now()
    assert ("enrolment", group.pk, user.pk) in door.things, "back again with what ended with them"


def test_a_bridge_that_is_down_loses_nothing(door: BridgeDoor):
    door.stop()
    make_user("orlov")
    outcome = send_pending()
    assert "does not answer" in outcome.failure
    assert len(waiting()) == 1
    sender = Sender.objects.get()
    assert (sender.failures, sender.holder) == (1, "")
    again = BridgeDoor()
    with override_settings(CLASSBRIDGE=changed(URL=again.start())):
        assert send_pending().sent == 1
    again.stop()
    assert Sender.objects.get().failures == 0
    assert len(again.things) == 1


@pytest.mark.parametrize(
    ("status", "hint"),
    [(500, "answered 500"), (503, "answered 503"), (429, "answered 429"), (404, "panel.token"), (302, "redirects to")],
)
def test_an_answer_that_is_none_keeps_everything_for_later(status: int, hint: str, door: BridgeDoor):
    make_user("orlov")
    door.fails = [status]
    assert hint in send_pending().failure
    assert len(waiting()) == 1
    assert send_pending().sent == 1


def test_a_wrong_token_is_said_in_words(door: BridgeDoor):
    make_user("orlov")
    with override_settings(CLASSBRIDGE=changed(URL=door.url, TOKEN="wrong" * 5)):
        assert "does not accept CLASSBRIDGE['TOKEN']" in send_pending().failure


def test_an_answer_that_was_lost_is_no_harm(door: BridgeDoor):
    make_user("orlov")
    door.loses = 1
    assert send_pending().failure
    assert send_pending().sent == 1
    assert len(door.events()) == 2
    assert door.things == panel_now()


def test_what_the_bridge_refuses_is_set_aside_and_the_rest_goes_on(door: BridgeDoor):
    wrong = User.objects.create(username="", role=PUPIL)
    right = make_user("orlov")
    outcome = send_pending()
    assert (outcome.sent, outcome.refused) == (1, 1)
    assert set(door.things) == {("user", 0, right.pk)}
    (entry,) = OutboxEntry.objects.all()
    assert (entry.user_id, entry.state) == (wrong.pk, "refused")
    assert entry.reason == "data.username: This field may not be blank."
    wrong.username = "belova"
    wrong.save()
    assert send_pending().sent == 1
    assert not OutboxEntry.objects.exists()


def test_what_contradicts_the_roster_is_set_aside_and_the_others_of_its_request_count(door: BridgeDoor):
    wrong, right = make_user("orlov"), make_user("belova")
    door.contradicts = {"orlov"}
    outcome = send_pending()
    assert (outcome.sent, outcome.refused) == (1, 1)
    assert set(door.things) == {("user", 0, right.pk)}
    (entry,) = OutboxEntry.objects.all()
    assert (entry.user_id, entry.state) == (wrong.pk, "refused")
    assert entry.reason == "A person enrolled as a student cannot become a teacher."
    door.contradicts = set()
    wrong.first_name = "Пётр"
    wrong.save()
    assert send_pending().sent == 1
    assert not OutboxEntry.objects.exists()


def test_of_many_that_are_refused_without_a_word_halves_find_the_one(door: BridgeDoor, monkeypatch: pytest.MonkeyPatch):
    users = [make_user(f"user{number}") for number in range(8)]
    original = door._take

    def take(path: str, body: dict):
        if any(event["data"]["id"] == users[5].pk for event in body["events"]):
            return 400, {"detail": "No."}
        return original(path, body)

    monkeypatch.setattr(door, "_take", take)
    outcome = send_pending()
    assert (outcome.sent, outcome.refused) == (7, 1)
    assert OutboxEntry.objects.get().user_id == users[5].pk


def test_a_role_that_nobody_knows_is_set_aside_until_it_is_put_right(door: BridgeDoor):
    group, user = make_group(), make_user("orlov")
    enrol(group, user)
    send_pending()
    told = dict(door.things)
    user.role = "директор"
    user.save()
    enrol(make_group("8А"), user)
    send_pending()
    refused = [str(entry) for entry in OutboxEntry.objects.filter(state="refused")]
    assert len(refused) == 2, "the person and the new enrolment, which hangs on the person"
    assert told.items() <= door.things.items(), "nobody loses access by a word that is not known"
    assert "CLASSBRIDGE['ROLES']" in OutboxEntry.objects.filter(state="refused").first().reason
    user.role = PUPIL
    user.save()
    send_pending()
    assert door.things == panel_now()
    assert not OutboxEntry.objects.exists()


def test_a_fault_in_the_panels_own_function_is_one_objects_fault(door: BridgeDoor, monkeypatch: pytest.MonkeyPatch):
    wrong, right = make_user("orlov"), make_user("belova")

    def user_row(user: User) -> dict:
        return {"id": user.pk, "username": user.username, "role": "student"} if user != wrong else user.no_such_thing

    monkeypatch.setattr("panel.chat.user_row", user_row)
    outcome = send_pending()
    assert (outcome.sent, outcome.refused) == (1, 1)
    assert set(door.things) == {("user", 0, right.pk)}
    assert OutboxEntry.objects.get().reason.startswith("USER_ROW failed: AttributeError")


def test_a_database_that_is_busy_is_a_failure_and_no_crash(door: BridgeDoor, monkeypatch: pytest.MonkeyPatch):
    make_user("orlov")

    def locked(*_: object) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr("classbridge_panel.sending.read_states", locked)
        assert send_pending().failure == "the panel's own database: database is locked"
    assert send_pending().sent == 1


def test_one_process_sends_at_a_time(door: BridgeDoor):
    make_user("orlov")
    with hold_lease() as lease:
        assert lease is not None
        assert send_pending().is_busy
    assert send_pending().sent == 1


def test_a_sender_that_died_is_replaced_when_its_lease_is_over(door: BridgeDoor):
    make_user("orlov")
    with hold_lease():
        Sender.objects.update(held_until="2026-01-01T00:00:00Z")
        assert send_pending().sent == 1


def test_a_change_while_its_state_is_on_the_way_is_told_too(door: BridgeDoor):
    user = make_user("orlov")
    door.hold = threading.Event()
    sending = threading.Thread(target=lambda: (send_pending(), connection.close()))
    sending.start()
    user.first_name = "Пётр"
    user.save()
    door.hold.set()
    sending.join(10)
    send_pending()
    assert door.things == panel_now()
    assert waiting() == []


def test_an_entry_that_is_committed_late_is_not_swept_away_with_the_others(door: BridgeDoor):
    """A longer transaction commits an entry with a smaller id after the state was read."""
    user = make_user("orlov")
    entry = OutboxEntry.objects.get()
    OutboxEntry.objects.filter(pk=entry.pk).update(id=entry.pk + 1)
    original = door._take

    def take(path: str, body: dict):
        door._take = original
        OutboxEntry.objects.create(id=entry.pk, kind="user", user_id=user.pk)
        connection.close()
        return original(path, body)

    door._take = take
    send_pending()
    assert door.things == panel_now()
    assert not OutboxEntry.objects.exists()


def test_the_command_sends_once_and_says_what_it_did(door: BridgeDoor, capsys: pytest.CaptureFixture[str]):
    make_user("orlov")
    call_command("classbridge_send", "--once")
    assert capsys.readouterr().out == "1 sent\n"
    make_user("belova")
    door.fails = [500]
    with pytest.raises(CommandError, match="answered 500"):
        call_command("classbridge_send", "--once")


def test_pauses_grow_to_five_minutes():
    assert [pause_s(failures) for failures in (1, 2, 3, 9, 10, 1000)] == [1, 2, 4, 256, 300, 300]


def test_hundreds_go_in_batches(door: BridgeDoor):
    group = make_group()
    users = User.objects.bulk_create(User(username=f"user{n}", role=PUPIL) for n in range(250))
    forget()
    with transaction.atomic():
        group.assistants.set(users)
        for user in users:
            user.save()
    assert send_pending().sent == 500
    assert [len(body["events"]) for _, _, body in door.requests] == [200, 200, 100]
    assert Told.objects.count() == 500

"""The rules of Matrix' own doors, written out: who may begin, invite, join, change and send."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from testbed.people import PEOPLE

from bridge.matrix.ids import DEVICE_ID
from bridge.permissions import russian
from bridge.permissions.matrix import (
    BRIDGE_DEVICE,
    EventFacts,
    RoomFacts,
    Wish,
    may_find,
    may_remove,
    read_marker,
    read_wish,
    refuse_create,
    refuse_edit_of,
    refuse_event,
    refuse_invite,
    refuse_join,
    refuse_redaction,
    refuse_removal,
    refuse_state,
)
from bridge.permissions.policy import SENTENCES, Reason, Rules
from bridge.permissions.school import Enrolment, Group, Role, School
from bridge.permissions.snapshot import Identity, Snapshot

ENROLLED = [("teacher", Role.TEACHER), ("student", Role.STUDENT), ("classmate", Role.STUDENT)]
SCHOOL = School.of(PEOPLE.values(), [Group(70, "7Б")], [Enrolment(70, PEOPLE[n].id, role) for n, role in ENROLLED])
IDENTITY = Identity("school.test", "school_", "@school_bot:school.test")
SNAPSHOT = Snapshot(IDENTITY, SCHOOL, Rules())
GROUP, OWN = RoomFacts(is_direct=False, roster_key="group:70"), RoomFacts(is_direct=False)
DIRECT = RoomFacts(is_direct=True, people=(1, 11))
TEXT = {"msgtype": "m.text", "body": "Здравствуйте"}
OK = None


def ghost(name: str) -> str:
    return IDENTITY.ghost(PEOPLE[name].id)


# -- beginning ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_body", "wish"),
    [
        ({"invite": [ghost("teacher")], "is_direct": True}, Wish((1,), "", is_direct=True)),
        ({"invite": [ghost("teacher")]}, Wish((1,), "", is_direct=True)),
        ({"invite": [ghost("teacher")], "name": " Проект "}, Wish((1,), "Проект", is_direct=False)),
        ({"invite": [ghost("teacher")], "name": "x", "is_direct": True}, Wish((1,), "x", is_direct=True)),
        ({"invite": [ghost("teacher"), ghost("student")], "is_direct": True}, Wish((1, 11), "", is_direct=False)),
        ({"name": "x", "topic": " О чём "}, Wish((), "x", is_direct=False, topic="О чём")),
        ({"name": 5, "topic": ["x"]}, Wish((), "", is_direct=False)),
        ({"name": "Пустая"}, Wish((), "Пустая", is_direct=False)),
        ({"invite": [ghost("teacher"), "@stranger:school.test"]}, Reason.PERSON_INACTIVE),
        ({"invite": ["@school_1:evil.example"]}, Reason.PERSON_INACTIVE),
        ({"invite": "@school_1:school.test"}, Reason.PERSON_INACTIVE),
        ({"invite": [ghost("teacher")], "invite_3pid": [{"address": "a@b.example"}]}, Reason.PERSON_INACTIVE),
        ({"creation_content": {"type": "m.space"}}, Reason.ONLY_THE_SCHOOL),
        ({"creation_content": "m.space"}, Reason.PERSON_INACTIVE),
    ],
    ids=str,
)
def test_what_a_client_asks_for(request_body: dict[str, Any], wish: Wish | Reason):
    assert read_wish(SNAPSHOT, request_body) == wish


BEGIN_DIRECT = {
    ("student", "teacher"): OK,
    ("student", "colleague"): Reason.NO_SHARED_GROUP,
    ("student", "classmate"): Reason.STUDENTS_ONLY_TO_TEACHERS,
    ("student", "admin"): OK,  # perhaps the admin has begun: the bridge knows, and refuses where not
    ("student", "leaver"): Reason.PERSON_INACTIVE,
    ("teacher", "student"): OK,
    ("teacher", "outsider"): Reason.NO_SHARED_GROUP,
    ("teacher", "colleague"): OK,
    ("teacher", "admin"): OK,
    ("admin", "outsider"): OK,
    ("admin", "leaver"): Reason.PERSON_INACTIVE,
}


@pytest.mark.parametrize(("pair", "reason"), BEGIN_DIRECT.items(), ids=str)
def test_who_begins_a_direct_conversation(pair: tuple[str, str], reason: Reason | None):
    actor, other = (PEOPLE[name] for name in pair)
    assert refuse_create(SNAPSHOT, actor, Wish((other.id,), "", is_direct=True)) == reason


def test_nobody_begins_with_who_is_not_in_the_roster():
    assert refuse_create(SNAPSHOT, PEOPLE["admin"], Wish((999,), "", is_direct=True)) == Reason.PERSON_INACTIVE


@pytest.mark.parametrize(
    ("name", "reason"),
    [("student", Reason.ROLE), ("teacher", OK), ("colleague", Reason.NO_SHARED_GROUP), ("admin", OK)],
)
def test_who_begins_a_group(name: str, reason: Reason | None):
    wish = Wish((PEOPLE["student"].id, PEOPLE["classmate"].id), "Проект", is_direct=False)
    assert refuse_create(SNAPSHOT, PEOPLE[name], wish) == reason


# -- coming in ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [GROUP, OWN])
@pytest.mark.parametrize(
    ("inviter", "invitee", "reason"),
    [
        ("teacher", "student", OK),
        ("teacher", "outsider", Reason.NO_SHARED_GROUP),
        ("teacher", "leaver", Reason.PERSON_INACTIVE),
        ("admin", "outsider", OK),
        ("student", "classmate", Reason.NOT_MANAGER),
        ("student", "teacher", Reason.NOT_MANAGER),
    ],
)
def test_who_invites_whom_into_a_group(room: RoomFacts, inviter: str, invitee: str, reason: Reason | None):
    assert refuse_invite(SNAPSHOT, PEOPLE[inviter], room, ghost(invitee)) == reason


@pytest.mark.parametrize("name", ["teacher", "admin", "student"])
def test_nobody_invites_a_third_into_a_direct_conversation(name: str):
    assert refuse_invite(SNAPSHOT, PEOPLE[name], DIRECT, ghost("classmate")) == Reason.DIRECT


@pytest.mark.parametrize("mxid", ["@stranger:school.test", "@school_11:evil.example", "@school_999:school.test"])
def test_nobody_from_outside_is_invited(mxid: str):
    assert refuse_invite(SNAPSHOT, PEOPLE["admin"], OWN, mxid) == Reason.PERSON_INACTIVE


JOINS = {
    ("student", "GROUP", False): OK,
    ("outsider", "GROUP", False): Reason.NOT_A_PARTICIPANT,
    ("colleague", "GROUP", False): Reason.NOT_A_PARTICIPANT,
    ("outsider", "GROUP", True): OK,  # whose invite was allowed
    ("admin", "GROUP", False): OK,
    ("leaver", "GROUP", True): Reason.PERSON_INACTIVE,
    ("student", "DIRECT", False): OK,
    ("teacher", "DIRECT", False): OK,
    ("classmate", "DIRECT", True): Reason.DIRECT,
    ("admin", "DIRECT", True): Reason.DIRECT,
    ("student", "OWN", False): OK,
}


@pytest.mark.parametrize(("case", "reason"), JOINS.items(), ids=str)
def test_who_comes_into_a_room(case: tuple[str, str, bool], reason: Reason | None):
    name, room, is_invited = case
    rooms = {"GROUP": GROUP, "OWN": OWN, "DIRECT": DIRECT}
    assert refuse_join(SNAPSHOT, PEOPLE[name], rooms[room], is_invited=is_invited) == reason


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        ({"is_direct": True, "people": [1, 11]}, DIRECT),
        ({"is_direct": False, "roster_key": "group:70"}, GROUP),
        ({"is_direct": "yes", "roster_key": 5, "people": "all"}, OWN),
        ({}, OWN),
    ],
    ids=str,
)
def test_the_rooms_own_words_are_read_with_care(content: dict[str, Any], facts: RoomFacts):
    assert read_marker(content) == facts


# -- changing and sending ----------------------------------------------------------------------------------------------

SCHOOLS_ONLY = [
    "m.room.power_levels",
    "m.room.encryption",
    "m.room.join_rules",
    "m.room.history_visibility",
    "m.room.guest_access",
    "m.room.server_acl",
    "m.room.tombstone",
    "m.room.canonical_alias",
    "m.space.child",
    "m.space.parent",
    "im.vector.modular.widgets",
    "org.classbridge.conversation",
]


@pytest.mark.parametrize(("name", "event_type"), [*product(["student", "teacher", "admin"], SCHOOLS_ONLY)])
def test_most_of_a_room_is_the_schools_alone(name: str, event_type: str):
    reason = refuse_state(PEOPLE[name], GROUP, event_type, "", own_mxid=ghost(name))
    assert reason == Reason.ONLY_THE_SCHOOL


@pytest.mark.parametrize("event_type", ["m.room.name", "m.room.topic", "m.room.avatar", "m.room.pinned_events"])
def test_staff_name_a_group_and_nobody_names_a_direct_conversation(event_type: str):
    for name, reason in (("student", Reason.NOT_MANAGER), ("teacher", OK), ("admin", OK)):
        assert refuse_state(PEOPLE[name], GROUP, event_type, "", own_mxid=ghost(name)) == reason
        in_direct = refuse_state(PEOPLE[name], DIRECT, event_type, "", own_mxid=ghost(name))
        assert in_direct == Reason.ONLY_THE_SCHOOL


def test_nobody_has_another_name_in_one_room_and_members_are_asked_about_elsewhere():
    own = ghost("student")
    assert refuse_state(PEOPLE["student"], GROUP, "m.room.member", own, own_mxid=own) == Reason.ONLY_THE_SCHOOL
    assert refuse_state(PEOPLE["teacher"], GROUP, "m.room.member", own, own_mxid=ghost("teacher")) is None


LIKE: dict[str, Any] = {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$a", "key": "👍"}}


def test_a_relation_that_has_ended_ends_writing_but_not_deleting():
    ended = RoomFacts(is_direct=True, people=(2, 11))
    for name, content in (("student", TEXT), ("colleague", TEXT)):
        found = refuse_event(SNAPSHOT, PEOPLE[name], "!room", ended, "m.room.message", content)
        assert found == Reason.NO_SHARED_GROUP
    assert refuse_event(SNAPSHOT, PEOPLE["student"], "!room", ended, "m.reaction", LIKE) == Reason.NO_SHARED_GROUP
    assert refuse_event(SNAPSHOT, PEOPLE["student"], "!room", ended, "m.room.redaction", {}) is None


def test_a_block_holds_the_one_and_an_archive_holds_all():
    snapshot = Snapshot(IDENTITY, SCHOOL, Rules(), locked={"!blocked": 1, "!archived": None})

    def ask(name: str, room_id: str, room: RoomFacts) -> Reason | None:
        return refuse_event(snapshot, PEOPLE[name], room_id, room, "m.room.message", TEXT)

    assert ask("student", "!blocked", DIRECT) == Reason.BLOCKED
    assert ask("teacher", "!blocked", DIRECT) is None
    assert {ask(name, "!archived", GROUP) for name in ("student", "teacher", "admin")} == {Reason.ARCHIVED}
    assert ask("student", "!open", DIRECT) is None


def test_students_read_announcements():
    room = RoomFacts(is_direct=False, roster_key="announcements")
    asked = {
        n: refuse_event(SNAPSHOT, PEOPLE[n], "!a", room, "m.room.message", TEXT)
        for n in ("student", "teacher", "admin")
    }
    assert asked == {"student": Reason.ANNOUNCEMENTS, "teacher": None, "admin": None}


def test_who_has_left_sends_nothing_at_all():
    for event_type in ("m.room.message", "m.room.redaction", "m.reaction"):
        assert refuse_event(SNAPSHOT, PEOPLE["leaver"], "!r", GROUP, event_type, TEXT) == Reason.PERSON_INACTIVE


def test_an_edit_is_the_senders_and_has_its_time():
    student, day_ms = PEOPLE["student"], 86_400_000
    own, others = EventFacts(student.id, 0), EventFacts(1, 0)
    assert refuse_edit_of(SNAPSHOT, student, None, day_ms) is None
    assert refuse_edit_of(SNAPSHOT, student, own, day_ms) is None
    assert refuse_edit_of(SNAPSHOT, student, own, day_ms + 1) == Reason.EDIT_WINDOW
    assert refuse_edit_of(SNAPSHOT, student, others, 0) == Reason.NOT_SENDER


DELETIONS = {
    ("student", "own", "GROUP"): OK,
    ("student", "own", "DIRECT"): OK,
    ("student", "teacher's", "GROUP"): Reason.NOT_MANAGER,
    ("student", "teacher's", "DIRECT"): Reason.NOT_SENDER,
    ("student", "state", "GROUP"): Reason.ONLY_THE_SCHOOL,
    ("student", "nothing", "GROUP"): OK,  # Synapse says that there is no such event
    ("colleague", "teacher's", "GROUP"): OK,  # the room's levels say who manages
    ("colleague", "the bot's", "GROUP"): OK,
    ("colleague", "teacher's", "DIRECT"): Reason.NOT_SENDER,
    ("colleague", "state", "GROUP"): Reason.ONLY_THE_SCHOOL,
    ("admin", "teacher's", "DIRECT"): OK,
    ("admin", "state", "GROUP"): Reason.ONLY_THE_SCHOOL,
}


@pytest.mark.parametrize(("case", "reason"), DELETIONS.items(), ids=str)
def test_who_deletes_what(case: tuple[str, str, str], reason: Reason | None):
    name, what, room = case
    events = {
        "own": EventFacts(PEOPLE[name].id, 0),
        "teacher's": EventFacts(PEOPLE["teacher"].id, 0),
        "the bot's": EventFacts(None, 0),
        "state": EventFacts(PEOPLE[name].id, 0, is_state=True),
        "nothing": None,
    }
    assert refuse_redaction(PEOPLE[name], {"GROUP": GROUP, "DIRECT": DIRECT}[room], events[what]) == reason


REMOVALS = {
    ("teacher", "student", "GROUP"): Reason.ROSTER_MANAGED,
    ("admin", "student", "GROUP"): Reason.ROSTER_MANAGED,
    ("teacher", "outsider", "GROUP"): OK,  # added on top of the roster
    ("teacher", "leaver", "GROUP"): OK,
    ("teacher", "student", "OWN"): OK,
    ("colleague", "student", "OWN"): Reason.NOT_MANAGER,
    ("colleague", "student", "GROUP"): Reason.NOT_MANAGER,
    ("student", "classmate", "GROUP"): Reason.NOT_MANAGER,
    ("student", "classmate", "OWN"): Reason.NOT_MANAGER,
    ("student", "student", "GROUP"): Reason.ROSTER_MANAGED,
    ("student", "student", "OWN"): Reason.NOT_MANAGER,
    ("outsider", "outsider", "GROUP"): Reason.NOT_MANAGER,
    ("teacher", "teacher", "GROUP"): Reason.ROSTER_MANAGED,
    ("teacher", "teacher", "OWN"): OK,
    ("colleague", "colleague", "OWN"): OK,
    ("admin", "admin", "GROUP"): OK,  # who has looked into it
    ("leaver", "leaver", "GROUP"): OK,
    ("leaver", "leaver", "DIRECT"): OK,
    ("student", "student", "DIRECT"): Reason.DIRECT,
    ("teacher", "student", "DIRECT"): Reason.DIRECT,
    ("admin", "student", "DIRECT"): Reason.DIRECT,
}


@pytest.mark.parametrize(("case", "reason"), REMOVALS.items(), ids=str)
def test_who_ends_whose_membership(case: tuple[str, str, str], reason: Reason | None):
    actor, member, room = case
    rooms = {"GROUP": GROUP, "OWN": OWN, "DIRECT": DIRECT}
    manages = actor in ("teacher", "admin")
    found = refuse_removal(SNAPSHOT, PEOPLE[actor], rooms[room], PEOPLE[member].id, is_manager=manages)
    assert found == reason


@pytest.mark.parametrize(
    ("levels", "manages"),
    [
        ({"users": {"@a:b": 50}, "kick": 50}, True),
        ({"users": {"@a:b": 49}, "kick": 50}, False),
        ({"users": {"@a:b": 50}, "kick": 100}, False),
        ({"users": {"@c:b": 50}}, False),
        ({"users_default": 50}, True),
        ({}, False),
        ({"users": "all", "kick": "0"}, False),
    ],
    ids=str,
)
def test_who_manages_the_members_stands_in_the_levels(levels: dict[str, Any], manages: bool):
    assert may_remove(levels, "@a:b") is manages


def test_the_bridges_device_is_the_one_that_it_sends_through():
    assert BRIDGE_DEVICE == DEVICE_ID


FINDS = {
    "student": {"teacher", "classmate"},
    "teacher": {"student", "classmate", "colleague", "admin"},
    "outsider": set(),
    "admin": {"teacher", "colleague", "student", "classmate", "outsider"},
}


@pytest.mark.parametrize(("name", "found"), FINDS.items(), ids=list(FINDS))
def test_the_directory_shows_whom_one_may_write_to_and_groupmates(name: str, found: set[str]):
    others = {other for other in PEOPLE if other != name and may_find(SNAPSHOT, PEOPLE[name], PEOPLE[other])}
    assert others == found


def test_every_reason_has_its_sentence_in_both_languages():
    assert set(SENTENCES) == set(russian.SENTENCES) == set(Reason)
    assert all("а" <= text.lower()[0] <= "я" for text in russian.SENTENCES.values())

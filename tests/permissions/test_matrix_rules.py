"""The rules of Matrix' own doors, written out: who may begin, invite, join, change and send."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from bridge.permissions import file_heads, russian
from bridge.permissions.matrix import (
    RoomFacts,
    Wish,
    may_find,
    read_marker,
    read_wish,
    refuse_create,
    refuse_edit_of,
    refuse_event,
    refuse_invite,
    refuse_join,
    refuse_state,
)
from bridge.permissions.policy import SENTENCES, Reason, Rules
from bridge.permissions.school import Enrolment, Group, Person, Role, School
from bridge.permissions.snapshot import Identity, Snapshot

PEOPLE = {
    "teacher": Person(1, "t", "Иван", "Иванов", Role.TEACHER),
    "colleague": Person(2, "c", "Мария", "Петрова", Role.TEACHER),
    "admin": Person(3, "a", "Ольга", "Директор", Role.ADMIN),
    "student": Person(11, "s", "Анна", "Ученик", Role.STUDENT),
    "classmate": Person(12, "m", "Борис", "Ученик", Role.STUDENT),
    "outsider": Person(13, "o", "Глеб", "Ученик", Role.STUDENT),
    "leaver": Person(14, "l", "Вера", "Ученик", Role.STUDENT, is_active=False),
}
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


CONTENTS = [
    ("m.room.message", TEXT, OK),
    ("m.room.message", {"msgtype": "m.emote", "body": "x"}, OK),
    ("m.room.message", {"msgtype": "m.location", "body": "x", "geo_uri": "geo:1,2"}, OK),
    ("m.room.message", {"msgtype": "m.image", "body": "a.png", "url": "mxc://a/b", "info": {"size": 5 << 20}}, OK),
    ("m.room.message", {"msgtype": "m.image", "body": "a", "info": {"size": (5 << 20) + 1}}, Reason.FILE_SIZE),
    ("m.room.message", {"msgtype": "m.image", "body": "a", "info": {"mimetype": "image/svg+xml"}}, Reason.FILE_TYPE),
    ("m.room.message", {"msgtype": "m.file", "body": "a.PDF", "url": "mxc://a/b"}, OK),
    ("m.room.message", {"msgtype": "m.file", "body": "a.exe"}, Reason.FILE_TYPE),
    ("m.room.message", {"msgtype": "m.file", "body": "a.pdf", "filename": "a.exe"}, Reason.FILE_TYPE),
    ("m.room.message", {"msgtype": "m.file", "body": "without"}, Reason.FILE_TYPE),
    ("m.room.message", {"msgtype": "m.file", "body": 5}, Reason.FILE_TYPE),
    ("m.room.message", {"msgtype": "m.audio", "body": "a", "info": {"mimetype": "audio/ogg; codecs=opus"}}, OK),
    ("m.room.message", {"msgtype": "m.video", "body": "a.mp4", "info": {"mimetype": "video/mp4"}}, OK),
    ("m.room.message", {"msgtype": "m.image", "body": "a", "info": "none"}, OK),
    ("m.room.message", {"msgtype": "m.image", "body": "a", "file": {"url": "mxc://a/b"}}, Reason.NO_ENCRYPTION),
    ("m.room.message", {"msgtype": "m.key.verification.request", "body": "x"}, Reason.NOT_OFFERED),
    ("m.room.message", {"body": "x"}, Reason.NOT_OFFERED),
    ("m.room.message", {"msgtype": ["m.text"], "body": "x"}, Reason.NOT_OFFERED),
    ("m.room.message", {**TEXT, "m.new_content": {"msgtype": "m.file", "body": "a.exe"}}, Reason.FILE_TYPE),
    ("m.sticker", {"body": "x"}, OK),
    ("m.reaction", {}, OK),
    ("org.matrix.msc3381.poll.start", {}, OK),
    ("m.poll.response", {}, OK),
    ("m.room.encrypted", {}, Reason.NO_ENCRYPTION),
    ("m.call.invite", {}, Reason.NOT_OFFERED),
    ("org.example.secret_note", {}, Reason.NOT_OFFERED),
]


@pytest.mark.parametrize(("event_type", "content", "reason"), CONTENTS, ids=str)
def test_what_may_be_sent(event_type: str, content: dict[str, Any], reason: Reason | None):
    assert refuse_event(SNAPSHOT, PEOPLE["student"], "!room", GROUP, event_type, content) == reason


def test_a_relation_that_has_ended_ends_writing_but_not_deleting():
    ended = RoomFacts(is_direct=True, people=(2, 11))
    for name, content in (("student", TEXT), ("colleague", TEXT)):
        found = refuse_event(SNAPSHOT, PEOPLE[name], "!room", ended, "m.room.message", content)
        assert found == Reason.NO_SHARED_GROUP
    assert refuse_event(SNAPSHOT, PEOPLE["student"], "!room", ended, "m.reaction", {}) == Reason.NO_SHARED_GROUP
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
    assert refuse_edit_of(SNAPSHOT, student, None, day_ms) is None
    assert refuse_edit_of(SNAPSHOT, student, (student.id, 0), day_ms) is None
    assert refuse_edit_of(SNAPSHOT, student, (student.id, 0), day_ms + 1) == Reason.EDIT_WINDOW
    assert refuse_edit_of(SNAPSHOT, student, (1, 0), 0) == Reason.NOT_SENDER


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


# -- files and words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "is_taken"),
    [
        (b"\xff\xd8\xff\xe0", True),
        (b"\x89PNG\r\n\x1a\n....", True),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", True),
        (b"RIFF\x00\x00\x00\x00AVI ....", False),
        (b"%PDF-1.7", True),
        (b"PK\x03\x04...", True),
        (b"OggS", True),
        (b"\x00\x00\x00\x18ftypmp42", True),
        (b"\x1aE\xdf\xa3", True),
        ("Домашнее задание".encode(), True),
        ("Домашнее задание".encode()[:-1], True),  # cut inside a character
        (b"", True),
        (b"MZ\x90\x00", False),
        (b"\x7fELF\x02", False),
        (b"#!/bin/sh\n", False),
        (b"  <!DOCTYPE html>", False),
        (b"\xef\xbb\xbf<html>", False),
        (b"<svg xmlns=", False),
        (b"\x00\x01\x02\x03", False),
        ("Привет".encode("cp1251"), False),
    ],
    ids=repr,
)
def test_a_file_is_known_by_its_beginning(head: bytes, is_taken: bool):
    assert file_heads.is_taken(head) is is_taken


def test_every_reason_has_its_sentence_in_both_languages():
    assert set(SENTENCES) == set(russian.SENTENCES) == set(Reason)
    assert all("а" <= text.lower()[0] <= "я" for text in russian.SENTENCES.values())

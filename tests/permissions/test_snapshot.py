"""The snapshot that the homeserver's module reads says what the bridge knows, in little space and time."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bridge.permissions.policy import Rules
from bridge.permissions.school import Enrolment, Group, Person, Role, School
from bridge.permissions.snapshot import FileRules, Identity, Snapshot, read_snapshot, write_snapshot

IDENTITY = Identity("school.test", "school_", "@school_bot:school.test")
SCHOOL = School.of(
    [
        Person(1, "petrova", "Анна", "Петрова", Role.TEACHER),
        Person(2, "orlov", "Пётр", "Орлов", Role.STUDENT),
        Person(3, "gone", "Ушла", "", Role.STUDENT, is_active=False),
    ],
    [Group(70, "7Б"), Group(80, "пустая")],
    [Enrolment(70, 1, Role.TEACHER), Enrolment(70, 2, Role.STUDENT)],
    version=12,
)
SNAPSHOT = Snapshot(
    IDENTITY, SCHOOL, Rules("groupmates", 60), FileRules({"image": 1, "document": 2, "voice": 3}), {"!a": None, "!b": 1}
)


def test_what_is_written_is_read():
    document = json.loads(json.dumps(write_snapshot(SNAPSHOT)))
    assert read_snapshot(document, IDENTITY) == SNAPSHOT


@pytest.mark.parametrize(
    "damage",
    [
        {"format": 2},
        {"format": None},
        {"people": [[1, "x"]]},
        {"people": [[1, "x", "", "", "headmaster", True]]},
        {"groups": [[70]]},
        {"rules": {"unknown": 1}},
        {"locked": 5},
    ],
    ids=str,
)
def test_what_is_no_snapshot_is_refused_as_a_whole(damage: dict[str, object]):
    with pytest.raises(ValueError, match="snapshot"):
        read_snapshot(write_snapshot(SNAPSHOT) | damage, IDENTITY)


@pytest.mark.parametrize("missing", ["format", "people", "groups", "rules", "files", "locked", "version"])
def test_no_part_may_be_missing(missing: str):
    document = write_snapshot(SNAPSHOT)
    del document[missing]
    with pytest.raises(ValueError, match="snapshot"):
        read_snapshot(document, IDENTITY)


@pytest.mark.parametrize(
    ("mxid", "person_id"),
    [
        ("@school_2:school.test", 2),
        ("@school_2:school.test.evil.example", None),
        ("@school_2:other.example", None),
        ("@school_02:school.test", None),
        ("@school_-2:school.test", None),
        ("@school_²:school.test", None),
        ("@school_bot:school.test", None),
        ("@xschool_2:school.test", None),
        ("", None),
    ],
)
def test_only_the_schools_own_ids_are_people(mxid: str, person_id: int | None):
    assert IDENTITY.person_id(mxid) == person_id


def test_a_ghost_is_found_again():
    assert IDENTITY.person_id(IDENTITY.ghost(2)) == 2
    assert replace(IDENTITY, server_name="other.example").person_id(IDENTITY.ghost(2)) is None

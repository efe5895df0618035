"""The school file is taken whole or refused whole, and all its faults are told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.errors import ConfigError
from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.roster.yaml_source import load_roster, parse_roster

GOOD = """\
people:
  - {id: 1, username: admin, first_name: Ольга, last_name: Соколова, role: admin}
  - {id: 2, username: petrova, first_name: Анна, last_name: Петрова, role: teacher, password: panda}
  - {id: 11, username: orlov, first_name: Пётр, last_name: Орлов, role: student}
  - {id: 12, username: gone, first_name: Ян, role: student, is_active: false}
groups:
  - {id: 70, name: 7Б Математика, teachers: [petrova], students: [orlov]}
"""


def faults_of(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_roster(text, name="school.yaml")
    return [line.strip() for line in caught.value.detail.splitlines()[1:]]


def test_a_good_file_becomes_people_groups_and_enrolments():
    roster = parse_roster(GOOD, name="school.yaml")
    assert roster.people[1] == Person(2, "petrova", "Анна", "Петрова", Role.TEACHER)
    assert roster.people[3] == Person(12, "gone", "Ян", "", Role.STUDENT, is_active=False)
    assert roster.groups == (Group(70, "7Б Математика"),)
    assert roster.enrolments == (Enrolment(70, 2, Role.TEACHER), Enrolment(70, 11, Role.STUDENT))
    assert roster.passwords == {2: "panda"}


def test_passwords_do_not_show_when_a_roster_is_printed():
    assert "panda" not in repr(parse_roster(GOOD, name="school.yaml"))


def test_all_faults_are_told_at_once_with_file_line_and_place():
    text = """\
people:
  - {id: 1, username: admin, first_name: Ольга, role: head}
  - {id: one, username: petrova, first_name: Анна, role: teacher}
  - username: orlov
    first_name: Пётр
    role: student
    class: 7Б
groups:
  - {id: 70, name: 12}
klasses: []
"""
    assert faults_of(text) == [
        "school.yaml:2: people[0].role: must be student, teacher or admin",
        "school.yaml:3: people[1].id: must be a whole number",
        "school.yaml:4: people[2].id: is missing",
        "school.yaml:7: people[2].class: is not a key that is known here",
        "school.yaml:9: groups[0].name: must be text; put it in quotes",
        "school.yaml:10: klasses: is not a key that is known here",
    ]


def test_contradictions_between_entries_are_told_at_once():
    text = (
        GOOD
        + """\
  - id: 70
    name: 7В
    teachers: [orlov, nobody]
    students:
      - orlov
      - petrova
  - {id: 71, name: 8А, students: [orlov, orlov]}
"""
    )
    text = text.replace("id: 11, username: orlov", "id: 2, username: orlov")
    assert faults_of(text) == [
        "school.yaml:4: people[2].id: 2 is also that of people[1]",
        "school.yaml:8: groups[1].id: 70 is also that of groups[0]",
        "school.yaml:10: groups[1].teachers[0]: orlov has the role student, so not among teachers",
        "school.yaml:10: groups[1].teachers[1]: nobody in `people` has the username nobody",
        "school.yaml:12: groups[1].students[0]: orlov is in this group twice",
        "school.yaml:13: groups[1].students[1]: petrova has the role teacher, so not among students",
        "school.yaml:14: groups[2].students[1]: orlov is in this group twice",
    ]


def test_a_username_belongs_to_one_person():
    text = GOOD.replace("username: admin", "username: orlov")
    assert faults_of(text) == ["school.yaml:4: people[2].username: orlov is also that of people[0]"]


def test_a_key_that_stands_twice_is_refused():
    text = GOOD.replace("role: teacher,", "role: teacher, role: admin,")
    assert "school.yaml:3: people[1].role: stands here twice" in faults_of(text)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (r'{id: 1, username: a, first_name: "\0", role: admin}', "holds a control character"),
        (r'{id: 1, username: a, first_name: "\uD800", role: admin}', "holds a lone surrogate"),
        ("{id: 1, username: ' a', first_name: A, role: admin}", "begins or ends with a space"),
        ("{id: 1, username: '', first_name: A, role: admin}", "must not be empty"),
        (
            "{id: 1, username: a, first_name: A, role: admin, password: 1234}",
            "must be text; put it in quotes",
        ),
        ("{id: 0, username: a, first_name: A, role: admin}", "greater than or equal to 1"),
        ("{id: 9007199254740992, username: a, first_name: A, role: admin}", "less than or equal to"),
        ("{id: true, username: a, first_name: A, role: admin}", "must be a whole number"),
        ("{id: 1, username: a, first_name: A, role: admin, is_active: 'no'}", "must be true or false"),
        ("petrova", "must hold keys such as"),
    ],
)
def test_a_value_that_matrix_or_the_panel_cannot_hold_is_refused(entry: str, reason: str):
    (fault,) = faults_of(f"people:\n  - {entry}\n")
    assert fault.startswith("school.yaml:2: people[0]")
    assert reason in fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("people: [", "school.yaml:1: is not YAML"),
        ("a: !!python/object:os.system {}", "school.yaml:1: is not YAML"),
        ("a: 2026-13-45", "school.yaml: is not YAML: month must be in 1..12"),
        ("", "school.yaml:1: file: must begin with `people:`"),
        ("- 1", "school.yaml:1: file: must begin with `people:`"),
        ("groups: []", "school.yaml:1: people: is missing"),
        ("people: &a [*a]", "must hold keys"),
    ],
)
def test_what_is_no_school_file_is_refused_in_one_sentence(text: str, fault: str):
    with pytest.raises(ConfigError, match=r"YAML|fault") as caught:
        parse_roster(text, name="school.yaml")
    assert fault in caught.value.detail


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"cannot read the school file .*school.yaml: No such file"):
        load_roster(tmp_path / "school.yaml")
    (tmp_path / "latin.yaml").write_bytes("people: [Пётр]".encode("cp1251"))
    with pytest.raises(ConfigError, match=r"is not UTF-8; it looks like Windows-1251; save it as UTF-8 \(byte 11 is"):
        load_roster(tmp_path / "latin.yaml")
    (tmp_path / "wide.yaml").write_bytes("people: []".encode("utf-16"))
    with pytest.raises(ConfigError, match=r"wide.yaml is not UTF-8; it looks like UTF-16"):
        load_roster(tmp_path / "wide.yaml")

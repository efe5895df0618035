"""The synthetic school is the one that the load tests expect, and the same every time."""

from __future__ import annotations

import pytest

from bridge.errors import ConfigError
from bridge.permissions.school import Role, School
from bridge.roster.synthetic import SyntheticSchool, parse_synthetic, synthetic_roster

BIG = SyntheticSchool(20, 500, 25, 20)


def school_of(synthetic: SyntheticSchool) -> School:
    roster = synthetic_roster(synthetic)
    return School.of(roster.people, roster.groups, roster.enrolments)


def test_the_sizes_are_those_that_were_asked_for():
    school = school_of(BIG)
    assert len(school.people) == 520
    assert len(school.groups) == 20
    assert {len(students) for students in school.students_of.values()} == {25}


def test_every_group_has_a_teacher_and_the_first_teacher_is_in_the_first_four():
    school = school_of(BIG)
    assert [1 in school.teachers_of[group_id] for group_id in school.groups] == [True] * 4 + [False] * 16
    assert [len(teachers) for teachers in school.teachers_of.values()] == [1, 2, 2, 2, *[1] * 16]
    assert sum(len(school.teachers_of[g]) * len(school.students_of[g]) for g in school.groups) == 575


def test_usernames_are_unique_and_names_are_russian_and_nearly_so():
    roster = synthetic_roster(BIG)
    assert len({person.username for person in roster.people}) == 520
    assert len({person.name for person in roster.people}) > 450
    assert all(person.first_name[0] >= "А" for person in roster.people)
    assert len({group.name for group in roster.groups}) == 20


def test_the_same_sizes_give_the_same_school():
    assert synthetic_roster(BIG) == synthetic_roster(BIG)


def test_the_last_group_takes_what_is_left():
    school = school_of(SyntheticSchool(2, 5, 2, 0))
    assert [len(students) for students in school.students_of.values()] == [2, 2, 1]
    assert {role: sum(p.role == role for p in school.people.values()) for role in Role} == {
        Role.STUDENT: 5,
        Role.TEACHER: 2,
        Role.ADMIN: 0,
    }


def test_the_text_is_read():
    assert parse_synthetic("synthetic:20,500,25,20") == BIG


@pytest.mark.parametrize("text", ["synthetic:", "synthetic:1,2,3", "synthetic:0,1,1,1", "synthetic:1,2,0,1", "x"])
def test_a_text_that_is_no_school_says_how_to_write_one(text: str):
    with pytest.raises(ConfigError, match="TEACHERS,STUDENTS,GROUP_SIZE,MESSAGES_EACH"):
        parse_synthetic(text)

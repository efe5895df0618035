"""The permission table, written out whole: role × relation × what is asked."""

from __future__ import annotations

from itertools import product

import pytest
from testbed.people import PEOPLE

from bridge.permissions import power
from bridge.permissions.policy import (
    SENTENCES,
    ConversationFacts,
    Reason,
    Rules,
    refuse_add,
    refuse_begin,
    refuse_block,
    refuse_create_group,
    refuse_delete,
    refuse_direct,
    refuse_edit,
    refuse_manage,
    refuse_send,
)
from bridge.permissions.power import Powers, level_of, power_levels
from bridge.permissions.school import Enrolment, Group, Role, School

GROUP = 101
SCHOOL = School.of(
    PEOPLE.values(),
    [Group(GROUP, "7Б")],
    [
        Enrolment(GROUP, 1, Role.TEACHER),
        Enrolment(GROUP, 11, Role.STUDENT),
        Enrolment(GROUP, 12, Role.STUDENT),
        Enrolment(GROUP, 14, Role.STUDENT),
    ],
)
NOBODY, GROUPMATES, EVERYBODY = (Rules(choice) for choice in ("nobody", "groupmates", "everybody"))
OK = None

DIRECT = {
    ("teacher", "student"): OK,
    ("teacher", "classmate"): OK,
    ("teacher", "outsider"): Reason.NO_SHARED_GROUP,
    ("teacher", "colleague"): OK,
    ("teacher", "admin"): OK,
    ("colleague", "student"): Reason.NO_SHARED_GROUP,
    ("admin", "outsider"): OK,
    ("admin", "colleague"): OK,
    ("student", "classmate"): Reason.STUDENTS_ONLY_TO_TEACHERS,
    ("student", "outsider"): Reason.STUDENTS_ONLY_TO_TEACHERS,
    ("student", "admin"): OK,
}


@pytest.mark.parametrize(("pair", "refusal"), DIRECT.items(), ids=str)
def test_who_may_write_directly_to_whom_in_both_directions(pair: tuple[str, str], refusal: Reason | None):
    one, other = (PEOPLE[name] for name in pair)
    assert refuse_direct(SCHOOL, NOBODY, one, other) == refusal
    assert refuse_direct(SCHOOL, NOBODY, other, one) == refusal


def test_a_student_answers_an_admin_and_does_not_begin():
    student, admin = PEOPLE["student"], PEOPLE["admin"]
    assert refuse_begin(SCHOOL, EVERYBODY, student, admin) == Reason.STUDENTS_ONLY_TO_TEACHERS
    assert refuse_begin(SCHOOL, NOBODY, admin, student) is None
    assert refuse_direct(SCHOOL, NOBODY, student, admin) is None


@pytest.mark.parametrize("pair", [pair for pair in DIRECT if pair != ("student", "admin")], ids=str)
def test_beginning_asks_for_the_same_relation_as_writing(pair: tuple[str, str]):
    one, other = (PEOPLE[name] for name in pair)
    assert refuse_begin(SCHOOL, NOBODY, one, other) == refuse_direct(SCHOOL, NOBODY, one, other)


@pytest.mark.parametrize("name", PEOPLE)
def test_nobody_writes_to_themselves_or_to_somebody_who_left(name: str):
    person = PEOPLE[name]
    if person.is_active:
        assert refuse_direct(SCHOOL, EVERYBODY, person, person) == Reason.NOT_YOURSELF
    assert refuse_direct(SCHOOL, EVERYBODY, person, PEOPLE["leaver"]) == Reason.PERSON_INACTIVE
    assert refuse_direct(SCHOOL, EVERYBODY, person, None) == Reason.PERSON_INACTIVE


@pytest.mark.parametrize(
    ("rules", "other", "refusal"),
    [
        (GROUPMATES, "classmate", OK),
        (GROUPMATES, "outsider", Reason.NO_SHARED_GROUP),
        (EVERYBODY, "classmate", OK),
        (EVERYBODY, "outsider", OK),
    ],
)
def test_a_school_can_let_students_write_to_students(rules: Rules, other: str, refusal: Reason | None):
    assert refuse_direct(SCHOOL, rules, PEOPLE["student"], PEOPLE[other]) == refusal


def test_the_relation_ends_with_the_enrolment():
    after = School.of(PEOPLE.values(), [Group(GROUP, "7Б")], [Enrolment(GROUP, 1, Role.TEACHER)])
    facts = ConversationFacts(is_direct=True, other_id=1)
    assert refuse_send(SCHOOL, NOBODY, PEOPLE["student"], facts) is OK
    assert refuse_send(after, NOBODY, PEOPLE["student"], facts) == Reason.NO_SHARED_GROUP


def test_a_teacher_enrolled_as_a_student_is_no_teacher_of_that_group():
    course = School.of(
        PEOPLE.values(), [Group(5, "Курсы")], [Enrolment(5, 2, Role.STUDENT), Enrolment(5, 11, Role.STUDENT)]
    )
    assert refuse_direct(course, NOBODY, PEOPLE["colleague"], PEOPLE["student"]) == Reason.NO_SHARED_GROUP


@pytest.mark.parametrize("name", ["teacher", "student", "admin"])
def test_everybody_in_a_group_may_write_until_it_is_archived(name: str):
    assert refuse_send(SCHOOL, NOBODY, PEOPLE[name], ConversationFacts(is_direct=False)) is OK
    archived = ConversationFacts(is_direct=False, is_archived=True)
    assert refuse_send(SCHOOL, NOBODY, PEOPLE[name], archived) == Reason.ARCHIVED


def test_a_block_stops_the_other_and_not_who_blocked():
    assert (
        refuse_send(SCHOOL, NOBODY, PEOPLE["student"], ConversationFacts(is_direct=True, other_id=1, blocked_by=1))
        == Reason.BLOCKED
    )
    blocked_by_me = ConversationFacts(is_direct=True, other_id=11, blocked_by=1)
    assert refuse_send(SCHOOL, NOBODY, PEOPLE["teacher"], blocked_by_me) is OK


CREATE = {
    ("teacher", "student"): OK,
    ("teacher", "outsider"): Reason.NO_SHARED_GROUP,
    ("admin", "outsider"): OK,
    ("student", "teacher"): Reason.ROLE,
}


@pytest.mark.parametrize(("pair", "refusal"), CREATE.items(), ids=str)
def test_who_may_create_a_group_chat_with_whom(pair: tuple[str, str], refusal: Reason | None):
    actor, other = (PEOPLE[name] for name in pair)
    assert refuse_create_group(SCHOOL, NOBODY, actor, [actor, other]) == refusal


MANAGE = {
    # role, is manager of it, is direct
    ("teacher", True, False): OK,
    ("teacher", False, False): Reason.NOT_MANAGER,
    ("student", True, False): Reason.NOT_MANAGER,
    ("student", False, False): Reason.NOT_MANAGER,
    ("admin", False, False): OK,
    ("admin", True, False): OK,
    **{(name, is_manager, True): Reason.DIRECT for name, is_manager in product(("teacher", "admin"), (True, False))},
}


@pytest.mark.parametrize(("case", "refusal"), MANAGE.items(), ids=str)
def test_who_may_add_remove_and_rename(case: tuple[str, bool, bool], refusal: Reason | None):
    name, is_manager, is_direct = case
    facts = ConversationFacts(is_direct=is_direct, is_manager=is_manager)
    assert refuse_manage(PEOPLE[name], facts) == refusal


def test_a_manager_adds_only_people_they_may_write_to():
    facts = ConversationFacts(is_direct=False, is_manager=True)
    teacher = PEOPLE["teacher"]
    assert refuse_add(SCHOOL, NOBODY, teacher, facts, [PEOPLE["student"]]) is OK
    assert refuse_add(SCHOOL, NOBODY, teacher, facts, [PEOPLE["student"], PEOPLE["outsider"]]) == Reason.NO_SHARED_GROUP


DELETE = {
    # who, whose message, manages, direct
    ("student", "student", False, False): OK,
    ("student", "classmate", False, False): Reason.NOT_MANAGER,
    ("teacher", "student", True, False): OK,
    ("colleague", "student", False, False): Reason.NOT_MANAGER,
    ("teacher", "student", False, True): Reason.NOT_SENDER,
    ("admin", "student", False, False): OK,
    ("admin", "student", False, True): OK,
}


@pytest.mark.parametrize(("case", "refusal"), DELETE.items(), ids=str)
def test_who_may_delete_a_message(case: tuple[str, str, bool, bool], refusal: Reason | None):
    who, whose, is_manager, is_direct = case
    facts = ConversationFacts(is_direct=is_direct, is_manager=is_manager)
    assert refuse_delete(PEOPLE[who], facts, PEOPLE[whose].id) == refusal


def test_a_message_is_edited_by_its_sender_within_the_window():
    student = PEOPLE["student"]
    assert refuse_edit(Rules(edit_window_s=60), student, student.id, 60) is OK
    assert refuse_edit(Rules(edit_window_s=60), student, student.id, 61) == Reason.EDIT_WINDOW
    assert refuse_edit(NOBODY, PEOPLE["admin"], student.id, 0) == Reason.NOT_SENDER


@pytest.mark.parametrize(("name", "refusal"), [("student", Reason.ROLE), ("teacher", OK), ("admin", OK)])
def test_staff_may_block_in_a_direct_conversation(name: str, refusal: Reason | None):
    assert refuse_block(PEOPLE[name], ConversationFacts(is_direct=True)) == refusal
    assert refuse_block(PEOPLE[name], ConversationFacts(is_direct=False)) == Reason.ROLE


def test_every_reason_has_a_sentence():
    assert SENTENCES.keys() == set(Reason)


def test_power_in_a_room_follows_the_role_and_a_direct_room_is_the_bots():
    assert [level_of(PEOPLE[name]) for name in ("student", "teacher", "admin")] == [0, 50, 50]
    group = power_levels({"@school_1:x": 50}, Powers())
    assert (group["invite"], group["events"]["m.room.power_levels"], group["users_default"]) == (50, 50, 0)
    direct = power_levels({"@school_1:x": 50}, power.DIRECT)
    assert {direct[key] for key in ("invite", "kick", "ban", "redact", "state_default")} == {100}
    levels = (Powers(), power.BLOCKED, power.ANNOUNCING, power.ARCHIVED)
    assert [power_levels({}, powers)["events_default"] for powers in levels] == [0, 50, 50, 100]

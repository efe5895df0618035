"""``classbridge why``: the answer is the policy's own, with the rule and the facts."""

from __future__ import annotations

import pytest

from bridge.permissions.explain import ACTIONS, Target, explain
from bridge.permissions.policy import ConversationFacts, Reason, Rules
from bridge.permissions.school import Enrolment, Group, Person, Role, School

TEACHER = Person(1, "ivanov", "Иван", "Иванов", Role.TEACHER)
OTHER = Person(2, "petrova", "Мария", "Петрова", Role.TEACHER)
ADMIN = Person(3, "director", "Ольга", "Дир", Role.ADMIN)
STUDENT = Person(11, "anna", "Анна", "Ученик", Role.STUDENT)
LEAVER = Person(14, "vera", "Вера", "Ученик", Role.STUDENT, is_active=False)
SCHOOL = School.of(
    [TEACHER, OTHER, ADMIN, STUDENT, LEAVER],
    [Group(70, "7Б")],
    [Enrolment(70, 1, Role.TEACHER), Enrolment(70, 11, Role.STUDENT)],
)
GROUP = Target(facts=ConversationFacts(is_direct=False, roster_key="group:70"), name="7Б", participants=frozenset({11}))


def test_a_shared_group_is_named():
    found = explain(SCHOOL, Rules(), STUDENT, "write", Target(person=TEACHER))
    assert found.is_allowed
    assert found.answer == "Yes."
    assert "Both are in 7Б (group 70): Анна Ученик learns there, Иван Иванов teaches there." in found.facts


def test_a_missing_one_too():
    found = explain(SCHOOL, Rules(), STUDENT, "write", Target(person=OTHER))
    assert found.reason == Reason.NO_SHARED_GROUP
    assert found.answer.startswith("No (no_shared_group). ")
    assert found.facts[-1] == "They share no group."


def test_between_students_the_schools_choice_is_the_rule():
    found = explain(SCHOOL, Rules("everybody"), STUDENT, "write", Target(person=Person(12, "b", "Б", "", Role.STUDENT)))
    assert found.is_allowed
    assert found.rule == "permissions.students_may_message_students is everybody."


def test_writing_into_a_conversation_begins_with_seeing_it():
    assert explain(SCHOOL, Rules(), STUDENT, "write", GROUP).is_allowed
    assert explain(SCHOOL, Rules(), OTHER, "write", GROUP).reason == Reason.NOT_A_PARTICIPANT
    assert explain(SCHOOL, Rules(), ADMIN, "see", GROUP).is_allowed
    direct = Target(facts=ConversationFacts(is_direct=True, other_id=11), name="x")
    assert explain(SCHOOL, Rules(), ADMIN, "see", direct).reason == Reason.NOT_A_PARTICIPANT


def test_what_stands_in_the_way_is_among_the_facts():
    facts = ConversationFacts(is_direct=True, other_id=1, blocked_by=1)
    found = explain(SCHOOL, Rules(), STUDENT, "write", Target(facts=facts, participants=frozenset({11}), name="x"))
    assert found.reason == Reason.BLOCKED
    assert "Иван Иванов has blocked writing in it." in found.facts


@pytest.mark.parametrize(
    ("actor", "action", "target", "reason"),
    [
        (STUDENT, "create-group", Target(), Reason.ROLE),
        (TEACHER, "create-group", Target(person=STUDENT), None),
        (OTHER, "create-group", Target(person=STUDENT), Reason.NO_SHARED_GROUP),
        (STUDENT, "manage", GROUP, Reason.NOT_MANAGER),
        (ADMIN, "manage", GROUP, None),
        (STUDENT, "block", GROUP, Reason.ROLE),
        (TEACHER, "block", Target(facts=ConversationFacts(is_direct=True)), None),
        (STUDENT, "edit", Target(sender_id=11, age_s=5), None),
        (STUDENT, "edit", Target(sender_id=11, age_s=90_000), Reason.EDIT_WINDOW),
        (STUDENT, "delete", Target(facts=GROUP.facts, sender_id=1), Reason.NOT_MANAGER),
        (LEAVER, "write", Target(person=TEACHER), Reason.PERSON_INACTIVE),
    ],
)
def test_every_action_answers_as_the_policy_does(actor: Person, action: str, target: Target, reason: Reason | None):
    found = explain(SCHOOL, Rules(), actor, action, target)
    assert found.reason == reason
    assert found.rule
    assert found.facts


def test_no_action_is_left_out():
    assert set(ACTIONS) == {"write", "see", "create-group", "manage", "block", "edit", "delete"}


@pytest.mark.parametrize(("action", "word"), [("see", "conversation"), ("manage", "conversation"), ("write", "person")])
def test_a_question_without_its_target_says_what_it_needs(action: str, word: str):
    with pytest.raises(ValueError, match=f"needs a {word}"):
        explain(SCHOOL, Rules(), TEACHER, action, Target())

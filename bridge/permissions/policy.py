"""
Who may do what. Pure: facts in, a reason out.

Every rule answers with a ``Reason`` that refuses, or None: it is allowed. ``require`` raises it. The reason's word is
the same in the web API's 403, in Matrix and in the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bridge.permissions.roster_rooms import ANNOUNCEMENTS
from bridge.permissions.school import Person, Role, School


class Reason(StrEnum):
    """Why not. The words are part of the API."""

    NO_SHARED_GROUP = "no_shared_group"
    STUDENTS_ONLY_TO_TEACHERS = "students_only_to_teachers"
    BLOCKED = "blocked"
    ARCHIVED = "archived"
    PERSON_INACTIVE = "person_inactive"
    NOT_A_PARTICIPANT = "not_a_participant"
    NOT_YOURSELF = "not_yourself"
    ROLE = "role_may_not"
    NOT_MANAGER = "not_manager"
    NOT_SENDER = "not_sender"
    EDIT_WINDOW = "edit_window_over"
    DIRECT = "direct_has_two"
    ANNOUNCEMENTS = "announcements_only_staff"
    ONLY_THE_SCHOOL = "only_the_school"
    NOT_OFFERED = "not_offered"
    NO_ENCRYPTION = "no_encryption"
    FILE_TYPE = "file_type_refused"
    FILE_SIZE = "file_too_large"
    ROSTER_MANAGED = "roster_managed"
    RULES_UNKNOWN = "rules_unknown"


SENTENCES = {
    Reason.NO_SHARED_GROUP: "You share no group with this person (any more), so you can read but not write.",
    Reason.STUDENTS_ONLY_TO_TEACHERS: "Students of this school can write to their teachers only.",
    Reason.BLOCKED: "A teacher has blocked writing in this conversation.",
    Reason.ARCHIVED: "This conversation is archived: it can be read but not written to.",
    Reason.PERSON_INACTIVE: "This person is not at the school any more.",
    Reason.NOT_A_PARTICIPANT: "You are not a participant of this conversation.",
    Reason.NOT_YOURSELF: "You cannot begin a conversation with yourself.",
    Reason.ROLE: "Your role does not allow this.",
    Reason.NOT_MANAGER: "Only a manager of this group can do this.",
    Reason.NOT_SENDER: "Only the sender can do this.",
    Reason.EDIT_WINDOW: "This message is too old to be edited.",
    Reason.DIRECT: "A direct conversation has two participants, for good.",
    Reason.ANNOUNCEMENTS: "Only the school's staff write here; everybody can read.",
    Reason.ONLY_THE_SCHOOL: "Only the school's own account changes this.",
    Reason.NOT_OFFERED: "The school's chat does not offer this.",
    Reason.NO_ENCRYPTION: "Encryption is off in the school's chat: the school must be able to read what is written.",
    Reason.FILE_TYPE: "Files of this type are not allowed at this school.",
    Reason.FILE_SIZE: "This file is larger than the school allows.",
    Reason.ROSTER_MANAGED: "The members of this group follow the school's roster: nobody is removed or leaves.",
    Reason.RULES_UNKNOWN: "The school's rules cannot be asked at the moment; try again in a few minutes.",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What the school has chosen in its config."""

    students_may_message_students: str = "nobody"
    edit_window_s: int = 86400


@dataclass(frozen=True, slots=True)
class ConversationFacts:
    """
    What the rules need to know of a conversation.

    Attributes:
        other_id: The other person of a direct one.
        roster_key: Of a room that follows the roster: ``permissions.roster_rooms``.
    """

    is_direct: bool
    is_archived: bool = False
    other_id: int | None = None
    blocked_by: int | None = None
    is_manager: bool = False
    roster_key: str | None = None

    @property
    def is_managed(self) -> bool:
        """Whether its room follows the roster."""
        return self.roster_key is not None


def refuse_direct(school: School, rules: Rules, actor: Person, other: Person | None) -> Reason | None:
    """May *actor* write directly to *other*, in the conversation that they have? Asked at every send."""
    if other is None or not other.is_active:
        return Reason.PERSON_INACTIVE
    if actor.id == other.id:
        return Reason.NOT_YOURSELF
    roles = {actor.role, other.role}
    if Role.ADMIN in roles or roles == {Role.TEACHER}:
        return None
    if roles == {Role.STUDENT}:
        return _refuse_students(school, rules, actor, other)
    teacher, student = (actor, other) if actor.role == Role.TEACHER else (other, actor)
    return None if school.teaches(teacher.id, student.id) else Reason.NO_SHARED_GROUP


def refuse_begin(school: School, rules: Rules, actor: Person, other: Person | None) -> Reason | None:
    """May *actor* begin a direct conversation with *other*? A student answers an admin, and does not begin."""
    if actor.role == Role.STUDENT and other is not None and other.is_active and other.role == Role.ADMIN:
        return Reason.STUDENTS_ONLY_TO_TEACHERS
    return refuse_direct(school, rules, actor, other)


def _refuse_students(school: School, rules: Rules, actor: Person, other: Person) -> Reason | None:
    choice = rules.students_may_message_students
    if choice == "everybody":
        return None
    if choice == "groupmates":
        return None if school.share_a_group(actor.id, other.id) else Reason.NO_SHARED_GROUP
    return Reason.STUDENTS_ONLY_TO_TEACHERS


def refuse_send(school: School, rules: Rules, actor: Person, facts: ConversationFacts) -> Reason | None:
    """May *actor*, a participant, write into this conversation now?"""
    if facts.is_archived:
        return Reason.ARCHIVED
    if facts.roster_key == ANNOUNCEMENTS and actor.role == Role.STUDENT:
        return Reason.ANNOUNCEMENTS
    if not facts.is_direct:
        return None
    if facts.blocked_by is not None and facts.blocked_by != actor.id:
        return Reason.BLOCKED
    return refuse_direct(school, rules, actor, school.find(facts.other_id))


def refuse_create_group(school: School, rules: Rules, actor: Person, people: Iterable[Person]) -> Reason | None:
    """May *actor* create a group chat with *people*? Teachers and admins, of people they may write to."""
    if actor.role == Role.STUDENT:
        return Reason.ROLE
    return _first(refuse_direct(school, rules, actor, p) for p in people if p.id != actor.id)


def refuse_manage(actor: Person, facts: ConversationFacts) -> Reason | None:
    """May *actor* add, remove and rename here?"""
    if facts.is_direct:
        return Reason.DIRECT
    if actor.role == Role.ADMIN:
        return None
    return None if facts.is_manager and actor.role == Role.TEACHER else Reason.NOT_MANAGER


def refuse_add(
    school: School, rules: Rules, actor: Person, facts: ConversationFacts, people: Iterable[Person]
) -> Reason | None:
    return refuse_manage(actor, facts) or _first(
        refuse_direct(school, rules, actor, p) for p in people if p.id != actor.id
    )


def refuse_block(actor: Person, facts: ConversationFacts) -> Reason | None:
    """May *actor* stop the other from writing in this direct conversation?"""
    return None if facts.is_direct and actor.role != Role.STUDENT else Reason.ROLE


def refuse_edit(rules: Rules, actor: Person, sender_id: int | None, age_s: float) -> Reason | None:
    if sender_id != actor.id:
        return Reason.NOT_SENDER
    return None if age_s <= rules.edit_window_s else Reason.EDIT_WINDOW


def refuse_delete(actor: Person, facts: ConversationFacts, sender_id: int | None) -> Reason | None:
    """The sender; in a group its managers; an admin anywhere."""
    if sender_id == actor.id or actor.role == Role.ADMIN:
        return None
    return Reason.NOT_SENDER if facts.is_direct else refuse_manage(actor, facts)


def _first(reasons: Iterable[Reason | None]) -> Reason | None:
    return next((reason for reason in reasons if reason), None)

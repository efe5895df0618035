"""
Who is who and who shares a group: the facts that the rules ask.

Standard library only: the Synapse module runs the same code. A ``School`` never changes; a new roster is a new one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    STUDENT = "student"
    TEACHER = "teacher"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the roster. ``id`` is the panel's own."""

    id: int
    username: str
    first_name: str
    last_name: str
    role: Role
    is_active: bool = True

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.username


@dataclass(frozen=True, slots=True)
class Group:
    """
    A class or course of the school; ``id`` is the panel's own.

    Attributes:
        year: The school year that it belongs to, "2026/27"; empty: not known.
        course: What is taught there, in the source's words; empty: the source does not say.
    """

    id: int
    name: str
    year: str = ""
    course: str = ""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A person in a group. ``role`` is the role there: who teaches the group and who learns in it."""

    group_id: int
    person_id: int
    role: Role


@dataclass(frozen=True)
class School:
    """
    The roster as the rules see it: whole, in memory, immutable.

    ``version`` grows with every change of the roster.
    """

    version: int = 0
    people: dict[int, Person] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)
    teachers_of: dict[int, frozenset[int]] = field(default_factory=dict)
    students_of: dict[int, frozenset[int]] = field(default_factory=dict)
    groups_of: dict[int, frozenset[int]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        people: Iterable[Person],
        groups: Iterable[Group],
        enrolments: Iterable[Enrolment],
        version: int = 0,
    ) -> School:
        teachers: dict[int, set[int]] = {}
        students: dict[int, set[int]] = {}
        groups_of: dict[int, set[int]] = {}
        for enrolment in enrolments:
            side = students if enrolment.role == Role.STUDENT else teachers
            side.setdefault(enrolment.group_id, set()).add(enrolment.person_id)
            groups_of.setdefault(enrolment.person_id, set()).add(enrolment.group_id)
        return cls(
            version,
            {person.id: person for person in people},
            {group.id: group for group in groups},
            {group_id: frozenset(ids) for group_id, ids in teachers.items()},
            {group_id: frozenset(ids) for group_id, ids in students.items()},
            {person_id: frozenset(ids) for person_id, ids in groups_of.items()},
        )

    def find(self, person_id: int | None) -> Person | None:
        """The person, also a deactivated one, or None."""
        return self.people.get(person_id) if person_id is not None else None

    def find_active(self, person_id: int | None) -> Person | None:
        person = self.find(person_id)
        return person if person and person.is_active else None

    def members_of(self, group_id: int) -> frozenset[int]:
        return self.teachers_of.get(group_id, frozenset()) | self.students_of.get(group_id, frozenset())

    def teaches(self, teacher_id: int, student_id: int) -> bool:
        """Whether *teacher_id* teaches a group that *student_id* learns in, now."""
        return any(
            teacher_id in self.teachers_of.get(group_id, ()) and student_id in self.students_of.get(group_id, ())
            for group_id in self.groups_of.get(teacher_id, ())
        )

    def share_a_group(self, one: int, other: int) -> bool:
        return not self.groups_of.get(one, frozenset()).isdisjoint(self.groups_of.get(other, frozenset()))

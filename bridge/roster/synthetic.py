"""A school of any size with Russian names, the same at every call: for load tests and screenshots."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bridge.errors import ConfigError
from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.roster.roster import Roster

PATTERN = re.compile(r"synthetic:(\d{1,5}),(\d{1,5}),(\d{1,5}),(\d{1,5})")
PASSWORD = "synthetic"  # noqa: S105 - everybody's in a throw-away school
GROUPS_OF_FIRST_TEACHER = 4
LONG_HISTORY = 1200


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WOMEN = _words(
    "Анна Мария Елена Ольга Наталья Татьяна Ирина Светлана Екатерина Юлия Дарья Полина Алиса Варвара Вера "
    "Ксения Кира Софья Таисия Ульяна"
)
MEN = _words(
    "Александр Дмитрий Максим Артём Иван Михаил Никита Матвей Роман Егор Илья Кирилл Андрей Тимофей Павел "
    "Степан Фёдор Лев Глеб Ярослав"
)
SURNAMES = _words(
    "Иванов Смирнов Кузнецов Попов Васильев Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев "
    "Лебедев Семёнов Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров Никитин Захаров Зайцев "
    "Соловьёв Борисов Яковлев Григорьев Романов Воробьёв Сергеев Кузьмин Фролов Александров Дмитриев "
    "Королёв Гусев Киселёв Ильин Максимов Поляков Сорокин Виноградов Ковалёв Белов Медведев Антонов Тарасов"
)
SUBJECTS = _words("Математика Физика Информатика Химия Биология История География Литература")
LETTERS = "АБВГДЕЖЗИК"
GRADES = 11


@dataclass(frozen=True)
class SyntheticSchool:
    """Sizes. *messages_each* is the history of each conversation; the first group's is ``LONG_HISTORY``."""

    teachers: int
    students: int
    group_size: int
    messages_each: int


def parse_synthetic(text: str) -> SyntheticSchool:
    """
    Read ``synthetic:TEACHERS,STUDENTS,GROUP_SIZE,MESSAGES_EACH``.

    Raises:
        ConfigError: It is none, or a size is 0.
    """
    match = PATTERN.fullmatch(text)
    sizes = [int(number) for number in match.groups()] if match else []
    if not sizes or 0 in sizes[:3]:
        raise ConfigError(
            f"{text} is no school; write synthetic:TEACHERS,STUDENTS,GROUP_SIZE,MESSAGES_EACH, "
            "for example synthetic:20,500,25,20"
        )
    return SyntheticSchool(*sizes)


def synthetic_roster(school: SyntheticSchool) -> Roster:
    """
    Build the school: teachers have the ids 1, 2, …, students follow, groups count from 1.

    Each group has its students and one teacher, by turns; teacher 1 is in the first four groups as well.
    """
    teachers = [_person(number, number, Role.TEACHER) for number in range(1, school.teachers + 1)]
    students = [_person(school.teachers + number, number, Role.STUDENT) for number in range(1, school.students + 1)]
    groups = [Group(number, _group_name(number)) for number in range(1, _groups(school) + 1)]
    enrolments: list[Enrolment] = []
    for group in groups:
        own = (group.id - 1) % school.teachers + 1
        also = [1] if group.id <= GROUPS_OF_FIRST_TEACHER and own != 1 else []
        enrolments += [Enrolment(group.id, person_id, Role.TEACHER) for person_id in (own, *also)]
        start = (group.id - 1) * school.group_size
        members = students[start : start + school.group_size]
        enrolments += [Enrolment(group.id, person.id, Role.STUDENT) for person in members]
    people = (*teachers, *students)
    return Roster(people, tuple(groups), tuple(enrolments), {person.id: PASSWORD for person in people})


def _groups(school: SyntheticSchool) -> int:
    return -(-school.students // school.group_size)


def _person(person_id: int, number: int, role: Role) -> Person:
    """Men and women by turns; 20 names and 49 surnames share no factor, so pairs repeat late."""
    is_woman = number % 2 == (1 if role == Role.TEACHER else 0)
    first = (WOMEN if is_woman else MEN)[number // 2 % len(WOMEN)]
    last = SURNAMES[number * 5 % len(SURNAMES)] + ("а" if is_woman else "")
    return Person(person_id, f"{role.value}{number}", first, last, role)


def _group_name(number: int) -> str:
    grade = (number + 5) % GRADES + 1
    letter = LETTERS[(number - 1) // GRADES % len(LETTERS)]
    return f"{grade}{letter} {SUBJECTS[(number - 1) % len(SUBJECTS)]}"

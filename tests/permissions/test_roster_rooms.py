"""Who belongs into the rooms of the roster, and who manages them."""

from __future__ import annotations

from bridge.permissions.roster_rooms import key_of_group, levels_in, manages_room
from bridge.permissions.school import Enrolment, Group, Person, Role, School

ANNA = Person(1, "anna", "Анна", "", Role.TEACHER)
PYOTR = Person(2, "pyotr", "Пётр", "", Role.STUDENT)
OLGA = Person(3, "olga", "Ольга", "", Role.ADMIN)
KEY = key_of_group(70)


def test_who_is_a_student_at_the_school_manages_no_group_whatever_an_enrolment_says():
    """The panel tells of a person and of their enrolments one by one: for a moment they may contradict each other."""
    enrolments = [Enrolment(70, person.id, Role.TEACHER) for person in (ANNA, PYOTR)]
    school = School.of([ANNA, PYOTR, OLGA], [Group(70, "7Б")], enrolments)
    assert [manages_room(school, KEY, person) for person in (ANNA, PYOTR, OLGA)] == [True, False, True]
    assert levels_in(school, KEY) == {ANNA.id: 50, PYOTR.id: 0}

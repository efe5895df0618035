"""``enrollments.csv``: who teaches and who learns in which group, today."""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.roster.oneroster.cells import Cells
from bridge.roster.oneroster.classes import Classes
from bridge.roster.oneroster.columns import CLASS_ROLES
from bridge.roster.oneroster.faults import quote
from bridge.roster.oneroster.orgs import Orgs
from bridge.roster.oneroster.reading import Reading
from bridge.roster.oneroster.users import Users

Pair = tuple[int, int]  # group id and person id, as in Removals


@dataclass
class Enrolments:
    """``ended``: those of the roster as stored that the package says are over."""

    found: dict[Pair, Enrolment] = field(default_factory=dict)
    ended: set[Pair] = field(default_factory=set)


class EnrolmentReader:
    def __init__(self, reading: Reading, orgs: Orgs, users: Users, classes: Classes) -> None:
        self._reading, self._orgs, self._users, self._classes = reading, orgs, users, classes
        self._result = Enrolments()

    def read(self) -> Enrolments:
        for cells in self._reading.rows("enrollments"):
            is_gone = self._reading.is_gone("enrollments", cells)
            class_id, user_id = cells.id("classSourcedId"), cells.id("userSourcedId")
            if is_gone:
                self._end(class_id, user_id)
            else:
                self._row(cells, class_id, user_id)
        self._result.ended -= self._result.found.keys()
        return self._result

    def _end(self, class_id: str, user_id: str) -> None:
        ids = self._reading.own_ids
        group = self._classes.groups.get(class_id) or ids.find_group(class_id)
        person = self._users.people.get(user_id) or ids.find_person(user_id)
        if group and person:
            self._result.ended.add((group.id, person.id))

    def _row(self, cells: Cells, class_id: str, user_id: str) -> None:
        reading, left_out = self._reading, self._reading.left_out
        school = cells.id("schoolSourcedId")
        word = cells.token("role", CLASS_ROLES, may_extend=True)
        cells.flag("primary")
        begin, end = cells.day("beginDate"), cells.day("endDate")
        reading.refer(cells, "classSourcedId", "classes", class_id)
        reading.refer(cells, "schoolSourcedId", "orgs", school)
        reading.refer(cells, "userSourcedId", "users", user_id)
        if not cells.is_sound:
            return
        role = CLASS_ROLES.get(word)
        if not self._orgs.is_ours(school):
            left_out["enrolments at other schools"] += 1
        elif role is None:
            left_out[f"enrolments as {word}"] += 1
        elif begin and begin > reading.today:
            left_out["enrolments that have not begun"] += 1
        elif end and end <= reading.today:  # the standard counts the last day out
            left_out["enrolments that have ended"] += 1
            self._end(class_id, user_id)
        else:
            self._take(cells, class_id, user_id, role)

    def _take(self, cells: Cells, class_id: str, user_id: str, role: Role) -> None:
        group, person = self._find_group(cells, class_id), self._find_person(cells, user_id)
        if not group or not person:
            if cells.is_sound:
                self._reading.left_out["enrolments of classes or people who are left out"] += 1
            return
        if role == Role.TEACHER and person.role == Role.STUDENT:
            cells.fault("role", f"is teacher, but {quote(user_id)} is a student at the school")
            return
        pair = (group.id, person.id)
        before = self._result.found.get(pair)
        if before is None or before.role == Role.STUDENT:  # twice in one class: who also teaches it, teaches it
            self._result.found[pair] = Enrolment(group.id, person.id, role)

    def _find_group(self, cells: Cells, class_id: str) -> Group | None:
        found = self._classes.groups.get(class_id)
        if found or class_id in self._reading.ids["classes"]:
            return found
        stored = self._reading.own_ids.find_group(class_id)
        if not stored and not self._reading.is_whole("classes"):
            self._unknown(cells, "classSourcedId", class_id, "classes")
        return stored

    def _find_person(self, cells: Cells, user_id: str) -> Person | None:
        found = self._users.people.get(user_id)
        if found or user_id in self._reading.ids["users"]:
            return found
        stored = self._reading.own_ids.find_person(user_id)
        if not stored and not self._reading.is_whole("users"):
            self._unknown(cells, "userSourcedId", user_id, "users")
        return stored

    def _unknown(self, cells: Cells, column: str, sourced_id: str, file: str) -> None:
        """Of a delta; a file that could not be read to its end has a fault of its own."""
        if self._reading.is_readable(file):
            cells.fault(column, f"{quote(sourced_id)} is no row of {file}.csv, and not in the school as stored")

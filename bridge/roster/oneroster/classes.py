"""``academicSessions.csv``, ``courses.csv`` and ``classes.csv``: the groups of our school that are still running."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from bridge.permissions.school import Group
from bridge.roster.oneroster.cells import Cells
from bridge.roster.oneroster.columns import CLASS_TYPES, SESSION_TYPES
from bridge.roster.oneroster.faults import quote
from bridge.roster.oneroster.known import GROUP
from bridge.roster.oneroster.orgs import Orgs
from bridge.roster.oneroster.reading import Reading

TITLE_CHARACTERS = 255


@dataclass(frozen=True, slots=True)
class Session:
    """A term or a school year. ``year``: that in which its school year ends."""

    end: date
    year: int


@dataclass(frozen=True, slots=True)
class Course:
    title: str
    session: str


@dataclass
class Classes:
    """
    What the classes of the package come to.

    Attributes:
        groups: ``sourcedId`` to the group that is there and ours.
        gone: Groups of the roster as stored that the package says are over.
    """

    groups: dict[str, Group] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)


def read_classes(reading: Reading, orgs: Orgs) -> Classes:
    sessions = _read_sessions(reading)
    courses = _read_courses(reading)
    found = Classes()
    for cells in reading.rows("classes"):
        sourced_id = cells.sourced_id
        stored = reading.own_ids.find_group(sourced_id)
        if reading.is_gone("classes", cells):
            found.gone.update([stored.id] if stored else [])
            continue
        row = _read_class(reading, cells)
        if not cells.is_sound:
            continue
        if not orgs.is_ours(row.school):
            reading.left_out["classes of other schools"] += 1
        elif _has_ended(row.terms, sessions, reading.today):
            reading.left_out["classes whose terms have ended"] += 1
            found.gone.update([stored.id] if stored else [])
        else:
            course = courses.get(row.course)
            year = _school_year(row.terms, sessions) or _school_year((course.session,) if course else (), sessions)
            found.groups[sourced_id] = Group(
                reading.own_ids.give(GROUP, sourced_id),
                row.title,
                year or (stored.year if stored else ""),
                course.title if course else stored.course if stored else "",
            )
    return found


@dataclass(frozen=True, slots=True)
class Row:
    title: str
    course: str
    school: str
    terms: tuple[str, ...]


def _read_class(reading: Reading, cells: Cells) -> Row:
    row = Row(
        cells.text("title", characters=TITLE_CHARACTERS),
        cells.id("courseSourcedId"),
        cells.id("schoolSourcedId"),
        cells.ids("termSourcedIds"),
    )
    cells.token("classType", CLASS_TYPES, may_extend=True)
    reading.refer(cells, "courseSourcedId", "courses", row.course)
    reading.refer(cells, "schoolSourcedId", "orgs", row.school)
    reading.refer(cells, "termSourcedIds", "academicSessions", *row.terms)
    return row


def _read_sessions(reading: Reading) -> dict[str, Session]:
    found: dict[str, Session] = {}
    parents: list[tuple[int, str]] = []
    for cells in reading.rows("academicSessions"):
        if reading.is_gone("academicSessions", cells):
            continue
        cells.text("title", characters=TITLE_CHARACTERS)
        cells.token("type", SESSION_TYPES, may_extend=True)
        start, end, year = cells.day("startDate"), cells.day("endDate"), cells.year("schoolYear")
        if start and end and end < start:
            cells.fault("endDate", f"{end} is before the start, {start}")
        parents.append((cells.number, cells.id("parentSourcedId")))
        if end and year:
            found[cells.sourced_id] = Session(end, year)
    if reading.is_whole("academicSessions"):
        for line, parent in parents:
            if parent and parent not in reading.ids["academicSessions"]:
                reason = f"{quote(parent)} is no row of academicSessions.csv"
                reading.fault("academicSessions", line, "parentSourcedId", reason)
    return found


def _read_courses(reading: Reading) -> dict[str, Course]:
    found: dict[str, Course] = {}
    for cells in reading.rows("courses"):
        if reading.is_gone("courses", cells):
            continue
        session, org = cells.id("schoolYearSourcedId"), cells.id("orgSourcedId")
        reading.refer(cells, "schoolYearSourcedId", "academicSessions", session)
        reading.refer(cells, "orgSourcedId", "orgs", org)
        found[cells.sourced_id] = Course(cells.text("title", characters=TITLE_CHARACTERS), session)
    return found


def _has_ended(terms: tuple[str, ...], sessions: dict[str, Session], today: date) -> bool:
    """Whether all its terms are over. One that we know nothing of may still run."""
    return bool(terms) and all(term in sessions and sessions[term].end < today for term in terms)


def _school_year(terms: tuple[str, ...], sessions: dict[str, Session]) -> str:
    """Write a school year that ends in 2027 as "2026/27"; empty if no term tells it."""
    years = [sessions[term].year for term in terms if term in sessions]
    return f"{max(years) - 1}/{max(years) % 100:02}" if years else ""

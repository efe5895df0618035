"""
A OneRoster package of any roster: what a school's program exports, 1.1 or 1.2, whole or as a delta.

It knows the standard by itself (1EdTech OneRoster CSV Binding), nothing of the reader that it tests::

    write_package(path, whole_school(synthetic_roster(SyntheticSchool(30, 570, 19, 0))))
    write_package(path, change(before, after, version="1.1"))
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeVar

from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.roster.roster import Roster
from bridge.roster.school_year import school_year

Version = Literal["1.1", "1.2"]
Row = dict[str, str]
Thing = TypeVar("Thing", Person, Group)

SCHOOL = "school-1"
YEAR = school_year(datetime.now(UTC).date())  # what is over is not read
MODIFIED = "2026-11-23T08:00:00.000Z"
BASE = "sourcedId,status,dateLastModified,"
USERS = "username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password"
HEADERS = {
    "manifest": "propertyName,value",
    "orgs": BASE + "name,type,identifier,parentSourcedId",
    "academicSessions": BASE + "title,type,startDate,endDate,parentSourcedId,schoolYear",
    "courses": BASE + "schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes",
    "classes": BASE + "title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,"
    "subjects,subjectCodes,periods",
    "enrollments": BASE + "classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
    "roles": BASE + "userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId",
}
USERS_OF = {
    "1.1": BASE + "enabledUser,orgSourcedIds,role," + USERS,
    "1.2": BASE + "enabledUser," + USERS + ",userMasterIdentifier,preferredGivenName,preferredMiddleName,"
    "preferredFamilyName,primaryOrgSourcedId,pronouns",
}
ADMIN = {"1.1": "administrator", "1.2": "systemAdministrator"}


@dataclass
class Tables:
    """The rows of a package; *mode* of those files that have any, the others are absent."""

    version: Version
    mode: Literal["bulk", "delta"]
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, file: str, sourced_id: str, /, *, is_gone: bool = False, **values: str) -> None:
        status = {"status": "tobedeleted" if is_gone else "active", "dateLastModified": MODIFIED}
        row = {"sourcedId": sourced_id, **(status if self.mode == "delta" else {}), **values}
        self.rows.setdefault(file, []).append(row)

    def texts(self) -> dict[str, str]:
        """File name to its CSV, the manifest among them."""
        modes = {f"file.{name}": self.mode if name in self.rows else "absent" for name in (*HEADERS, "users")}
        del modes["file.manifest"]
        properties = {"manifest.version": "1.0", "oneroster.version": self.version, **modes}
        manifest = [{"propertyName": name, "value": value} for name, value in properties.items()]
        headers = {**HEADERS, "users": USERS_OF[self.version]}
        return {f"{name}.csv": _csv(headers[name], rows) for name, rows in {"manifest": manifest, **self.rows}.items()}


def whole_school(roster: Roster, *, version: Version = "1.2") -> Tables:
    """The bulk package of *roster*. A group without a year gets ``YEAR``, one without a course its own name."""
    tables = Tables(version, "bulk")
    tables.add("orgs", SCHOOL, name="Школа № 1", type="school")
    _add_people(tables, roster.people)
    _add_groups(tables, roster.groups)
    _add_enrolments(tables, roster.enrolments)
    return tables


def change(before: Roster, after: Roster, *, version: Version = "1.2") -> Tables:
    """The delta that leads from *before* to *after*; who is in *after* no more is ``tobedeleted``."""
    tables = Tables(version, "delta", {"users": []})
    stored = {person.id: person for person in before.people}
    _add_people(tables, set(after.people) - set(before.people), stored)
    _add_people(tables, _gone(before.people, after.people), is_gone=True)
    _add_groups(tables, set(after.groups) - set(before.groups), _gone(before.groups, after.groups))
    _add_enrolments(tables, set(after.enrolments) - set(before.enrolments))
    pairs = {(enrolment.group_id, enrolment.person_id) for enrolment in after.enrolments}
    ended = [e for e in before.enrolments if (e.group_id, e.person_id) not in pairs]
    _add_enrolments(tables, ended, is_gone=True)
    return tables


def write_package(path: Path, tables: Tables | dict[str, str]) -> Path:
    """Write a zip, or a folder where *path* is one."""
    texts = tables.texts() if isinstance(tables, Tables) else tables
    if path.is_dir():
        for name, text in texts.items():
            (path / name).write_bytes(text.encode())
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in texts.items():
                archive.writestr(name, text)
    return path


def _gone(before: Iterable[Thing], after: Iterable[Thing]) -> list[Thing]:
    kept = {thing.id for thing in after}
    return [thing for thing in before if thing.id not in kept]


def _add_people(
    tables: Tables, people: Iterable[Person], stored: dict[int, Person] | None = None, *, is_gone: bool = False
) -> None:
    for person in sorted(people, key=lambda p: p.id):
        names = {"username": person.username, "givenName": person.first_name, "familyName": person.last_name}
        secret = {"password": f"password-of-{person.id}", "phone": "+7 900 000-00-00"}
        own = {"orgSourcedIds": SCHOOL, "role": _word(person.role, tables.version)} if tables.version == "1.1" else {}
        flag = {"enabledUser": "true" if person.is_active else "false"}
        tables.add("users", str(person.id), is_gone=is_gone, **flag, **names, **secret, **own)
        if tables.version == "1.2":
            _add_role(tables, person, is_gone=is_gone)
            before = (stored or {}).get(person.id)
            if before and before.role != person.role:
                _add_role(tables, before, is_gone=True)


def _add_role(tables: Tables, person: Person, *, is_gone: bool) -> None:
    word = _word(person.role, "1.2")
    values = {"userSourcedId": str(person.id), "roleType": "primary", "role": word, "orgSourcedId": SCHOOL}
    tables.add("roles", f"{person.id}-{word}", is_gone=is_gone, **values)


def _word(role: Role, version: Version) -> str:
    return ADMIN[version] if role == Role.ADMIN else role.value


def _add_groups(tables: Tables, groups: Iterable[Group], gone: Sequence[Group] = ()) -> None:
    """With the school years and courses that they name."""
    sessions: set[str] = set()
    courses: dict[str, str] = {}
    for group in sorted([*groups, *gone], key=lambda g: g.id):
        begin, _, _ = (group.year or YEAR).partition("/")
        end = str(int(begin) + 1)
        session, title = f"year-{end}", group.course or group.name
        if session not in sessions:
            days = {"startDate": f"{begin}-09-01", "endDate": f"{end}-08-31", "schoolYear": end}
            tables.add("academicSessions", session, title=f"{begin}/{end}", type="schoolYear", **days)
            sessions.add(session)
        if title not in courses:
            courses[title] = f"course-{group.id}"
            tables.add("courses", courses[title], title=title, orgSourcedId=SCHOOL, schoolYearSourcedId=session)
        values = {"title": group.name, "courseSourcedId": courses[title], "classType": "scheduled"}
        place = {"schoolSourcedId": SCHOOL, "termSourcedIds": session}
        tables.add("classes", str(group.id), is_gone=group in gone, **values, **place)


def _add_enrolments(tables: Tables, enrolments: Iterable[Enrolment], *, is_gone: bool = False) -> None:
    for enrolment in sorted(enrolments, key=lambda e: (e.group_id, e.person_id)):
        group, person = str(enrolment.group_id), str(enrolment.person_id)
        values = {"classSourcedId": group, "schoolSourcedId": SCHOOL, "userSourcedId": person}
        tables.add("enrollments", f"{group}-{person}", is_gone=is_gone, **values, role=enrolment.role.value)


def _csv(header: str, rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, header.split(","), restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()

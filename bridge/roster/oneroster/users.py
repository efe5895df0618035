"""``users.csv``: the people of our school who have a part in the chat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bridge.permissions.school import Person, Role, School
from bridge.roster.oneroster.cells import Cells
from bridge.roster.oneroster.columns import USER_ROLES, Version
from bridge.roster.oneroster.faults import quote
from bridge.roster.oneroster.known import PERSON
from bridge.roster.oneroster.orgs import Orgs
from bridge.roster.oneroster.reading import Reading
from bridge.roster.oneroster.roles import Roles, check_users, read_roles

NAME_CHARACTERS = 150
# Where the username is taken from: the first of these that is filled.
USERNAMES = ("username", "identifier", "email")


@dataclass
class Users:
    """
    Attributes:
        people: ``sourcedId`` to the person, also a disabled one.
        gone: People of the roster as stored who, the package says, are not at the school any more.
    """

    people: dict[str, Person] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a row's person is at our school: a role, or the reason why they are left out."""

    role: Role | None
    otherwise: str = ""


def read_users(reading: Reading, orgs: Orgs, school: School) -> Users:
    """Read the file; *school* is the roster as stored, which a delta changes."""
    is_1_1 = reading.manifest.version == Version.V1_1
    roles = Roles() if is_1_1 else read_roles(reading, orgs)
    found, lines = Users(), {}
    usernames: dict[str, str] = {}
    for cells in reading.rows("users"):
        sourced_id = cells.sourced_id
        stored = reading.own_ids.find_person(sourced_id)
        if reading.is_gone("users", cells):
            found.gone.update([stored.id] if stored else [])
            continue
        standing = (
            _standing_1_1(reading, cells, orgs, stored) if is_1_1 else _standing_1_2(reading, roles, cells, stored)
        )
        person = _read_person(cells, standing.role or Role.STUDENT)
        if not cells.is_sound:
            continue
        if standing.role is None:
            reading.left_out[standing.otherwise] += 1
            found.gone.update([stored.id] if stored and not reading.manifest.is_complete else [])
            continue
        other = usernames.setdefault(person.username, sourced_id)
        if other != sourced_id:
            cells.fault("username", f"{quote(person.username)} is also that of {quote(other)}")
        found.people[sourced_id] = replace(person, id=reading.own_ids.give(PERSON, sourced_id))
        lines[person.username] = cells.number
    if not is_1_1:
        check_users(reading, roles)
        _change_roles(reading, roles, found)
    if not reading.manifest.is_complete:
        _check_usernames(reading, found, lines, school)
    elif reading.is_whole("users") and not found.people and not reading.faults.total:
        reading.fault("users", None, None, "has nobody who is a student, teacher or administrator of our school")
    return found


def _standing_1_1(reading: Reading, cells: Cells, orgs: Orgs, stored: Person | None) -> Standing:
    vocabulary = USER_ROLES[Version.V1_1]
    word = cells.token("role", vocabulary, may_extend=True)
    named = cells.ids("orgSourcedIds")
    reading.refer(cells, "orgSourcedIds", "orgs", *named)
    role = vocabulary.get(word)
    if role is None:
        return Standing(None, word)
    # A delta may name departments that only the whole package places: who is ours by now stays ours.
    is_ours = orgs.is_ours(*named) or (stored is not None and not reading.manifest.is_complete)
    return Standing(role) if is_ours else Standing(None, "people of other schools")


def _standing_1_2(reading: Reading, roles: Roles, cells: Cells, stored: Person | None) -> Standing:
    user = cells.sourced_id
    before = stored.role if stored and not reading.manifest.is_complete else None
    return Standing(roles.role_of(user, before), roles.other.get(user, "people without a role"))


def _read_person(cells: Cells, role: Role) -> Person:
    """The id is given later: not everybody who is read gets one."""
    is_enabled = cells.flag("enabledUser")
    first, last = (
        cells.text("givenName", characters=NAME_CHARACTERS),
        cells.text("familyName", characters=NAME_CHARACTERS),
    )
    first = cells.text("preferredGivenName", characters=NAME_CHARACTERS) or first
    last = cells.text("preferredFamilyName", characters=NAME_CHARACTERS) or last
    username = next(_usernames(cells), "")
    if not username and cells.is_sound:
        cells.fault("username", "is empty, and so are identifier and email, which would be taken instead")
    return Person(0, username, first, last, role, is_active=bool(is_enabled))


def _usernames(cells: Cells) -> Iterator[str]:
    return filter(None, (cells.text(column, characters=NAME_CHARACTERS) for column in USERNAMES))


def _change_roles(reading: Reading, roles: Roles, found: Users) -> None:
    """In a delta a role may change whose user does not."""
    if reading.manifest.is_complete:
        return
    for user in {**roles.held, **roles.ended}:
        stored = reading.own_ids.find_person(user)
        if user in reading.ids["users"] or stored is None:
            continue
        role = roles.role_of(user, stored.role)
        if role is None:
            found.gone.add(stored.id)
        elif role != stored.role:
            found.people[user] = replace(stored, role=role)


def _check_usernames(reading: Reading, found: Users, lines: dict[str, int], school: School) -> None:
    """A delta may not give away the username of somebody who stays."""
    changed = {person.id for person in found.people.values()} | found.gone
    staying = {p.username: p.id for p in school.people.values() if p.is_active and p.id not in changed}
    for person in found.people.values():
        if person.username in staying:
            reason = f"{quote(person.username)} is also that of person {staying[person.username]}, who is at the school"
            reading.fault("users", lines.get(person.username), "username", reason)

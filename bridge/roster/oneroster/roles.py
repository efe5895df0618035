"""``roles.csv`` of OneRoster 1.2: what each person is at our school; in 1.1 a column of ``users.csv`` says it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge.permissions.school import Role
from bridge.roster.oneroster.columns import ROLE_TYPES, USER_ROLES, Version
from bridge.roster.oneroster.faults import quote
from bridge.roster.oneroster.orgs import Orgs
from bridge.roster.oneroster.reading import Reading

RANKS = (Role.STUDENT, Role.TEACHER, Role.ADMIN)


def highest(roles: set[Role]) -> Role | None:
    """Who teaches and learns is a teacher; the order is that of what a role may do."""
    return max(roles, key=RANKS.index) if roles else None


@dataclass
class Roles:
    """
    Attributes:
        held: User to the roles that the package gives at our school, now.
        ended: User to those that it takes away.
        other: User to a word for what they are instead, when the roster has no place for it.
        lines: User to the first row that names them.
    """

    held: dict[str, set[Role]] = field(default_factory=dict)
    ended: dict[str, set[Role]] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def role_of(self, user: str, stored: Role | None) -> Role | None:
        """
        The highest role of *user*; *stored* is what a delta goes on from.

        A delta names only what has changed, and we keep of somebody's roles only the highest: it stays unless the
        delta takes it away.
        """
        kept = {stored} - self.ended.get(user, set()) if stored else set()
        return highest(self.held.get(user, set()) | kept)


def read_roles(reading: Reading, orgs: Orgs) -> Roles:
    found = Roles()
    vocabulary = USER_ROLES[Version.V1_2]
    for cells in reading.rows("roles"):
        is_gone = reading.is_gone("roles", cells)
        user, org = cells.id("userSourcedId"), cells.id("orgSourcedId")
        word = cells.token("role", vocabulary, may_extend=True)
        cells.token("roleType", ROLE_TYPES)
        begin, end = cells.day("beginDate"), cells.day("endDate")
        if not is_gone:
            found.lines.setdefault(user, cells.number)
            reading.refer(cells, "orgSourcedId", "orgs", org)
        if not cells.is_sound:
            continue
        role = vocabulary.get(word)
        if not orgs.is_ours(org):
            found.other.setdefault(user, "people of other schools")
        elif role is None:
            found.other[user] = word
        elif is_gone or (end and end <= reading.today):
            found.ended.setdefault(user, set()).add(role)
            found.other.setdefault(user, "people whose role has ended")
        elif begin and begin > reading.today:
            found.other.setdefault(user, "people whose role has not begun")
        else:
            found.held.setdefault(user, set()).add(role)
    return found


def check_users(reading: Reading, roles: Roles) -> None:
    """Note the roles of users that are nowhere. Asked when ``users.csv`` has been read."""
    users = reading.ids["users"]
    for user, line in roles.lines.items():
        if user in users or not user:
            continue
        if reading.is_whole("users"):
            reading.fault("roles", line, "userSourcedId", f"{quote(user)} is no row of users.csv")
        elif reading.is_readable("users") and user in roles.held and not reading.own_ids.find_person(user):
            reason = f"{quote(user)} is no row of users.csv, and nobody at the school as stored"
            reading.fault("roles", line, "userSourcedId", reason)

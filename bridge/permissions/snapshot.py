"""
What the homeserver's module knows of the school: a versioned document, and the same as objects.

The bridge writes the document, the module reads it, over HTTP or from its disk. Rows, not objects: 20,000 people are
then some two megabytes and are read in a fraction of a second. Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bridge.permissions.policy import Rules
from bridge.permissions.school import Enrolment, Group, Person, Role, School

FORMAT = 1

# What may be sent unless the school says otherwise; sizes in bytes.
IMAGE_BYTES, DOCUMENT_BYTES, VOICE_BYTES = 5 << 20, 10 << 20, 5 << 20


@dataclass(frozen=True, slots=True)
class FileRules:
    """
    What files may be sent.

    Attributes:
        bytes_of: The largest size of an ``image``, ``document`` and ``voice`` message.
    """

    bytes_of: Mapping[str, int] = field(
        default_factory=lambda: {"image": IMAGE_BYTES, "document": DOCUMENT_BYTES, "voice": VOICE_BYTES}
    )

    @property
    def largest(self) -> int:
        return max(self.bytes_of.values())


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is who on the homeserver: Application Service API, "Registration"."""

    server_name: str
    user_prefix: str
    bot: str

    def person_id(self, mxid: str) -> int | None:
        """The person whose ghost *mxid* is, or None."""
        start, end = f"@{self.user_prefix}", f":{self.server_name}"
        if not (mxid.startswith(start) and mxid.endswith(end)):
            return None
        digits = mxid[len(start) : -len(end)]
        return int(digits) if digits.isascii() and digits.isdecimal() and str(int(digits)) == digits else None

    def ghost(self, person_id: int) -> str:
        return f"@{self.user_prefix}{person_id}:{self.server_name}"


@dataclass(frozen=True)
class Snapshot:
    """
    The facts that the rules in Matrix ask for.

    Attributes:
        locked: Room id to the id of who blocked the direct conversation, or None for an archived room.
    """

    identity: Identity
    school: School
    rules: Rules
    files: FileRules = field(default_factory=FileRules)
    locked: Mapping[str, int | None] = field(default_factory=dict)


def write_snapshot(snapshot: Snapshot) -> dict[str, Any]:
    """Turn the snapshot into what JSON can say."""
    school, rules = snapshot.school, snapshot.rules
    return {
        "format": FORMAT,
        "version": school.version,
        "rules": {
            "students_may_message_students": rules.students_may_message_students,
            "edit_window_s": rules.edit_window_s,
        },
        "files": dict(snapshot.files.bytes_of),
        "people": [
            [p.id, p.username, p.first_name, p.last_name, p.role.value, p.is_active] for p in school.people.values()
        ],
        "groups": [
            [g.id, g.name, sorted(school.teachers_of.get(g.id, ())), sorted(school.students_of.get(g.id, ()))]
            for g in school.groups.values()
        ],
        "locked": dict(snapshot.locked),
    }


def read_snapshot(document: Mapping[str, Any], identity: Identity) -> Snapshot:
    """
    Turn the document back into a snapshot.

    Raises:
        ValueError: It is of another format, or a part is missing or wrong.
    """
    if document.get("format") != FORMAT:
        found = document.get("format")
        raise ValueError(f"a snapshot of format {found}, not {FORMAT}; update module and bridge together")
    try:
        roles = {role.value: role for role in Role}
        people = [Person(i, u, f, n, roles[r], a) for i, u, f, n, r, a in document["people"]]
        groups = [Group(group_id, name) for group_id, name, _, _ in document["groups"]]
        return Snapshot(
            identity,
            School.of(people, groups, _enrolments(document["groups"]), document["version"]),
            Rules(**document["rules"]),
            FileRules(dict(document["files"])),
            dict(document["locked"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a snapshot: {error!r}") from error


def _enrolments(groups: Iterable[Any]) -> Iterable[Enrolment]:
    for group_id, _, teachers, students in groups:
        for person_id in teachers:
            yield Enrolment(group_id, person_id, Role.TEACHER)
        for person_id in students:
            yield Enrolment(group_id, person_id, Role.STUDENT)

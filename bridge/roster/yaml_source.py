"""
The roster from a YAML file: people, groups and who teaches or learns in them.

::

    people:
      - {id: 2, username: petrova, first_name: Анна, last_name: Петрова, role: teacher, password: panda}
    groups:
      - {id: 70, name: 7Б Математика, teachers: [petrova], students: [orlov, belova]}

The file is taken whole or not at all, and every fault in it is told at once, with its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple
from unicodedata import category

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from bridge.errors import ConfigError
from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.roster.oneroster.encodings import not_utf8
from bridge.roster.roster import Roster
from bridge.roster.yaml_lines import Path as Place
from bridge.roster.yaml_lines import compose, line_of, list_repeated_keys, write_path

JAVASCRIPT_SAFE = 2**53 - 1


def _clean(text: str) -> str:
    """Refuse control characters: PostgreSQL cannot hold NUL, and none of them belongs into a name."""
    if any(category(character) == "Cc" for character in text):
        raise ValueError("holds a control character")
    if text != text.strip():
        raise ValueError("begins or ends with a space")
    return text


Text150 = Annotated[str, Field(min_length=1, max_length=150), AfterValidator(_clean)]
Text255 = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_clean)]
PanelId = Annotated[int, Field(ge=1, le=JAVASCRIPT_SAFE)]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PersonEntry(Entry):
    id: PanelId
    username: Text150
    first_name: Text150
    last_name: Annotated[str, Field(max_length=150), AfterValidator(_clean)] = ""
    role: Literal["student", "teacher", "admin"]
    is_active: bool = True
    password: Text150 | None = None


class GroupEntry(Entry):
    """``teachers`` and ``students`` are usernames."""

    id: PanelId
    name: Text255
    teachers: list[str] = []
    students: list[str] = []


class SchoolFile(Entry):
    people: list[PersonEntry]
    groups: list[GroupEntry] = []


class Fault(NamedTuple):
    place: Place
    reason: str


def load_roster(path: Path) -> Roster:
    """
    Read the school file.

    Raises:
        ConfigError: The file cannot be read, or it has faults: all of them, each with file, line and place.
    """
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8")
    except OSError as error:
        raise ConfigError(f"cannot read the school file {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        reason = not_utf8(raw, f"save it as UTF-8 (byte {error.start} is the first that is not)")
        raise ConfigError(f"the school file {path} {reason}") from error
    return parse_roster(text, name=str(path))


def parse_roster(text: str, *, name: str) -> Roster:
    """Check the text of a school file; *name* is what faults call it."""
    try:
        root, document = compose(text)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        raise ConfigError(f"{where}: is not YAML: {getattr(error, 'problem', error)}") from error
    faults = [Fault(place, "stands here twice") for place in list_repeated_keys(root)]
    school = None
    try:
        school = SchoolFile.model_validate(document)
    except ValidationError as error:
        faults += [Fault(e["loc"], _reason(e)) for e in error.errors()]
    if school is not None:
        faults += _list_contradictions(school)
    if school is None or faults:
        lines = sorted((line_of(root, place), write_path(place), reason) for place, reason in faults)
        listed = "\n".join(f"  {name}:{line}: {path}: {reason}" for line, path, reason in lines)
        raise ConfigError(f"the school file has {_count(len(lines))}:\n{listed}")
    return _roster(school)


def _count(faults: int) -> str:
    return "1 fault" if faults == 1 else f"{faults} faults"


def _reason(error: Any) -> str:
    if error["type"] == "model_type" and not error["loc"]:
        return "must begin with `people:`; see bridge/demo/school.yaml"
    plain = {
        "missing": "is missing",
        "extra_forbidden": "is not a key that is known here",
        "string_type": "must be text; put it in quotes",
        "int_type": "must be a whole number",
        "bool_type": "must be true or false",
        "list_type": "must be a list",
        "model_type": "must hold keys such as `id:`",
        "string_too_short": "must not be empty",
        "string_unicode": "holds a lone surrogate, half a character",
    }
    if error["type"] == "literal_error":
        return f"must be {error['ctx']['expected'].replace(chr(39), '')}"
    return plain.get(error["type"], str(error["msg"]).removeprefix("Value error, "))


def _list_contradictions(school: SchoolFile) -> Iterator[Fault]:
    yield from _repeated("people", "id", (person.id for person in school.people))
    yield from _repeated("people", "username", (person.username for person in school.people))
    yield from _repeated("groups", "id", (group.id for group in school.groups))
    roles = {person.username: person.role for person in school.people}
    for index, group in enumerate(school.groups):
        seen: set[str] = set()
        for side, usernames in (("teachers", group.teachers), ("students", group.students)):
            for position, username in enumerate(usernames):
                reason = _refuse_enrolment(side, username, roles.get(username), is_second=username in seen)
                seen.add(username)
                if reason:
                    yield Fault(("groups", index, side, position), reason)


def _repeated(part: str, key: str, values: Iterable[object]) -> Iterator[Fault]:
    first: dict[object, int] = {}
    for index, value in enumerate(values):
        if first.setdefault(value, index) != index:
            yield Fault((part, index, key), f"{value} is also that of {part}[{first[value]}]")


def _refuse_enrolment(side: str, username: str, role: str | None, *, is_second: bool) -> str | None:
    if role is None:
        return f"nobody in `people` has the username {username}"
    if is_second:
        return f"{username} is in this group twice"
    if (role == "student") != (side == "students"):
        return f"{username} has the role {role}, so not among {side}"
    return None


def _roster(school: SchoolFile) -> Roster:
    ids = {person.username: person.id for person in school.people}
    sides = ((Role.TEACHER, "teachers"), (Role.STUDENT, "students"))
    return Roster(
        people=tuple(
            Person(p.id, p.username, p.first_name, p.last_name, Role(p.role), p.is_active) for p in school.people
        ),
        groups=tuple(Group(group.id, group.name) for group in school.groups),
        enrolments=tuple(
            Enrolment(group.id, ids[username], role)
            for group in school.groups
            for role, side in sides
            for username in getattr(group, side)
        ),
        passwords={person.id: person.password for person in school.people if person.password},
    )

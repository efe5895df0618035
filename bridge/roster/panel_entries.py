"""
People, groups and enrolments as the panel writes them in JSON, pushed or pulled; checked one by one and together.

Lists are checked a slice at a time, so that a roster of 20,000 people does not keep everybody else waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, TypeVar
from unicodedata import category

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.roster.roster import Roster

JAVASCRIPT_SAFE = 2**53 - 1
SLICE = 2000


def _whole_number(value: Any) -> Any:
    """Take digits in a string too: JavaScript and some serialisers write ids so."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 16:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise PydanticCustomError("int_type", "A valid integer is required.")
    return value


def _clean(text: str) -> str:
    """Make one line of it; refuse what no database and no Matrix client can hold."""
    text = " ".join(text.split())
    if any(category(character) in {"Cc", "Cs"} for character in text):
        raise ValueError("Control characters are not allowed.")
    return text


def _filled(text: str) -> str:
    if not text:
        raise ValueError("This field may not be blank.")
    return text


def _nothing_as_empty(value: Any) -> Any:
    return "" if value is None else value


PanelId = Annotated[int, BeforeValidator(_whole_number), Field(ge=1, le=JAVASCRIPT_SAFE)]
TIDY = AfterValidator(_clean)
Text32 = Annotated[str, Field(max_length=32), TIDY, BeforeValidator(_nothing_as_empty)]
Text150 = Annotated[str, Field(max_length=150), TIDY, BeforeValidator(_nothing_as_empty)]
Text255 = Annotated[str, Field(max_length=255), TIDY, BeforeValidator(_nothing_as_empty)]
Word150 = Annotated[str, Field(max_length=150), TIDY, AfterValidator(_filled)]
Word255 = Annotated[str, Field(max_length=255), TIDY, AfterValidator(_filled)]


class Entry(BaseModel):
    """One row; unknown keys are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class PanelUser(Entry):
    """A person of the school; ``is_active`` false: has left, the name stays on old messages."""

    id: PanelId
    username: Word150
    first_name: Text150 = ""
    last_name: Text150 = ""
    role: Literal["student", "teacher", "admin"]
    is_active: bool = True

    def as_person(self) -> Person:
        return Person(self.id, self.username, self.first_name, self.last_name, Role(self.role), self.is_active)


class PulledUser(PanelUser):
    """As the panel's list has it: a name that is not there is a mistake in the config, not a person without one."""

    first_name: Text150
    last_name: Text150


class PanelGroup(Entry):
    """A class or course; ``year`` such as 2026/27. Without one it gets the school year in which it first came."""

    id: PanelId
    name: Word255
    year: Text32 = ""
    course: Text255 = ""

    def as_group(self) -> Group:
        return Group(self.id, self.name, year=self.year, course=self.course)


class PanelEnrolment(Entry):
    """Who teaches the group and who learns in it."""

    group_id: PanelId
    user_id: PanelId
    role: Literal["student", "teacher"]

    def as_enrolment(self) -> Enrolment:
        return Enrolment(self.group_id, self.user_id, Role(self.role))


Place = tuple[str | int, ...]
Row = TypeVar("Row", bound=Entry)


class Fault(NamedTuple):
    """What is wrong and where: ``("users", 3, "username")``."""

    place: Place
    sentence: str


class Entries(NamedTuple):
    """Checked rows of the three lists."""

    users: list[PanelUser]
    groups: list[PanelGroup]
    enrolments: list[PanelEnrolment]

    def as_roster(self) -> Roster:
        return Roster(
            tuple(user.as_person() for user in self.users),
            tuple(group.as_group() for group in self.groups),
            tuple(enrolment.as_enrolment() for enrolment in self.enrolments),
        )


@cache
def _list_of(model: type[Row]) -> TypeAdapter[list[Row]]:
    return TypeAdapter(list[model])  # type: ignore[valid-type]


async def check_rows(
    model: type[Row], rows: Any, name: str, sentence_of: Callable[[ErrorDetails], str]
) -> tuple[list[Row], list[Fault]]:
    """
    Check a list of rows against *model*, giving way to others between slices.

    Args:
        name: Of the list, the first part of every place.
        sentence_of: Says a fault in the words of whoever asks.
    """
    if not isinstance(rows, list):
        return [], [Fault((name,), "Expected a list of items.")]
    checked: list[Row] = []
    faults: list[Fault] = []
    for start in range(0, len(rows), SLICE):
        try:
            checked += _list_of(model).validate_python(rows[start : start + SLICE])
        except ValidationError as error:
            for found in error.errors(include_url=False, include_input=False):
                index, *rest = found["loc"]
                faults.append(Fault((name, int(index) + start, *rest), sentence_of(found)))
        await asyncio.sleep(0)
    return checked, faults


def list_contradictions(entries: Entries, *, is_complete: bool = True) -> Iterator[Fault]:
    """
    What no row says alone: two of one id, a group or a person that is not there, a student who teaches.

    A list that is not complete may name who was told of before.
    """
    yield from _list_repeated("users", "id", (user.id for user in entries.users))
    yield from _list_repeated("users", "username", (user.username for user in entries.users))
    yield from _list_repeated("groups", "id", (group.id for group in entries.groups))
    pairs = ((enrolment.group_id, enrolment.user_id) for enrolment in entries.enrolments)
    yield from _list_repeated("enrolments", "user_id", pairs)
    roles = {user.id: user.role for user in entries.users}
    groups = {group.id for group in entries.groups}
    for index, enrolment in enumerate(entries.enrolments):
        for key, reason in _refuse_enrolment(enrolment, roles, groups, is_complete=is_complete):
            yield Fault(("enrolments", index, key), reason)


def _list_repeated(part: str, key: str, values: Iterable[Hashable]) -> Iterator[Fault]:
    first: dict[Hashable, int] = {}
    for index, value in enumerate(values):
        if first.setdefault(value, index) != index:
            yield Fault((part, index, key), f"This is also said by {part}.{first[value]}.")


def _refuse_enrolment(
    enrolment: PanelEnrolment, roles: Mapping[int, str], groups: set[int], *, is_complete: bool
) -> Iterator[tuple[str, str]]:
    role = roles.get(enrolment.user_id)
    if is_complete and role is None:
        yield "user_id", f"Nobody in users has the id {enrolment.user_id}."
    if is_complete and enrolment.group_id not in groups:
        yield "group_id", f"No group has the id {enrolment.group_id}."
    if role == "student" and enrolment.role == "teacher":
        yield "role", f"The user {enrolment.user_id} is a student and cannot teach a group."

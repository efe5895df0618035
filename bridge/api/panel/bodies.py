"""The bodies that the panel sends; their rows are ``roster.panel_entries``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from bridge.api.bodies import Body, ClientId, Id, VisibleText
from bridge.permissions.school import Enrolment, Group, Person
from bridge.roster.events import Gone, PanelEvent
from bridge.roster.panel_entries import PanelEnrolment, PanelGroup, PanelId, PanelUser

MOST_EVENTS = 1000

Version = Annotated[int, Field(ge=0, le=2**53 - 1)]
EventId = Annotated[str, Field(min_length=1, max_length=64)]


class PutRoster(Body):
    """
    The whole school. Who is not named is missing, and removed when the next complete list lacks them too.

    With a growing ``version`` a list that comes again or too late changes nothing. Without one, the same list within
    ten minutes is a repeat: it is not the next list.
    """

    version: Version | None = None
    users: list[PanelUser]
    groups: list[PanelGroup]
    enrolments: list[PanelEnrolment]


class RemovedObject(Body):
    id: PanelId


class RemovedEnrolment(Body):
    group_id: PanelId
    user_id: PanelId


class _Event(Body):
    """``version``: the panel's own of that object, or the time of the change in milliseconds; the newest counts."""

    event_id: EventId
    version: Version


class UserSaved(_Event):
    kind: Literal["user.saved"]
    data: PanelUser

    @property
    def value(self) -> Person:
        return self.data.as_person()


class UserRemoved(_Event):
    kind: Literal["user.removed"]
    data: RemovedObject

    @property
    def value(self) -> Gone:
        return Gone(person_id=self.data.id)


class GroupSaved(_Event):
    kind: Literal["group.saved"]
    data: PanelGroup

    @property
    def value(self) -> Group:
        return self.data.as_group()


class GroupRemoved(_Event):
    kind: Literal["group.removed"]
    data: RemovedObject

    @property
    def value(self) -> Gone:
        return Gone(group_id=self.data.id)


class EnrolmentSaved(_Event):
    kind: Literal["enrolment.saved"]
    data: PanelEnrolment

    @property
    def value(self) -> Enrolment:
        return self.data.as_enrolment()


class EnrolmentRemoved(_Event):
    kind: Literal["enrolment.removed"]
    data: RemovedEnrolment

    @property
    def value(self) -> Gone:
        return Gone(group_id=self.data.group_id, person_id=self.data.user_id)


AnyEvent = Annotated[
    UserSaved | UserRemoved | GroupSaved | GroupRemoved | EnrolmentSaved | EnrolmentRemoved,
    Field(discriminator="kind"),
]
ONE_EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)
KINDS = frozenset(
    {"user.saved", "user.removed", "group.saved", "group.removed", "enrolment.saved", "enrolment.removed"}
)


class PostEvents(Body):
    """Changes in the order in which they happened. One event alone may stand without ``events`` around it."""

    events: Annotated[list[AnyEvent], Field(min_length=1, max_length=MOST_EVENTS)]


def as_panel_event(event: AnyEvent) -> PanelEvent:
    return PanelEvent(event.event_id, event.version, event.value)


class SystemMessage(Body):
    """A line of the school's own in a group: «Преподаватель начал урок». Markdown."""

    group_id: Id
    text: VisibleText
    client_id: ClientId | None = None

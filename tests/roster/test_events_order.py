"""Events in any order, late or twice, lead to the same school."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from roster.rosters import enrolment, person

from bridge.db.engine import Database
from bridge.permissions.school import Group
from bridge.roster.at_rest import load_roster
from bridge.roster.events import Gone, Outcome, PanelEvent, take_event

NOW = 1_795_000_000_000
PEOPLE, GROUPS = (1, 2, 3), (70, 71)


@dataclass
class Panel:
    """A panel with its own tables: what it does is told by events, as its signals would tell it."""

    people: dict[int, tuple[str, bool]] = field(default_factory=dict)
    groups: dict[int, str] = field(default_factory=dict)
    enrolments: dict[tuple[int, int], str] = field(default_factory=dict)
    events: list[PanelEvent] = field(default_factory=list)

    def do(self, what: str, person_id: int, group_id: int, word: str, is_active: bool) -> None:
        """One thing that somebody does in the panel, if it can be done there."""
        pair = (group_id, person_id)
        if what == "save person":
            self.people[person_id] = (word, is_active)
            self._tell(person(person_id, first_name=word, is_active=is_active))
        elif what == "save group":
            self.groups[group_id] = word
            self._tell(Group(group_id, word, "2026/27"))
        elif what == "enrol" and person_id in self.people and group_id in self.groups:
            role = "teacher" if word == "А" else "student"
            self.enrolments[pair] = role
            self._tell(enrolment(*pair, role))
        elif what == "leave" and self.enrolments.pop(pair, None):
            self._tell(Gone(*pair))
        elif what == "delete group" and self.groups.pop(group_id, None):
            self.enrolments = {found: role for found, role in self.enrolments.items() if found[0] != group_id}
            self._tell(Gone(group_id=group_id))
        elif what == "delete person" and self.people.pop(person_id, None):
            self.enrolments = {found: role for found, role in self.enrolments.items() if found[1] != person_id}
            self._tell(Gone(person_id=person_id))

    def _tell(self, value: object) -> None:
        number = len(self.events) + 1
        self.events.append(PanelEvent(f"event-{number}", number, value))


doings = st.tuples(
    st.sampled_from(
        ["save person", "save person", "save group", "enrol", "enrol", "leave", "delete group", "delete person"]
    ),
    st.sampled_from(PEOPLE),
    st.sampled_from(GROUPS),
    st.sampled_from("АБ"),
    st.booleans(),
)


async def played(database: Database, events: list[PanelEvent]) -> tuple[dict, dict, dict, list[Outcome]]:
    """The people who are there, the groups and the enrolments that count; nothing of it is kept."""
    async with database.engine.connect() as conn, conn.begin() as transaction:
        outcomes = [(await take_event(conn, one, actor="panel", now_ms=NOW, percent=None)).outcome for one in events]
        roster = await load_roster(conn)
        await transaction.rollback()
    people = {one.id: one.first_name for one in roster.people if one.is_active}
    groups = {one.id: one.name for one in roster.groups}
    enrolments = {(e.group_id, e.person_id): e.role.value for e in roster.enrolments if e.person_id in people}
    return people, groups, enrolments, outcomes


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
async def test_in_any_order_the_school_becomes_the_panels(sqlite_database: Database, data: st.DataObject):
    panel = Panel()
    for doing in data.draw(st.lists(doings, max_size=25)):
        panel.do(*doing)
    events = data.draw(st.permutations(panel.events))
    people, groups, enrolments, outcomes = await played(sqlite_database, events)
    active = {person_id: word for person_id, (word, is_active) in panel.people.items() if is_active}
    assert people == active
    assert groups == panel.groups
    assert enrolments == {pair: role for pair, role in panel.enrolments.items() if pair[1] in active}
    assert Outcome.REPEATED not in outcomes


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
async def test_replayed_events_change_nothing(sqlite_database: Database, data: st.DataObject):
    panel = Panel()
    for doing in data.draw(st.lists(doings, max_size=12)):
        panel.do(*doing)
    *school, _ = await played(sqlite_database, panel.events)
    replayed = data.draw(st.permutations(panel.events))
    *again, outcomes = await played(sqlite_database, [*panel.events, *replayed])
    assert again == school
    assert outcomes[len(panel.events) :] == [Outcome.REPEATED] * len(replayed)

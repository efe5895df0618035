"""The panel's single changes: each taken once, in any order, and what is wrong with one is said in plain words."""

from __future__ import annotations

from typing import Any

import pytest
from api_school import ADMIN, STUDENT, TEACHER
from conftest import Caller, MakeCaller
from panel_door import EVENTS, RUNS, Ask, asker, current, open_door

from bridge.api.panel import roster as panel_roster
from bridge.db.engine import Conn
from bridge.roster.events import PanelEvent, TakenEvent, take_event
from bridge.roster.settle import BadRead


@pytest.fixture
async def panel(make_caller: MakeCaller) -> Caller:
    """The school of the tests, and a door for the panel."""
    return await open_door(make_caller)


@pytest.fixture
def ask(panel: Caller) -> Ask:
    return asker(panel)


def event(event_id: str, kind: str, version: int = 1, **data: Any) -> dict[str, Any]:
    return {"event_id": event_id, "kind": kind, "version": version, "data": data}


EVA = {"id": 7, "username": "eva", "first_name": "Ева", "last_name": "Новая", "role": "student"}


async def test_one_event_alone_is_taken(panel: Caller, ask: Ask):
    status, body = await ask("POST", EVENTS, event("e1", "user.saved", **EVA))
    assert (status, body["state"]) == (202, "stored")
    assert body["results"] == [{"event_id": "e1", "outcome": "taken", "run_id": body["run_id"], "detail": None}]
    assert (await current(panel)).people[7].name == "Ева Новая"


async def test_events_are_taken_in_their_order_and_each_once(panel: Caller, ask: Ask):
    events = [
        event("e1", "group.saved", id=5, name="8А"),
        event("e2", "user.saved", **EVA),
        event("e3", "enrolment.saved", group_id=5, user_id=7, role="student"),
        event("e4", "group.saved", 2, id=5, name="9А", year="2026/27", course="Физика"),
        event("e5", "enrolment.removed", 2, group_id=5, user_id=7),
        event("e6", "user.removed", 2, id=7),
    ]
    status, body = await ask("POST", EVENTS, {"events": events})
    assert status == 202
    assert [result["outcome"] for result in body["results"]] == ["taken"] * 6
    found = await current(panel)
    assert (found.groups[5].name, found.groups[5].year, found.groups[5].course) == ("9А", "2026/27", "Физика")
    assert 7 not in found.members_of(5)
    assert found.find_active(7) is None
    assert found.people[7].name == "Ева Новая"  # kept for old messages

    status, body = await ask("POST", EVENTS, {"events": events})
    assert (status, body["run_id"], body["state"]) == (200, None, None)
    assert {result["outcome"] for result in body["results"]} == {"repeated"}
    status, body = await ask("POST", EVENTS, event("e7", "group.saved", 1, id=5, name="8А"))
    assert (status, body["results"][0]["outcome"]) == (200, "older")
    assert (await current(panel)).groups[5].name == "9А"


async def test_an_enrolment_waits_for_its_person(panel: Caller, ask: Ask):
    enrolled = event("e1", "enrolment.saved", group_id=1, user_id=7, role="student")
    assert (await ask("POST", EVENTS, enrolled))[1]["results"][0]["outcome"] == "waits"
    await ask("POST", EVENTS, event("e2", "user.saved", **EVA))
    assert 7 in (await current(panel)).students_of[1]


async def test_one_faulty_event_and_nothing_of_the_request_is_taken(panel: Caller, ask: Ask):
    before = (await current(panel)).version
    events = [
        event("e1", "user.saved", **EVA),
        event("e2", "user.moved", id=7),
        event("e3", "user.saved", **{**EVA, "username": ""}),
        event("", "user.removed", id="seven"),
        {"event_id": "e5", "kind": "group.removed", "version": 1},
    ]
    status, body = await ask("POST", EVENTS, {"events": events})
    assert status == 400
    assert list(body) == ["events"]
    assert [fault.split(": ")[0] for fault in body["events"]] == [
        "1.kind",
        "2.data.username",
        "3.event_id",
        "3.data.id",
        "4.data",
    ]
    assert (await current(panel)).version == before
    status, body = await ask("POST", EVENTS, event("e3", "user.saved", **{**EVA, "role": "head"}))
    assert (status, list(body)) == (400, ["data"])
    for too_many in ([], [event(str(n), "user.removed", id=1) for n in range(1001)]):
        assert (await ask("POST", EVENTS, {"events": too_many}))[0] == 400


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"kind": "user.moved"}, ("kind", "Expected one of: 'user.saved', 'user.removed', 'group.saved', ")),
        ({"kind": None}, ("kind", "Expected one of: 'user.saved', ")),
        ({"version": "late"}, ("version", "A valid integer is required.")),
        ({"version": 1.5}, ("version", "A valid integer is required.")),
        ({"version": -1}, ("version", "Ensure this value is greater than or equal to 0.")),
        ({"data": {**EVA, "id": 0}}, ("data", "id: Ensure this value is greater than or equal to 1.")),
        ({"data": {**EVA, "username": "u" * 151}}, ("data", "username: Ensure this field has no more than 150 char")),
        ({"data": []}, ("data", "Expected an object.")),
    ],
)
async def test_each_fault_of_an_event_is_said_in_djangos_words(
    ask: Ask, change: dict[str, Any], fault: tuple[str, str]
):
    status, body = await ask("POST", EVENTS, event("e1", "user.saved", **EVA) | change)
    name, sentence = fault
    assert (status, list(body)) == (400, [name])
    assert body[name][0].startswith(sentence), body


async def test_an_event_without_a_kind_says_so(ask: Ask):
    assert await ask("POST", EVENTS, {"event_id": "e1", "version": 1}) == (400, {"kind": ["This field is required."]})


async def test_an_event_that_contradicts_the_roster_does_not_stop_the_others(
    panel: Caller, ask: Ask, monkeypatch: pytest.MonkeyPatch
):
    async def take(conn: Conn, taken: PanelEvent, **more: Any) -> TakenEvent:
        if taken.event_id == "e1":
            raise BadRead("It contradicts the roster.")
        return await take_event(conn, taken, **more)

    monkeypatch.setattr(panel_roster, "take_event", take)
    events = [event("e1", "user.removed", id=STUDENT), event("e2", "user.saved", **EVA)]
    status, body = await ask("POST", EVENTS, {"events": events})
    assert status == 202
    refused, taken = body["results"]
    assert refused == {"event_id": "e1", "outcome": "refused", "run_id": None, "detail": "It contradicts the roster."}
    assert (taken["event_id"], taken["outcome"]) == ("e2", "taken")
    found = await current(panel)
    assert (bool(found.find_active(STUDENT)), bool(found.find_active(7))) == (True, True)


async def test_an_admin_may_teach_a_group(panel: Caller, ask: Ask):
    await ask("POST", EVENTS, event("e1", "enrolment.saved", group_id=1, user_id=ADMIN, role="teacher"))
    assert ADMIN in (await current(panel)).teachers_of[1]


async def test_runs_are_pages_newest_first(ask: Ask):
    for number in range(3):
        await ask("POST", EVENTS, event(f"e{number}", "group.saved", id=50 + number, name=f"Группа {number}"))
    _, body = await ask("GET", RUNS + "?page_size=2")
    assert (body["count"], len(body["results"])) == (3, 2)
    assert body["results"][0]["id"] > body["results"][1]["id"]
    assert body["next"].endswith("/api/panel/runs/?page_size=2&page=2")
    assert (await ask("GET", RUNS + "?page=9"))[0] == 404
    assert (await ask("GET", RUNS + "999/"))[0] == 404


async def test_a_role_in_a_group_follows_the_event(panel: Caller, ask: Ask):
    await ask("POST", EVENTS, event("e1", "enrolment.saved", group_id=1, user_id=TEACHER, role="student"))
    found = await current(panel)
    assert TEACHER in found.students_of[1]
    assert TEACHER not in found.teachers_of.get(1, ())

"""The panel's push: behind its own token, checked whole, taken once, and never "everybody has left"."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from api_school import ADMIN, GONE, STUDENT, TEACHER, roster
from conftest import Caller, MakeCaller
from testbed.panel import rows_of

from bridge.api.application import DOORS
from bridge.api.routes import PANEL_PREFIX
from bridge.permissions.school import Enrolment, Role

TOKEN = "the panel's token, quite long enough"
ROSTER = "/api/panel/roster/"
EVENTS = "/api/panel/events/"
RUNS = "/api/panel/runs/"

Ask = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
async def panel(make_caller: MakeCaller) -> Caller:
    """The school of the tests, and a door for the panel."""
    return await open_door(make_caller)


async def open_door(make_caller: MakeCaller, **sections: Any) -> Caller:
    sections.setdefault("panel", {"token": TOKEN})
    call = await make_caller(**sections)
    call.services.live = SimpleNamespace(publish=None)  # of a plan nothing is published
    return call


@pytest.fixture
def ask(panel: Caller) -> Ask:
    return asker(panel)


def asker(call: Caller) -> Ask:
    """``status, body = await ask("PUT", path, document)`` with the panel's token."""

    async def ask(method: str, path: str, document: Any = None, *, token: str | None = TOKEN) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        response = await call(method, path, None, headers=headers, json=document)
        return response.status, orjson.loads(await response.read())

    return ask


def school() -> dict[str, Any]:
    """The body of the whole school as it stands."""
    return rows_of(roster())


async def current(call: Caller) -> Any:
    return await call.services.school.refresh()


# -- the token ---------------------------------------------------------------------------------------------------------


async def test_without_a_token_in_the_config_there_is_no_such_address(call: Caller):
    ask = asker(call)
    for route in _panel_routes():
        assert (await ask(route.method, route.path.replace("{id}", "1"), {}))[0] == 404


async def test_every_address_of_the_panel_wants_its_token_and_no_other(panel: Caller, ask: Ask):
    assert len(_panel_routes()) == 8
    for route in _panel_routes():
        path = route.path.replace("{id}", "1")
        for token in (None, "another token, as long as the panel's", TOKEN[:-1], TOKEN + "x", "Ö" * 20):
            status, body = await ask(route.method, path, {}, token=token)
            assert (status, body["code"]) == (401, "not_authenticated"), path
        answer = await panel(route.method, path, ADMIN, json={})
        assert answer.status == 401, f"{path} takes a person's token"


async def test_an_address_that_nobody_serves_tells_a_stranger_nothing(ask: Ask):
    assert (await ask("GET", "/api/panel/nothing/", token=None))[0] == 401
    assert (await ask("GET", "/api/panel/nothing/"))[0] == 404
    assert (await ask("DELETE", ROSTER, token=None))[0] == 401
    assert (await ask("DELETE", ROSTER))[0] == 405


async def test_the_panels_token_opens_no_other_door(ask: Ask):
    assert (await ask("GET", "/api/chat/me/"))[0] == 401


def _panel_routes() -> list[Any]:
    return [route for door in DOORS for route in door if route.path.startswith(PANEL_PREFIX)]


# -- the whole roster --------------------------------------------------------------------------------------------------


async def test_the_same_school_again_changes_nothing(panel: Caller, ask: Ask):
    await ask("PUT", ROSTER, school())
    version = (await current(panel)).version
    status, body = await ask("PUT", ROSTER, school())
    assert (status, body["state"], body["sentence"]) == (200, "unchanged", "nothing changed")
    assert (await current(panel)).version == version


async def test_who_is_new_is_there_at_once_and_the_run_tells(panel: Caller, ask: Ask):
    kicks: list[int] = []
    panel.services.kick_roster = lambda: kicks.append(1)
    document = school()
    document["users"].append({"id": "7", "username": "new", "first_name": " Ева  Мария ", "role": "student"})
    document["enrolments"].append({"group_id": 1, "user_id": 7, "role": "student"})
    status, body = await ask("PUT", ROSTER, document)
    assert (status, body["state"], body["brake"], body["confirm"]) == (202, "stored", None, None)
    assert body["counts"]["people"] == {"added": 1, "changed": 0, "removed": 0, "missing": 0}
    assert body["sentence"].startswith("people: 1 added; ")
    assert kicks == [1]
    found = await current(panel)
    assert found.people[7].first_name == "Ева Мария"
    assert 7 in found.students_of[1]
    status, run = await ask("GET", f"{RUNS}{body['run_id']}/")
    assert (status, run["state"], run["source"], run["actor"]) == (200, "stored", "panel-push", "panel")


async def test_who_is_not_named_goes_only_when_the_next_list_lacks_them_too(make_caller: MakeCaller):
    call = await open_door(make_caller, roster={"brake_percent": 100})
    ask = asker(call)
    document = school() | {"version": 1}
    document["users"] = [user for user in document["users"] if user["id"] != STUDENT]
    document["enrolments"] = [row for row in document["enrolments"] if row["user_id"] != STUDENT]
    _, first = await ask("PUT", ROSTER, document)
    assert first["counts"]["people"]["missing"] == 1
    assert (await current(call)).find_active(STUDENT)
    _, repeated = await ask("PUT", ROSTER, document)  # the same list once more: a time-out at the panel
    assert repeated["run_id"] == first["run_id"]
    assert (await current(call)).find_active(STUDENT)
    _, second = await ask("PUT", ROSTER, document | {"version": 2})
    assert second["counts"]["people"]["removed"] == 1
    assert (await current(call)).find_active(STUDENT) is None
    _, late = await ask("PUT", ROSTER, school() | {"version": 1})
    assert (late["state"], late["run_id"]) == ("older", None)
    assert (await current(call)).find_active(STUDENT) is None


async def test_a_list_that_removes_much_waits_until_somebody_confirms_it(panel: Caller, ask: Ask):
    document = school()
    for user in document["users"]:
        user["is_active"] = user["id"] == ADMIN
    status, body = await ask("PUT", ROSTER, document)
    assert (status, body["state"]) == (202, "waiting")
    assert "2 of 3 people" in body["brake"]
    assert (await current(panel)).find_active(TEACHER)

    _, listed = await ask("GET", RUNS)
    assert [(run["id"], run["can_confirm"]) for run in listed["results"]] == [(body["run_id"], True)]
    status, confirmed = await ask("POST", body["confirm"])
    assert (status, confirmed["state"]) == (202, "stored")
    assert (await current(panel)).find_active(TEACHER) is None
    assert (await ask("POST", body["confirm"]))[0] == 409
    assert (await ask("POST", f"{RUNS}999/confirm/"))[0] == 404


async def test_an_empty_list_is_never_everybody_has_left(panel: Caller, ask: Ask):
    before = (await current(panel)).version
    for document in ({"users": [], "groups": [], "enrolments": []}, {"groups": [], "enrolments": []}, {}):
        status, _ = await ask("PUT", ROSTER, document)
        assert status == 400
    assert (await current(panel)).version == before


async def test_a_dry_run_tells_the_plan_and_stores_nothing(panel: Caller, ask: Ask):
    before = (await current(panel)).version
    document = school()
    document["groups"].append({"id": 5, "name": "8А", "year": "2026/27"})
    document["enrolments"].append({"group_id": 5, "user_id": TEACHER, "role": "teacher"})
    status, body = await ask("PUT", ROSTER + "?dry_run=1", document)
    assert (status, body["state"], body["run_id"]) == (200, "planned", None)
    assert body["summary"]["rooms_created"] == 2  # also that of the group which no room was made for yet
    assert body["sentence"].startswith("2 rooms created, 3 people added")
    assert (await current(panel)).version == before
    assert (await ask("GET", RUNS))[1]["count"] == 0


async def test_where_a_file_is_the_source_the_panel_cannot_push_another_whole_list(make_caller: MakeCaller):
    call = await open_door(make_caller, roster={"file": "school.yaml"})
    status, body = await asker(call)("PUT", ROSTER, school())
    assert (status, body["code"]) == (409, "other_source")
    assert "roster.file" in body["detail"]


async def test_all_faults_are_told_at_once_each_with_its_place(panel: Caller, ask: Ask):
    before = (await current(panel)).version
    document = {
        "version": -1,
        "users": [
            {"id": 1, "username": "", "first_name": "А", "role": "head"},
            "nobody",
            {"id": 2.5, "username": "b\u0007", "first_name": 7, "role": "teacher", "is_active": "perhaps"},
        ],
        "groups": [{"id": 1}],
    }
    status, body = await ask("PUT", ROSTER, document)
    assert status == 400
    assert sorted(body) == ["enrolments", "groups", "users", "version"]
    assert body["enrolments"] == ["This field is required."]
    assert body["groups"] == ["0.name: This field is required."]
    assert body["users"] == [
        "0.username: This field may not be blank.",
        "0.role: Expected one of: 'student', 'teacher' or 'admin'.",
        "1: Expected an object.",
        "2.id: A valid integer is required.",
        "2.username: Control characters are not allowed.",
        "2.first_name: Not a valid string.",
        "2.is_active: Must be a valid boolean.",
    ]
    assert (await current(panel)).version == before


async def test_lists_that_contradict_each_other_are_refused_with_the_place(ask: Ask):
    document = school()
    document["users"].append(document["users"][0])
    document["enrolments"] += [
        {"group_id": 1, "user_id": 77, "role": "student"},
        {"group_id": 9, "user_id": ADMIN, "role": "teacher"},
        {"group_id": 1, "user_id": GONE, "role": "teacher"},
    ]
    status, body = await ask("PUT", ROSTER, document)
    assert status == 400
    assert body == {
        "users": ["4.id: This is also said by users.0.", "4.username: This is also said by users.0."],
        "enrolments": [
            "2.user_id: Nobody in users has the id 77.",
            "3.group_id: No group has the id 9.",
            f"4.role: The user {GONE} is a student and cannot teach a group.",
        ],
    }


async def test_of_many_faults_a_hundred_are_told(ask: Ask):
    document = school() | {"groups": [{"id": 0, "name": "?"}] * 1234}
    status, body = await ask("PUT", ROSTER, document)
    assert status == 400
    assert len(body["groups"]) == 101
    assert body["groups"][-1] == "and 1134 more faults"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 1500, "application/json", 400),
        (b'{"users": [{"id": 1, "username": "a\\u0000b", "role": "student"}]}', "application/json", 400),
        (b'{"users": {}, "groups": 1, "enrolments": null}', "application/json", 400),
        (b"users=1", "application/x-www-form-urlencoded", 415),
        (b'{"users": "' + b"x" * 3000 + b'"}', "application/json", 413),
    ],
)
async def test_a_body_that_is_no_roster_is_refused(make_caller: MakeCaller, body: bytes, kind: str, status: int):
    call = await open_door(make_caller, panel={"token": TOKEN, "body_bytes": 2000})
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": kind}
    for path, method in ((ROSTER, "PUT"), (EVENTS, "POST")):
        answer = await call(method, path, None, headers=headers, data=body)
        assert answer.status == status, await answer.text()


async def test_a_district_of_twenty_thousand_people_fits(make_caller: MakeCaller):
    call = await open_door(make_caller, roster={"brake_percent": 100})
    roles = {n: "student" if n > 1000 else "teacher" for n in range(1, 20_001)}
    names = {"first_name": "Александра", "last_name": "Константинопольская"}
    document = {
        "users": [{"id": n, "username": f"user{n}", "role": role, **names} for n, role in roles.items()],
        "groups": [{"id": n, "name": f"Группа {n}"} for n in range(1, 801)],
        "enrolments": [{"group_id": n % 800 + 1, "user_id": n, "role": role} for n, role in roles.items()],
    }
    status, body = await asker(call)("PUT", ROSTER, document)
    assert status == 202, body
    assert body["counts"]["people"]["added"] == 20_000 - 3  # three were active already
    found = await current(call)
    assert (len(found.people), len(found.groups)) == (20_000, 800)


# -- events ------------------------------------------------------------------------------------------------------------


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


async def test_an_event_that_contradicts_the_roster_does_not_stop_the_others(panel: Caller, ask: Ask):
    """Two people cannot have one username; which of them is right only the panel knows."""
    events = [
        event("e1", "enrolment.saved", group_id=1, user_id=ADMIN, role="teacher"),
        event("e2", "user.saved", **EVA),
    ]
    status, body = await ask("POST", EVENTS, {"events": events})
    assert status == 202
    assert [result["outcome"] for result in body["results"]] == ["taken", "taken"]
    assert ADMIN in (await current(panel)).teachers_of[1]


# -- runs --------------------------------------------------------------------------------------------------------------


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
    assert Enrolment(1, TEACHER, Role.TEACHER) not in roster().groups

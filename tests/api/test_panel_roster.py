"""The panel's push: behind its own token, checked whole, taken once, and never "everybody has left"."""

from __future__ import annotations

from typing import Any

import pytest
from api_school import ADMIN, GONE, STUDENT, TEACHER
from conftest import Caller, MakeCaller, TestClock
from panel_door import EVENTS, ROSTER, RUNS, TOKEN, Ask, asker, current, open_door, school

from bridge.api.application import DOORS
from bridge.api.routes import PANEL_PREFIX


@pytest.fixture
async def panel(make_caller: MakeCaller) -> Caller:
    """The school of the tests, and a door for the panel."""
    return await open_door(make_caller)


@pytest.fixture
def ask(panel: Caller) -> Ask:
    return asker(panel)


# -- the token ---------------------------------------------------------------------------------------------------------


async def test_without_a_token_in_the_config_there_is_no_such_address(call: Caller):
    ask = asker(call)
    for route in _panel_routes():
        assert (await ask(route.method, route.path.replace("{id}", "1"), {}))[0] == 404


async def test_every_address_of_the_panel_wants_its_token_and_no_other(make_caller: MakeCaller):
    panel = await open_door(make_caller, limits={"enabled": False})
    ask = asker(panel)
    assert len(_panel_routes()) == 8
    for route in _panel_routes():
        path = route.path.replace("{id}", "1")
        for token in (None, "another token, as long as the panel's", TOKEN[:-1], TOKEN + "x", "Ö" * 20):
            status, body = await ask(route.method, path, {}, token=token)
            assert (status, body["code"]) == (401, "not_authenticated"), path
        answer = await panel(route.method, path, ADMIN, json={})
        assert answer.status == 401, f"{path} takes a person's token"


async def test_wrong_tokens_are_counted_for_their_address_and_right_ones_never(
    make_caller: MakeCaller, clock: TestClock
):
    panel = await open_door(make_caller, server={"trusted_proxy": True}, limits={"sign_in_per_minute": 5})

    async def get(token: str | None, address: str) -> Any:
        headers = {"X-Forwarded-For": address} | ({"Authorization": f"Bearer {token}"} if token else {})
        return await panel("GET", RUNS, None, headers=headers)

    assert [(await get(TOKEN, "10.0.0.1")).status for _ in range(20)] == [200] * 20
    assert [(await get(None, "10.0.0.1")).status for _ in range(20)] == [401] * 20  # nothing was guessed
    assert [(await get(f"guess {n}", "6.6.6.6")).status for n in range(7)] == [401] * 5 + [429] * 2
    refused = await get(TOKEN, "6.6.6.6")  # who guesses fast does not learn which guess was right
    assert (refused.status, (await refused.json())["detail"].partition(";")[0]) == (
        429,
        "Too many wrong tokens from this address",
    )
    assert (await get(TOKEN, "10.0.0.1")).status == 200
    clock.ahead_s += int(refused.headers["Retry-After"])
    assert (await get(TOKEN, "6.6.6.6")).status == 200


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

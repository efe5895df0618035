"""``me/``: every key of the contract, and settings that stay."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from api_school import ADMIN, STUDENT, TEACHER
from conftest import Caller, MakeCaller

from bridge.api.shapes import Me
from bridge.chat.settings import DEFAULTS, change_settings, get_settings
from bridge.db.engine import Database

ME = "/api/chat/me/"


@pytest.fixture
async def api_database(database: Database) -> Database:
    """Both kinds: settings are stored as JSON."""
    return database


async def _me(call: Caller, person_id: int) -> Any:
    response = await call("GET", ME, person_id)
    assert response.status == 200
    return await response.json()


async def test_me_has_every_key_of_the_contract(call: Caller):
    for person_id in (TEACHER, STUDENT, ADMIN):
        Me.model_validate(await _me(call, person_id))
    me = await _me(call, TEACHER)
    assert me["name"] == "Анна Иванова"
    assert me["matrix"] == {"mxid": "@school_1:school.test", "homeserver": "https://matrix.school.test", "client": None}
    assert me["settings"] == DEFAULTS
    assert me["unread_total"] == 0


async def test_permissions_follow_the_role_and_the_schools_choice(call: Caller, make_caller: MakeCaller):
    teacher, student = (await _me(call, TEACHER))["permissions"], (await _me(call, STUDENT))["permissions"]
    keys = ("can_create_groups", "can_block", "can_message_students")
    assert [teacher[key] for key in keys] == [True, True, True]
    assert [student[key] for key in keys] == [False, False, False]


async def test_groupmates_may_be_allowed(make_caller: MakeCaller):
    call = await make_caller(permissions={"students_may_message_students": "groupmates"})
    assert (await _me(call, STUDENT))["permissions"]["can_message_students"] is True


async def test_settings_are_stored_for_one_person_and_key_by_key(call: Caller):
    quiet = {"from": "22:00", "to": "07:00"}
    first = await call("PATCH", ME, STUDENT, json={"settings": {"quiet_hours": quiet, "sound": False}})
    assert (await first.json())["settings"] == {**DEFAULTS, "quiet_hours": quiet, "sound": False}
    await call("PATCH", ME, STUDENT, json={"settings": {"language": "en", "colour": "red"}})
    settings = {**DEFAULTS, "quiet_hours": quiet, "sound": False, "language": "en"}
    assert (await _me(call, STUDENT))["settings"] == settings
    assert (await _me(call, TEACHER))["settings"] == DEFAULTS
    await call("PATCH", ME, STUDENT, json={"settings": {"quiet_hours": None}})
    assert (await _me(call, STUDENT))["settings"] == {**settings, "quiet_hours": None}


async def test_a_change_of_nothing_changes_nothing(call: Caller):
    for body in ({}, {"settings": {}}, {"role": "admin", "name": "x", "unread_total": 9}):
        response = await call("PATCH", ME, STUDENT, json=body)
        assert response.status == 200
        me = await response.json()
        assert (me["settings"], me["role"], me["unread_total"]) == (DEFAULTS, "student", 0)


async def test_wrong_settings_are_400_and_not_stored(call: Caller):
    response = await call("PATCH", ME, STUDENT, json={"settings": {"sound": False, "language": "fr"}})
    assert (response.status, await response.json()) == (
        400,
        {"settings": ["language: Expected one of: 'ru' or 'en'."]},
    )
    assert (await _me(call, STUDENT))["settings"] == DEFAULTS


async def test_two_devices_at_once_both_count(database: Database):
    async def change(changes: dict[str, Any]) -> None:
        async with database.writing() as conn:
            await change_settings(conn, 1, changes)

    await asyncio.gather(change({"sound": False}), change({"desktop": True}), change({"language": "en"}))
    async with database.reading() as conn:
        settings = await get_settings(conn, 1)
    assert settings == {"sound": False, "desktop": True, "language": "en", "quiet_hours": None}

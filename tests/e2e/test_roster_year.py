"""
A school year of 30 groups and 600 people on a real homeserver: a OneRoster package by the command line, then the panel.

Matrix is compared with the roster by a reader of its own, and by two people with their own clients.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from nio import JoinedRoomsResponse
from testbed.command import tell
from testbed.databases import SqliteDatabases
from testbed.oneroster import whole_school, write_package
from testbed.panel import rows_of
from testbed.school_in_matrix import differences, read_rooms
from testbed.waiting import until
from testbed.world import World
from testbed.years import in_this_year

from bridge.permissions.school import Enrolment, Role
from bridge.roster.roster import Roster
from bridge.roster.synthetic import SyntheticSchool, synthetic_roster

TOKEN = "the panel's token, quite long enough"
GROUPS, STUDENTS, SIZE = 30, 570, 19
MOVED = range(31, 34)  # students of group 1
LEAVERS = (60, 61)  # students of group 2
OLD_TEACHER, NEW_TEACHER, TAUGHT = 5, 30, 5  # teacher 5 hands group 5 over to teacher 30
RENAMED, ARCHIVED = 7, 12


def first_year() -> Roster:
    roster = synthetic_roster(SyntheticSchool(GROUPS, STUDENTS, SIZE, 0))
    groups = tuple(replace(group, name=f"{group.name} № {group.id}") for group in roster.groups)
    return in_this_year(Roster(roster.people, groups, roster.enrolments))


def later(roster: Roster) -> Roster:
    """Moves, leavers, another teacher, another name, and a group that is over."""
    people = tuple(replace(p, is_active=False) if p.id in LEAVERS else p for p in roster.people)
    groups = tuple(
        replace(g, name="11Я Астрономия") if g.id == RENAMED else g for g in roster.groups if g.id != ARCHIVED
    )
    enrolments = []
    for enrolment in roster.enrolments:
        if enrolment.group_id == ARCHIVED or enrolment.person_id in LEAVERS:
            continue
        if enrolment.person_id in MOVED:
            enrolments.append(replace(enrolment, group_id=2))
        elif (enrolment.group_id, enrolment.person_id) == (TAUGHT, OLD_TEACHER):
            enrolments.append(Enrolment(TAUGHT, NEW_TEACHER, Role.TEACHER))
        else:
            enrolments.append(enrolment)
    return Roster(people, groups, tuple(enrolments))


@pytest.fixture
async def world(sqlite_databases: SqliteDatabases, tmp_path: Path) -> AsyncIterator[World]:
    """A homeserver; the bridge is a command line at first."""
    async with sqlite_databases.fresh() as url:
        world = World(tmp_path, url, roster={"follow": True, "brake_percent": 20}, panel={"token": TOKEN})
        await world.synapse.start()
        try:
            yield world
        finally:
            await world.stop()
            await world.synapse.stop()


async def command(world: World, folder: Path, *arguments: str) -> Any:
    """Run ``classbridge roster …`` with the package as its source; its JSON."""
    document = world.config.model_dump(mode="json")
    document["roster"]["oneroster"]["path"] = str(folder / "school.zip")
    (folder / "config.yaml").write_text(yaml.safe_dump(document))
    return await asyncio.to_thread(tell, "roster", *arguments, cwd=folder)


async def rooms_of(world: World, person_id: int) -> set[str]:
    """Roster keys of the rooms that the person is in, by the person's own client."""
    client = await world.matrix(person_id)
    answer = await client.joined_rooms()
    assert isinstance(answer, JoinedRoomsResponse)
    keys = {room.room_id: key for key, room in (await read_rooms(world.synapse)).items()}
    return {keys[room_id] for room_id in answer.rooms}


@pytest.mark.slow
@pytest.mark.timeout(400)  # half a minute alone; where others want the processor too, some
async def test_a_school_year_by_oneroster_and_then_by_the_panel(world: World, tmp_path: Path) -> None:
    september = first_year()
    write_package(tmp_path / "school.zip", whole_school(september))
    planned = await command(world, tmp_path, "plan")
    assert planned["summary"]["rooms_created"] == GROUPS
    assert planned["summary"]["people_new"] == GROUPS + STUDENTS
    assert planned["sentence"].startswith("30 rooms created, 603 people added, 0 removed, 0 renamed")
    assert await read_rooms(world.synapse) == {}  # a plan changes nothing

    applied = await command(world, tmp_path, "apply")
    assert (applied["failures"], applied["done"]) == ([], len(planned["steps"]))
    assert differences(september, await read_rooms(world.synapse)) == []
    again = await command(world, tmp_path, "apply")
    assert (again["run"], again["done"]) == (None, 0)

    january = later(september)
    write_package(tmp_path / "school.zip", whole_school(january))
    missing = await command(world, tmp_path, "plan")
    assert missing["counts"]["groups"]["missing"] == 1  # one list alone ends nothing
    planned = await command(world, tmp_path, "plan", "--confirm")
    assert planned["summary"]["rooms_archived"] == 1
    assert planned["summary"]["people_leaving"] == len(LEAVERS)
    applied = await command(world, tmp_path, "apply", "--confirm")
    assert applied["failures"] == []
    assert differences(january, await read_rooms(world.synapse)) == []
    assert await rooms_of(world, MOVED[0]) == {"group:2"}
    assert await rooms_of(world, NEW_TEACHER) == {"group:5", "group:30"}
    assert await rooms_of(world, LEAVERS[0]) == set()

    await world.start_bridge()
    await push(world, january, september)
    assert differences(september, await read_rooms(world.synapse)) == []
    assert await rooms_of(world, LEAVERS[0]) == {"group:2"}
    assert await rooms_of(world, OLD_TEACHER) == {"group:5"}


async def push(world: World, before: Roster, after: Roster) -> None:
    """What is new by the whole list, what is over by events; then wait until the last run is done."""
    gone = {(e.group_id, e.person_id) for e in before.enrolments} - {
        (e.group_id, e.person_id) for e in after.enrolments
    }
    events = [
        {
            "event_id": f"end-{group_id}-{person_id}",
            "kind": "enrolment.removed",
            "version": 1,
            "data": {"group_id": group_id, "user_id": person_id},
        }
        for group_id, person_id in sorted(gone)
    ]
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(world.base, headers=headers, raise_for_status=True) as panel:
        async with panel.put("/api/panel/roster/", json=rows_of(after)) as answer:
            assert (await answer.json())["state"] == "stored"
        async with panel.post("/api/panel/events/", json={"events": events}) as answer:
            run_id = (await answer.json())["run_id"]

        async def is_done() -> bool:
            async with panel.get(f"/api/panel/runs/{run_id}/") as answer:
                return (await answer.json())["state"] == "done"

        await until(is_done, limit_s=60)

"""The school's Django panel, as processes of its own, tells a real bridge; Matrix shows what the panel is."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from testbed.databases import SqliteDatabases
from testbed.school_in_matrix import RoomInMatrix, read_rooms
from testbed.waiting import until
from testbed.world import SECRET, World, open_world

from bridge.permissions.school import Person, Role
from bridge.roster.roster import Roster

TOKEN = "the panel's token, quite long enough"
MANAGE = Path(__file__).parents[2] / "integrations" / "django" / "tests" / "manage.py"
SECONDS = 40  # "within seconds", on a build machine with two cores; and the worker's pause after failures
MODELS = "from panel.school.models import Membership, Profile, StudyGroup, User\n"
DIRECTOR = Roster((Person(900, "director", "Ольга", "Директор", Role.ADMIN),), (), ())

STAFF = """
User.objects.create(id=1, username="petrova", first_name="Анна", last_name="Петрова", role="учитель")
User.objects.create(id=2, username="kozlov", first_name="Иван", last_name="Козлов", role="учитель")
User.objects.create(id=3, username="mama", role="родитель")
"""
A_CLASS = """
group = StudyGroup.objects.create(id={id}, name="{name}", tutor_id=2)
group.assistants.add(1)
for number in (1, 2):
    pupil = User.objects.create(id={id} * 10 + number, username=f"pupil{id}{{number}}", first_name="Пётр")
    Membership.objects.create(group=group, user=pupil)
Membership.objects.create(group=group, user_id=3)
"""


class DjangoPanel:
    """The panel's project of ``integrations/django/tests``, with a database of its own."""

    def __init__(self, folder: Path, bridge_url: str) -> None:
        self._environment = {
            **os.environ,
            "PANEL_DATABASE": str(folder / "panel.sqlite3"),
            "PANEL_BRIDGE": bridge_url,
            "PANEL_TOKEN": TOKEN,
            "PANEL_KEY": SECRET,
        }
        self._worker: Process | None = None

    async def manage(self, *arguments: str) -> str:
        """A command of the panel; what it printed."""
        process = await self._start(*arguments, stdout=PIPE, stderr=PIPE)
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode()

    async def run(self, code: str) -> str:
        """What the panel's own code does, in one transaction as a request would."""
        body = "".join(f"    {line}\n" for line in code.strip().splitlines())
        return await self.manage(
            "shell", "-v", "0", "-c", f"{MODELS}from django.db import transaction\nwith transaction.atomic():\n{body}"
        )

    async def start_worker(self) -> None:
        self._worker = await self._start("classbridge_send", "--every", "0.2", stdout=DEVNULL, stderr=DEVNULL)

    async def stop(self) -> None:
        if self._worker is not None:
            self._worker.terminate()
            assert await self._worker.wait() == 0

    async def _start(self, *arguments: str, **streams: Any) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, str(MANAGE), *arguments, env=self._environment, **streams
        )


@pytest.fixture(scope="module")
async def world(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder, roster = tmp_path_factory.mktemp("django"), {"follow": True, "brake_percent": 100}
    async with (
        sqlite_databases.fresh() as url,
        open_world(folder, url, DIRECTOR, roster=roster, panel={"token": TOKEN}) as world,
    ):
        yield world


@pytest.fixture(scope="module")
async def panel(world: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DjangoPanel]:
    panel = DjangoPanel(tmp_path_factory.mktemp("panel"), world.base)
    await panel.manage("migrate", "-v", "0")
    await panel.run(STAFF)
    await panel.start_worker()
    yield panel
    await panel.stop()


async def shows(world: World, key: str, joined: set[int], **more: Any) -> RoomInMatrix:
    """Wait until the room in Matrix has exactly these members, and what else is said of it."""

    async def found() -> RoomInMatrix | None:
        room = (await read_rooms(world.synapse)).get(key)
        if room is None or room.joined != joined:
            return None
        return room if all(getattr(room, name) == value for name, value in more.items()) else None

    return await until(found, limit_s=SECONDS)


async def a_class(world: World, panel: DjangoPanel, group_id: int, name: str) -> set[int]:
    """A class made in the panel, which has arrived in Matrix; its pupils. The parent in it has no part in the chat."""
    await panel.run(A_CLASS.format(id=group_id, name=name))
    pupils = {group_id * 10 + 1, group_id * 10 + 2}
    await shows(world, f"group:{group_id}", {1, 2, *pupils}, name=name, managers={1, 2})
    return pupils


async def test_who_moves_is_in_the_new_room_and_not_in_the_old_one(world: World, panel: DjangoPanel) -> None:
    first, second = await a_class(world, panel, 70, "7А"), await a_class(world, panel, 71, "7Б")
    await panel.run("""
row = Membership.objects.get(user_id=701)
row.group_id = 71
row.save()
""")
    await shows(world, "group:70", {1, 2, *first} - {701})
    await shows(world, "group:71", {1, 2, *second, 701})


async def test_a_new_name_and_another_tutor_arrive(world: World, panel: DjangoPanel) -> None:
    pupils = await a_class(world, panel, 72, "8А Физика")
    await panel.run("""
group = StudyGroup.objects.get(id=72)
group.name, group.tutor_id = "8А Астрономия", None
group.save()
""")
    await shows(world, "group:72", {1, *pupils}, name="8А Астрономия", managers={1})


async def test_what_changes_while_the_bridge_is_down_arrives_when_it_is_back(world: World, panel: DjangoPanel) -> None:
    await a_class(world, panel, 73, "9А")
    await world.stop_bridge()
    await panel.run("""
User.objects.create(id=739, username="new", first_name="Ева", last_name="Новая")
Membership.objects.create(group_id=73, user_id=739)
User.objects.get(id=732).delete()
""")
    await world.start_bridge()
    await shows(world, "group:73", {1, 2, 731, 739})


async def test_the_panels_token_opens_the_chat(world: World, panel: DjangoPanel) -> None:
    await a_class(world, panel, 74, "9Б")
    code = "from classbridge_panel.tokens import chat_token\nprint(chat_token(User.objects.get(id=741)))"
    headers = {"Authorization": f"Bearer {(await panel.run(code)).strip()}"}
    async with aiohttp.ClientSession(world.base, headers=headers) as session, session.get("/api/chat/me/") as answer:
        assert answer.status == 200
        assert (await answer.json())["id"] == 741


async def test_the_whole_roster_anew_changes_nobodys_rooms(world: World, panel: DjangoPanel) -> None:
    await a_class(world, panel, 75, "10А")
    before = await read_rooms(world.synapse)
    said = await panel.manage("classbridge_sync")
    assert said.partition(":")[0] in {"unchanged", "stored"}  # the director, whom the panel does not know, is missing
    assert (await panel.manage("classbridge_sync", "--dry-run")).startswith("planned")
    rooms = await read_rooms(world.synapse)
    assert {key: room.joined for key, room in rooms.items()} == {key: room.joined for key, room in before.items()}


async def test_a_group_that_the_panel_closes_is_archived(world: World, panel: DjangoPanel) -> None:
    await a_class(world, panel, 76, "11А")
    await panel.run("""
group = StudyGroup.objects.get(id=76)
group.is_closed = True
group.save()
""")

    async def is_archived() -> bool:
        return (await read_rooms(world.synapse))["group:76"].is_archived

    await until(is_archived, limit_s=SECONDS)

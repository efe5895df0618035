"""A school whose bridge and homeserver are killed, and come back as a supervisor would bring them back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nio import AsyncClient, RoomSendResponse
from testbed.nursery import Nursery
from testbed.outbox import until_sent
from testbed.waiting import until
from testbed.world import ANNA, TEACHER, TEACHER_2, World

from bridge.config import DatabaseConfig
from bridge.db.engine import Database
from faults.bridge_process import BridgeProcess
from faults.browser import Browser
from faults.fault_points import SELF, Arm
from faults.timeline import texts_in_matrix

# Nobody waits a minute in a test for what was put off.
OUTBOX = {"first_retry_s": 0.1, "last_retry_s": 0.5}
SOON = {
    "bridge.upkeep:HOMESERVER_S": 0.2,
    "bridge.upkeep:GAPS_S": 0.2,
    "bridge.outbox.sender:LEASE_MS": 1500,
    "bridge.outbox.sender:RENEW_S": 0.3,
    "bridge.outbox.sender:IDLE_S": 0.3,
}


Read = Callable[[], Awaitable[list[str]]]

_numbers = count(1)


def texts_of(size: int) -> tuple[str, list[str]]:
    """Texts that no other test has used, and what they begin with."""
    prefix = f"{next(_numbers)}: "
    return prefix, [f"{prefix}{number}" for number in range(1, size + 1)]


class CrashSchool:
    """
    Teacher and Anna each have the page of class 7b open, a second teacher is in it with a Matrix client.

    The bridge is a process of its own; ``world`` gives the homeserver, tokens and clients.
    """

    def __init__(self, folder: Path, database_url: str, nursery: Nursery) -> None:
        self.world = World(folder, database_url, outbox=OUTBOX)
        self.bridge = BridgeProcess(nursery, folder, self.world.config, SOON)
        self.db = Database(DatabaseConfig(url=database_url))
        self.teacher: Browser
        self.anna: Browser
        self.element: AsyncClient
        self.room_id = ""
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        await self.world.start()
        self._stack.push_async_callback(self.world.stop)
        self._stack.push_async_callback(self.db.close)
        await self.world.stop_bridge()
        await self.bridge.start()
        teacher = await self.world.api(TEACHER)
        group = await teacher.group("7Б класс")
        self.room_id = group["room_id"]
        self.element = await self.world.matrix(TEACHER_2)
        self.teacher = Browser(teacher, group["id"])
        self.anna = Browser(await self.world.api(ANNA), group["id"])
        for page in (self.teacher, self.anna):
            await page.open()
            self._stack.push_async_callback(page.close)

    async def stop(self) -> None:
        if self.bridge.pid:
            await self.bridge.kill()
        await self._stack.aclose()

    async def survive(self, arm: Arm, traffic: Awaitable[Any]) -> Any:
        """Let people talk while the armed point strikes and the victims are started again; what *traffic* gives."""
        arm.write(self.bridge.arm_path)
        revival = asyncio.create_task(self._revive(arm.victims))
        try:
            result = await asyncio.wait_for(traffic, 30)
            await asyncio.wait_for(revival, 30)
        finally:
            revival.cancel()
            self.bridge.arm_path.unlink(missing_ok=True)
        return result

    async def _revive(self, victims: tuple[int, ...]) -> None:
        synapse = self.world.synapse
        if SELF in victims:
            assert await self.bridge.wait(limit_s=30) == -9
        if set(victims) - {SELF}:
            await until(lambda: not synapse.is_running, limit_s=30)
            await synapse.start()
        if SELF in victims:
            await self.bridge.start()

    def arm_homeserver(self, point: str, *, nth: int = 1, delay_s: float = 0, with_bridge: bool = False) -> Arm:
        victims = (self.world.synapse.pid, SELF) if with_bridge else (self.world.synapse.pid,)
        return Arm(point, nth, victims, delay_s)

    # -- what people do --------------------------------------------------------------------------------------------

    async def talk_to(self, person_id: int, other_id: int, texts: list[str]) -> Browser:
        """Open a direct conversation and write into it at once; that page."""
        api = await self.world.api(person_id)
        page = Browser(api, 0)
        page.conversation_id = await page.open_direct(other_id)
        await page.say_all(texts)
        return page

    async def say_in_element(self, texts: list[str]) -> None:
        """Send all at once, so that a push carries several; nio repeats with the same transaction id."""
        content = [{"msgtype": "m.text", "body": text} for text in texts]
        sent = await asyncio.gather(*(self.element.room_send(self.room_id, "m.room.message", each) for each in content))
        assert all(isinstance(answer, RoomSendResponse) for answer in sent), sent

    # -- what must be true afterwards ------------------------------------------------------------------------------

    async def settled(self) -> None:
        await until_sent(self.db)

    async def expect(self, texts: list[str], prefix: str) -> None:
        """Everybody sees *texts*, once each and in that order: both pages, the history, and the Matrix client."""
        await self.settled()
        await _become(self._in_matrix(self.element, self.room_id, prefix), texts)
        await self._expect_on_pages(texts, prefix)
        await until(lambda: self.teacher.statuses(prefix) <= {"sent", "read"})

    async def expect_as_in_matrix(self, texts: list[str], prefix: str) -> None:
        """The order is the homeserver's: they were all sent at the same time."""
        await self.settled()
        found = await texts_in_matrix(self.element, self.room_id, prefix)
        assert sorted(found) == sorted(texts)
        await self._expect_on_pages(found, prefix)

    async def expect_each_once(self, texts: list[str], prefix: str) -> None:
        """Both sides wrote at the same time: each side has all, once, and the pages agree with the history."""
        await self.settled()
        await until(lambda: self._has_all_in_matrix(texts, prefix), limit_s=30)
        found = await texts_in_matrix(self.element, self.room_id, prefix)
        assert sorted(found) == sorted(texts), found
        await _become(_history(self.teacher, prefix), texts, in_order=False)
        await self._expect_on_pages(await _history(self.teacher, prefix)(), prefix)

    async def _has_all_in_matrix(self, texts: list[str], prefix: str) -> bool:
        return set(await texts_in_matrix(self.element, self.room_id, prefix)) >= set(texts)

    async def _expect_on_pages(self, texts: list[str], prefix: str) -> None:
        for page in (self.teacher, self.anna):
            await _become(_history(page, prefix), texts)
            await _become(_shown(page, prefix), texts)
            assert page.doubled == []

    async def expect_direct(self, page: Browser, other_id: int, texts: list[str], prefix: str) -> None:
        """The other reads *texts* in a Matrix client, in the one room that this conversation has."""
        await self.settled()
        room_id = (await page.api.get(f"conversations/{page.conversation_id}/"))["room_id"]
        assert [room_id] == await self._rooms_of(page.conversation_id)
        other = await self.world.matrix(other_id)
        assert room_id in other.rooms
        await _become(self._in_matrix(other, room_id, prefix), texts)
        await _become(_history(page, prefix), texts)

    async def _rooms_of(self, conversation_id: int) -> list[str]:
        """The bot's rooms that say of themselves that they are this conversation's."""
        synapse, found = self.world.synapse, []
        for room_id in (await synapse.as_bridge("GET", "joined_rooms"))["joined_rooms"]:
            state = await synapse.as_bridge("GET", f"rooms/{quote(room_id)}/state")
            said = [event["content"] for event in state if event["type"] == "org.classbridge.conversation"]
            found += [room_id for content in said if content["conversation_id"] == conversation_id]
        return found

    def _in_matrix(self, client: AsyncClient, room_id: str, prefix: str) -> Read:
        return lambda: texts_in_matrix(client, room_id, prefix)


def _history(page: Browser, prefix: str) -> Read:
    async def read() -> list[str]:
        found = await page.api.history(page.conversation_id, limit=200)
        return [message["text"] for message in found if message["text"].startswith(prefix)]

    return read


def _shown(page: Browser, prefix: str) -> Read:
    async def read() -> list[str]:
        return page.texts(prefix)

    return read


async def _become(read: Read, wanted: list[str], *, in_order: bool = True) -> None:
    """Wait until all are there; then there is none too many, and each has its place."""

    async def has_all() -> bool:
        return set(await read()) >= set(wanted)

    with contextlib.suppress(AssertionError):  # the comparison says more
        await until(has_all, limit_s=20)
    found = await read()
    assert found == wanted or (not in_order and sorted(found) == sorted(wanted)), (found, wanted)

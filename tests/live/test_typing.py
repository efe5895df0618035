"""Typing between the browser, a Matrix client and several processes: the clock stands until a test moves it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson
import pytest
from faults.offline import ROOM, OfflineBridge, mxid
from testbed.waiting import until
from testbed.world import ANNA, BORIS, TEACHER

from bridge.db.engine import Database
from bridge.errors import Unavailable
from bridge.live.hub import Hub
from bridge.live.typing import AGAIN_MS, SPARE_MS, Typing

LASTS_S, MARK_MS = 5, 6000


class Page:
    """The teacher's."""

    conversation_id = None

    def __init__(self) -> None:
        self.person_id, self.kinds = TEACHER, []

    def push(self, frame: bytes) -> None:
        told = orjson.loads(frame)
        self.kinds.append((told["type"], told["user_id"]))

    def close(self, code: int, reason: str) -> None:
        raise AssertionError((code, reason))


class Wire:
    """The bus, which brings everything at once."""

    def __init__(self, others: Callable[[], list[Typing]]) -> None:
        self._others = others

    def publish(self, kind: str, body: Any) -> None:
        assert kind == "typing"
        for other in self._others():
            other.receive(orjson.loads(orjson.dumps(body)))


class Process:
    """One with the teacher's page; what it tells Matrix is in ``to_matrix``."""

    def __init__(self, school: Processes, offline: OfflineBridge) -> None:
        self.page, self.to_matrix = Page(), []
        hub = Hub()
        hub.add(self.page)
        services = offline.bridge.services
        bus = Wire(lambda: [each.typing for each in school.all if each is not self])
        self.typing = Typing(services.db, hub, bus, services.school, school.clock, LASTS_S, MARK_MS, self._to_matrix)  # type: ignore[arg-type]
        self._group_id = offline.group_id

    def _to_matrix(self, person_id: int, room_id: str, is_typing: bool) -> None:
        assert room_id == ROOM
        self.to_matrix.append((person_id, is_typing))

    async def browser(self, person_id: int, *, is_typing: bool) -> None:
        await self.typing.from_web(self._group_id, ROOM, person_id, is_typing=is_typing)

    async def marked(self, *people: int) -> None:
        await self.typing.from_matrix(self._group_id, set(people))

    @property
    def told(self) -> list[str]:
        """What the page was told of Anna."""
        return [kind.removeprefix("typing.") for kind, person_id in self.page.kinds if person_id == ANNA]


class Processes:
    """Of one school, with one clock."""

    def __init__(self, offline: OfflineBridge) -> None:
        self.now_ms = 1_000_000
        self.all: list[Process] = []
        self.all += [Process(self, offline) for _ in range(2)]

    def clock(self) -> int:
        return self.now_ms

    async def later(self, after_ms: int) -> None:
        """The time goes on, and what was to be done in it is done."""
        await self.told()
        end_ms = self.now_ms + after_ms
        while (next_ms := min(self._next(), default=end_ms)) < end_ms:
            await self._at(next_ms)
        await self._at(end_ms)

    def _next(self) -> list[int]:
        every = (known.next_ms() for each in self.all for known in each.typing._known.values())
        return [max(next_ms, self.now_ms + 1) for next_ms in every if next_ms is not None]

    async def _at(self, now_ms: int) -> None:
        self.now_ms = now_ms
        for each in self.all:
            for key, known in list(each.typing._known.items()):
                if known.timer and (known.next_ms() or now_ms) <= now_ms:
                    known.timer.cancel()
                    each.typing._due(key)
        await self.told()

    async def told(self) -> None:
        await until(lambda: not any(each.typing._tasks for each in self.all))

    def known(self) -> int:
        return sum(len(each.typing._known) for each in self.all)


@pytest.fixture
async def processes(live_bridge: OfflineBridge) -> AsyncIterator[Processes]:
    processes = Processes(live_bridge)
    yield processes
    for each in processes.all:
        await each.typing.stop()


async def test_who_stops_in_the_browser_and_begins_in_a_client_is_shown_at_once(live_bridge: OfflineBridge):
    """As it comes from the homeserver: each change of the list, with nobody's name to it."""
    boris = await live_bridge.socket(BORIS, live_bridge.group_id)
    teacher = await live_bridge.socket(TEACHER, live_bridge.group_id)

    async def marked(*people: int) -> None:
        content = {"user_ids": [mxid(person_id) for person_id in people]}
        await live_bridge.push([], ephemeral=({"type": "m.typing", "room_id": ROOM, "content": content},))

    await boris.send({"type": "typing.start"})
    await teacher.expect("typing.start", user_id=BORIS)
    await marked(BORIS)
    await boris.send({"type": "typing.stop"})
    await teacher.expect("typing.stop", user_id=BORIS)
    await marked()
    await marked(BORIS)
    await marked()
    await live_bridge.push([live_bridge.event("typed in a client")])
    await teacher.expect("message.new", message__text="typed in a client")

    kinds = [f["type"] for f in teacher.frames if f["type"].startswith("typing")]
    assert kinds == ["typing.start", "typing.stop"] * 2
    await boris.close()
    await teacher.close()


async def test_what_outlasts_our_own_mark_is_shown_by_every_process(processes: Processes):
    """The mark was set in a client so soon that ours was never seen to go; no process hears anything more."""
    one, other = processes.all
    await one.browser(ANNA, is_typing=True)
    await other.marked(ANNA)
    await one.browser(ANNA, is_typing=False)
    await other.marked(ANNA)
    await processes.told()
    assert one.told == other.told == ["start", "stop"]

    await processes.later(60_000)

    assert one.told[:3] == other.told[:3] == ["start", "stop", "start"]


async def test_what_is_gone_before_is_shown_by_none(processes: Processes):
    """The one process hears that it is there, the other that it is gone."""
    one, other = processes.all
    await one.browser(ANNA, is_typing=True)
    await one.browser(ANNA, is_typing=False)
    await other.marked(ANNA)
    await one.marked()

    await processes.later(60_000)

    assert one.told == ["start", "stop"]
    assert "start" not in other.told[1:]
    assert processes.known() == 0


async def test_echoes_are_known_by_whichever_process_hears_them(processes: Processes):
    one, other = processes.all
    await one.browser(ANNA, is_typing=True)
    await other.marked(ANNA)
    await processes.told()
    await one.browser(ANNA, is_typing=False)
    await processes.told()
    await other.marked(ANNA, BORIS)
    await other.marked(BORIS)
    await processes.told()

    assert one.told == other.told == ["start", "stop"]
    assert one.to_matrix == [(ANNA, True), (ANNA, False)]
    assert other.to_matrix == []


async def test_a_clients_mark_is_left_alone_while_its_person_types_in_a_browser(processes: Processes):
    one, other = processes.all
    await other.marked(ANNA)
    await processes.told()
    await one.browser(ANNA, is_typing=True)
    await one.browser(ANNA, is_typing=False)
    await processes.told()
    assert one.told == other.told == ["start"]
    assert one.to_matrix == []

    await other.marked()
    await processes.told()
    assert one.told == other.told == ["start", "stop"]


async def test_the_browser_is_told_to_matrix_as_soon_as_the_client_has_stopped(processes: Processes):
    one, _ = processes.all
    await one.marked(ANNA)
    await one.browser(ANNA, is_typing=True)
    await one.marked()
    await one.browser(ANNA, is_typing=True)  # it says so again every three seconds
    await one.browser(ANNA, is_typing=False)

    assert one.to_matrix == [(ANNA, True), (ANNA, False)]
    assert one.told == ["start", "stop"]


async def test_who_types_on_is_told_of_again_before_pages_forget(processes: Processes):
    one, other = processes.all
    await one.browser(ANNA, is_typing=True)
    await processes.later(3000)
    await one.browser(ANNA, is_typing=True)
    await processes.told()
    assert one.told == other.told == ["start"]

    await processes.later(AGAIN_MS - 3000)
    assert one.told == other.told == ["start"] * 2
    await processes.later(10_000)
    assert one.told[-1] == other.told[-1] == "stop"


async def test_a_browser_that_falls_silent_is_ended_by_its_process(processes: Processes):
    one, other = processes.all
    await one.browser(ANNA, is_typing=True)
    await processes.later(LASTS_S * 1000)

    assert one.told[-1] == other.told[-1] == "stop"
    assert one.to_matrix == [(ANNA, True), (ANNA, False)]
    assert other.to_matrix == []


async def test_a_process_that_dies_leaves_nobody_typing(processes: Processes):
    one, other = processes.all
    await one.browser(ANNA, is_typing=True)
    await one.typing.stop()
    await processes.later(LASTS_S * 1000 + SPARE_MS)

    assert other.told[-1] == "stop"
    assert other.to_matrix == []


async def test_nothing_is_remembered_of_those_who_have_stopped(processes: Processes):
    one, other = processes.all
    for person_id in range(2000, 2020):
        await one.browser(person_id, is_typing=True)
    await other.marked(*range(1000, 1020))
    await processes.told()
    assert processes.known() == 80

    await processes.later(120_000)

    assert processes.known() == 0


async def test_after_its_end_nothing_is_heard_told_or_waited_for(processes: Processes, live_bridge: OfflineBridge):
    one, other = processes.all
    await one.browser(ANNA, is_typing=True)
    await other.marked(ANNA, BORIS)
    timers = [known.timer for known in other.typing._known.values()]
    told = list(other.told)
    other.typing.receive({"conversation_id": live_bridge.group_id, "marked": []})
    tasks = set(other.typing._tasks)
    assert timers
    assert tasks

    await other.typing.stop()
    await one.browser(BORIS, is_typing=True)  # comes over the bus
    await other.browser(BORIS, is_typing=True)
    await other.marked(BORIS)
    await asyncio.sleep(0)  # one turn of the loop

    assert all(task.done() for task in tasks)
    assert all(timer and timer.cancelled() for timer in timers)
    assert not other.typing._known
    assert not other.typing._tasks
    assert other.told == told


async def test_what_cannot_be_told_while_the_database_is_away_is_told_later(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
):
    one, other = processes.all
    await one.browser(ANNA, is_typing=True)
    await processes.told()
    with monkeypatch.context() as away:
        away.setattr(Database, "reading", _away)
        await one.browser(ANNA, is_typing=False)
        await processes.told()
        assert one.told == other.told == ["start"]

    await processes.later(AGAIN_MS)

    assert one.told == other.told == ["start", "stop"]


def _away(_db: Database) -> Any:
    raise Unavailable("The database does not answer.")

"""Chat list and history: what a web page asks for, against the calls that a Matrix client needs for the same."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any
from urllib.parse import quote

import orjson

from bench.matrix import MatrixClient
from bench.school import LONG, TEACHER_OF_100, TEACHER_OF_500, TEACHER_OF_CLASS
from bench.stage import Stage
from bench.stats import Series
from bench.web import WebPerson

ROUNDS = 5
SAMPLES_A_ROUND = 6
PAGE = 50  # the API's default, asked for on both sides

# What a chat list shows: the last message of each room and who sent it.
LIST_FILTER = {
    "room": {"timeline": {"limit": 1}, "state": {"lazy_load_members": True}, "ephemeral": {"types": []}},
    "presence": {"types": []},
}
LAZY = orjson.dumps({"lazy_load_members": True}).decode()
SLIDING = "unstable/org.matrix.simplified_msc3575/sync"
_different = count(1)

# Asks once; returns bytes and things found.
Ask = Callable[[], Awaitable[tuple[int, int]]]


async def measure_list(stage: Stage) -> list[Series]:
    assert stage.direct
    of_100, of_500, reader = stage.person(TEACHER_OF_100), stage.person(TEACHER_OF_500), stage.direct.reader
    rooms = len(stage.direct.rooms)
    return await _by_turns(
        stage,
        {
            "first page of 100": lambda: _first_page(of_100),
            "first page of 500": lambda: _first_page(of_500),
            f"Matrix sliding sync, {PAGE} of {rooms} rooms": lambda: _sliding_sync(reader),
            "all of 100": lambda: _all_pages(of_100),
            "all of 500": lambda: _all_pages(of_500),
            f"Matrix initial sync, {rooms} rooms": lambda: _initial_sync(reader),
        },
    )


async def measure_history(stage: Stage) -> list[Series]:
    assert stage.direct
    teacher, written = stage.person(TEACHER_OF_CLASS), stage.written
    short, long = (f"messages/?limit={PAGE}&conversation_id={each}" for each in (written.short_id, written.long_id))
    middle = LONG // PAGE // 2
    cursor = orjson.loads(await teacher.get(f"{long}&page={middle}"))["results"][0]["id"]
    reader, room_id = stage.direct.reader, stage.direct.history_room
    assert room_id
    return await _by_turns(
        stage,
        {
            "page of a short one": lambda: _page(teacher, short),
            f"first page of {LONG:,}": lambda: _page(teacher, long),
            f"page {middle} of {LONG:,}": lambda: _page(teacher, f"{long}&page={middle}"),
            f"before= in the middle of {LONG:,}": lambda: _page(teacher, f"{long}&before={cursor}"),
            "Matrix /messages, short room": lambda: _room_messages(reader, room_id),
        },
    )


async def _by_turns(stage: Stage, asks: dict[str, Ask]) -> list[Series]:
    found = [Series(name) for name in asks]
    for ask in asks.values():
        await ask()
    for _ in range(ROUNDS):
        for series in found:
            series.rounds.append([])
        for _ in range(stage.options.times(SAMPLES_A_ROUND)):
            for series, ask in zip(found, asks.values(), strict=True):
                began = time.perf_counter()
                size, things = await ask()
                series.add((time.perf_counter() - began) * 1000)
                series.more = {"kb": round(size / 1024, 1), "things": things}
    return found


async def _first_page(person: WebPerson) -> tuple[int, int]:
    return await _page(person, f"conversations/?page_size={PAGE}")


async def _page(person: WebPerson, path: str) -> tuple[int, int]:
    body = await person.get(path)
    return len(body), len(orjson.loads(body)["results"])


async def _all_pages(person: WebPerson) -> tuple[int, int]:
    size, things = 0, 0
    path: str | None = "conversations/?page_size=200"
    while path:
        body = await person.get(path)
        page = orjson.loads(body)
        size, things, path = size + len(body), things + len(page["results"]), page["next"]
    return size, things


async def _initial_sync(client: MatrixClient) -> tuple[int, int]:
    """
    Ask as on a new device. Synapse keeps the answer for two minutes, so each question differs a little.

    With a time-out of some ms: it answers at once anyway, for there is something to tell.
    """
    query = {"filter": orjson.dumps(LIST_FILTER).decode(), "set_presence": "offline", "timeout": next(_different)}
    body = await client.raw("GET", "v3/sync", **query)
    return len(body), len(orjson.loads(body)["rooms"]["join"])


async def _sliding_sync(client: MatrixClient) -> tuple[int, int]:
    """MSC4186 on a new connection: the newest rooms, as Element X asks for them."""
    window: dict[str, Any] = {
        "ranges": [[0, PAGE - 1]],
        "timeline_limit": 1,
        "required_state": [["m.room.name", ""], ["m.room.avatar", ""], ["m.room.member", "$LAZY"]],
    }
    body = {"conn_id": f"bench-{next(_different)}", "lists": {"all": window}}
    answer = await client.raw("POST", SLIDING, body, timeout=0)
    return len(answer), len(orjson.loads(answer)["rooms"])


async def _room_messages(client: MatrixClient, room_id: str) -> tuple[int, int]:
    path = f"v3/rooms/{quote(room_id, safe='')}/messages"
    body = await client.raw("GET", path, dir="b", limit=PAGE, filter=LAZY)
    return len(body), len(orjson.loads(body)["chunk"])

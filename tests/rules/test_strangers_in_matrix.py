"""What a pupil's client sees of rooms and people that are none of theirs."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from testbed.world import ANNA, DASHA, World

from rules.conftest import Clients

READS = {
    "state": "v3",
    "state/m.room.name/": "v3",
    "messages?dir=b": "v3",
    "members": "v3",
    "joined_members": "v3",
    "initialSync": "v3",
    "aliases": "v3",
    "event/{event}": "v3",
    "context/{event}": "v3",
    "relations/{event}": "v1",
    "threads": "v1",
    "hierarchy": "v1",
    "timestamp_to_event?ts=1&dir=f": "v1",
}


async def strange(world: World) -> tuple[str, str]:
    """A room that Anna is not in, and an event there."""
    web = await world.api(DASHA)
    group = await web.group("8А класс")
    page = await web.history(group["id"])
    said = page[0] if page else await web.say(group["id"], "Наша тайна")
    await world.quiet()
    found = next(each for each in await web.history(group["id"]) if each["id"] == said["id"])
    return group["room_id"], found["event_id"]


@pytest.mark.parametrize(("path", "version"), READS.items())
async def test_a_strange_room_is_closed_at_every_door(ruled: World, client: Clients, path: str, version: str):
    anna, (room_id, event_id) = await client(ANNA), await strange(ruled)
    below = path.format(event=quote(event_id))
    status, body = await anna.call("GET", f"rooms/{quote(room_id)}/{below}", version=version)
    assert status in (403, 404), body
    assert "тайна" not in str(body)


async def test_no_list_and_no_search_shows_a_strange_room(ruled: World, client: Clients):
    anna, (room_id, _) = await client(ANNA), await strange(ruled)
    asked: list[tuple[str, str, dict[str, Any] | None]] = [
        ("GET", "publicRooms", None),
        ("GET", "publicRooms?server=school.test", None),
        ("POST", "publicRooms", {"filter": {"generic_search_term": "8А"}}),
        ("POST", "search", {"search_categories": {"room_events": {"search_term": "тайна"}}}),
        (
            "POST",
            "search",
            {"search_categories": {"room_events": {"search_term": "тайна", "filter": {"rooms": [room_id]}}}},
        ),
    ]
    for method, path, body in asked:
        status, answer = await anna.call(method, path, body)
        assert status == 200, answer
        assert room_id not in str(answer)
        assert "Наша" not in str(answer)
    assert (await anna.call("GET", f"room_summary/{quote(room_id)}", version="v1"))[0] == 404


async def test_a_strange_person_is_not_looked_at(ruled: World, client: Clients):
    """Anna and Dasha share no room."""
    anna, dasha = await client(ANNA), ruled.synapse.ghost(DASHA)
    for path in (f"profile/{quote(dasha)}", f"profile/{quote(dasha)}/displayname", f"presence/{quote(dasha)}/status"):
        status, body = await anna.call("GET", path)
        assert (status, body["errcode"]) == (403, "M_FORBIDDEN"), path

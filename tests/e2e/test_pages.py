"""Pages of messages: by number, by cursor, around one; they do not shift when messages arrive."""

from __future__ import annotations

from typing import Any

import pytest
from testbed.world import ANNA, TEACHER, Api, World

from bridge.chat.seed import SeedMessage, write_history
from bridge.clock import now_ms
from e2e.story import Story

DAY_MS = 86_400_000
COUNT = 25


LongStory = tuple[Api, int, list[int]]


@pytest.fixture(scope="module")
def written() -> dict[World, LongStory]:
    return {}


@pytest.fixture
async def long_story(story: Story, written: dict[World, LongStory]) -> LongStory:
    """A conversation that nobody writes into any more: Anna's API, its id, its message ids."""
    if story.world not in written:
        written[story.world] = await _write(story)
    return written[story.world]


@pytest.fixture
async def own_long_story(story: Story) -> LongStory:
    """Another one, to change."""
    return await _write(story)


async def _write(story: Story) -> LongStory:
    """A conversation of 25 messages, written straight into the read model."""
    group = await story.group(ANNA, has_room=False)
    start = now_ms() - 2 * DAY_MS
    history = [SeedMessage(TEACHER, f"Строка {number}", start + number * 1000) for number in range(COUNT)]
    async with story.bridge.db.writing() as conn:
        await write_history(conn, group["id"], history, unread=5)
    web = await story.web(ANNA)
    page = await web.history(group["id"], page_size=200)
    assert [message["text"] for message in page] == [f"Строка {number}" for number in range(COUNT)]
    return web, group["id"], [message["id"] for message in page]


async def test_page_one_is_the_newest_oldest_first_inside(long_story: LongStory) -> None:
    web, conversation_id, ids = long_story
    first = await _page(web, conversation_id, page=1, page_size=10)
    assert (first["count"], _ids(first)) == (COUNT, ids[15:])
    assert _ids(await _page(web, conversation_id, page=2, page_size=10)) == ids[5:15]
    last = await _page(web, conversation_id, page=3, page_size=10)
    assert (_ids(last), last["next"]) == (ids[:5], None)
    status, answer = await web.call("GET", f"messages/?conversation_id={conversation_id}&page=4&page_size=10")
    assert (status, answer["detail"]) == (404, "Invalid page.")


async def test_following_next_gives_every_message_once_while_messages_arrive(
    story: Story, own_long_story: LongStory
) -> None:
    web, conversation_id, ids = own_long_story
    teacher = await story.web(TEACHER)
    page = await _page(web, conversation_id, page_size=10)
    collected = _ids(page)
    while page["next"]:
        await teacher.say(conversation_id, "Новое")
        assert "before=" in page["next"]
        assert "page=" not in page["next"].replace("page_size=", "")
        page = await web.get(page["next"].partition("/api/chat/")[2])
        collected = _ids(page) + collected
    assert collected == ids


async def test_before_and_after_are_cursors(long_story: LongStory) -> None:
    web, conversation_id, ids = long_story
    assert _ids(await _page(web, conversation_id, before=ids[10], limit=4)) == ids[6:10]
    assert _ids(await _page(web, conversation_id, after=ids[10], limit=4)) == ids[11:15]
    assert _ids(await _page(web, conversation_id, after=ids[-1], limit=4)) == []
    assert _ids(await _page(web, conversation_id, before=ids[0], limit=4)) == []


async def test_previous_leads_back_to_the_newest(long_story: LongStory) -> None:
    web, conversation_id, ids = long_story
    page = await _page(web, conversation_id, before=ids[5], limit=5)
    collected = _ids(page)
    while page["previous"]:
        page = await web.get(page["previous"].partition("/api/chat/")[2])
        collected += _ids(page)
    assert collected == ids


@pytest.mark.parametrize(
    ("index", "limit", "first", "last"), [(12, 5, 10, 15), (0, 5, 0, 3), (24, 5, 22, 25), (7, 1, 7, 8)]
)
async def test_around_has_the_message_in_its_middle(
    long_story: LongStory, index: int, limit: int, first: int, last: int
) -> None:
    web, conversation_id, ids = long_story
    page = await _page(web, conversation_id, around=ids[index], limit=limit)
    assert _ids(page) == ids[first:last]
    assert (page["next"] is None, page["previous"] is None) == (first == 0, last == COUNT)


async def test_a_cleared_history_is_not_counted_in_pages(story: Story, own_long_story: LongStory) -> None:
    web, conversation_id, _ = own_long_story
    await web.post(f"conversations/{conversation_id}/clear/")
    said = [await (await story.web(TEACHER)).say(conversation_id, f"После {number}") for number in range(3)]
    page = await _page(web, conversation_id, page_size=2)
    assert (page["count"], _ids(page)) == (3, [said[1]["id"], said[2]["id"]])
    rest = await web.get(page["next"].partition("/api/chat/")[2])
    assert (_ids(rest), rest["next"]) == ([said[0]["id"]], None)


async def test_sizes_have_limits(long_story: LongStory) -> None:
    web, conversation_id, ids = long_story
    assert _ids(await _page(web, conversation_id, page_size=10_000)) == ids
    assert _ids(await _page(web, conversation_id, page_size="many")) == ids
    status, _ = await web.call("GET", "messages/?conversation_id=abc")
    assert status == 400
    assert (await web.call("GET", "messages/"))[0] == 400


async def test_a_message_older_than_the_window_cannot_be_edited(story: Story, long_story: LongStory) -> None:
    _, _, ids = long_story
    status, answer = await (await story.web(TEACHER)).call("PATCH", f"messages/{ids[0]}/", json={"text": "Поздно"})
    assert (status, answer["code"]) == (403, "edit_window_over")


async def _page(web: Api, conversation_id: int, **query: Any) -> dict[str, Any]:
    return await web.get("messages/", conversation_id=conversation_id, **query)


def _ids(page: dict[str, Any]) -> list[int]:
    return [message["id"] for message in page["results"]]

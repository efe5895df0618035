"""Answers have the keys that the schema names, all of them and no others."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import FormData
from testbed.file_samples import jpeg
from testbed.world import ADMIN, ANNA, TEACHER

from bridge.api import shapes as give
from e2e.story import Story


@pytest.mark.parametrize("person_id", [ANNA, TEACHER, ADMIN])
async def test_reads_answer_as_the_schema_says(story: Story, person_id: int) -> None:
    group = await story.class_7b()
    web = await story.web(person_id)
    said = await (await story.web(TEACHER)).say(group["id"], "Образец", mentions=[ANNA])
    await (await story.web(ANNA)).say(group["id"], "Ответ на образец", reply_to=said["id"])
    await web.direct(TEACHER if person_id != TEACHER else ANNA)
    reads: list[tuple[str, type[give.Shape]]] = [
        ("me/", give.Me),
        ("contacts/", give.ContactPage),
        ("conversations/", give.ConversationPage),
        (f"conversations/{group['id']}/", give.Conversation),
        (f"conversations/{group['id']}/participants/", give.ParticipantPage),
        (f"messages/?conversation_id={group['id']}", give.MessagePage),
        ("sync/", give.Sync),
        (f"sync/?since={said['rev'] - 1}", give.Sync),
    ]
    for path, shape in reads:
        status, answer = await web.call("GET", path)
        assert status == 200, path
        _check(shape, answer)


async def test_writes_answer_as_the_schema_says(story: Story) -> None:
    group, web = await story.club(), await story.web(TEACHER)
    _check(give.Conversation, group)
    form = FormData()
    form.add_field("file", jpeg(), filename="вид.jpg")
    _, file = await web.call("POST", "upload/", data=form)
    _check(give.File, file)
    said = await web.say(group["id"], "С файлом", file_id=file["file_id"], client_id="shape")
    _check(give.Message, said)
    _check(give.Message, (await web.call("PATCH", f"messages/{said['id']}/", json={"text": "Правка"}))[1])
    _check(give.ReadUpTo, (await web.call("PATCH", f"messages/{said['id']}/read/"))[1])
    _check(give.Conversation, (await web.call("PATCH", f"conversations/{group['id']}/", json={"is_muted": False}))[1])
    _check(give.Ticket, (await web.call("POST", "ws-ticket/"))[1])
    _check(give.Error, (await web.call("GET", "conversations/999999/"))[1])


async def test_times_are_utc_with_milliseconds_and_z(story: Story) -> None:
    group = await story.class_7b()
    said = await (await story.web(ANNA)).say(group["id"], "Который час?")
    assert said["created_at"].endswith("Z")
    assert len(said["created_at"]) == len("2025-11-14T10:30:00.000Z")
    assert said["edited_at"] is None


def _check(shape: type[give.Shape], answer: Any) -> None:
    """Strictly: a number is not a string here, and every key must be there."""
    shape.model_validate(answer, strict=True)

"""The bridge is away: Matrix goes on, and afterwards the web has it all, in order, receipts too."""

from __future__ import annotations

import sqlite3

import pytest
from testbed.waiting import until
from testbed.world import BORIS, DASHA, GLEB, TEACHER_2, TEACHER_3, VERA

from faults.crash import CrashSchool, texts_of

NOT_CONNECTED = (TEACHER_3, BORIS, VERA, GLEB, DASHA)


async def test_the_backlog_arrives_in_order(any_school: CrashSchool):
    prefix, texts = texts_of(30)
    await any_school.bridge.stop()
    await any_school.say_in_element(texts)
    await any_school.bridge.start()

    await any_school.expect_as_in_matrix(texts, prefix)


async def test_receipts_are_asked_for(any_school: CrashSchool):
    """They are not repeated by the homeserver."""
    prefix, texts = texts_of(1)
    (said,) = await any_school.teacher.say_all(texts)
    await any_school.expect(texts, prefix)
    event_id = next(
        m["event_id"]
        for m in await any_school.teacher.api.history(any_school.teacher.conversation_id)
        if m["id"] == said
    )

    await any_school.bridge.stop()
    await any_school.element.room_read_markers(any_school.room_id, event_id, event_id)
    await any_school.bridge.start()

    async def readers() -> list[int]:
        found = await any_school.teacher.api.get(f"conversations/{any_school.teacher.conversation_id}/participants/")
        return [person["id"] for person in found["results"] if (person["last_read_message_id"] or 0) >= said]

    await until(lambda: _contains(readers, TEACHER_2))
    for person_id in NOT_CONNECTED:
        mxid = any_school.world.synapse.ghost(person_id)
        presence = await any_school.world.synapse.as_bridge("GET", f"presence/{mxid}/status")
        assert presence["presence"] != "online", "looking as a person must not make them appear"


async def _contains(read, wanted: int) -> bool:
    return wanted in await read()


@pytest.mark.parametrize("state", ["up", "down"])
async def test_what_the_homeserver_has_forgotten_to_push_is_found(any_school: CrashSchool, state: str):
    """Its queue is lost in a crash, or by hand; what comes afterwards does not hide the gap, and comes after it."""
    prefix, texts = texts_of(9)
    await any_school.bridge.kill()
    await any_school.say_in_element(texts[:6])
    await any_school.world.synapse.kill()
    _lose_queue(any_school, state)
    await any_school.world.synapse.start()
    await any_school.say_in_element(texts[6:8])
    await any_school.bridge.start()
    await any_school.say_in_element(texts[8:])

    await any_school.expect_as_in_matrix(texts, prefix)


def _lose_queue(school: CrashSchool, state: str) -> None:
    """Delete what waits for us from the homeserver's database, and say that all was pushed."""
    with sqlite3.connect(school.world.synapse.config.data_dir / "homeserver.db") as conn:
        conn.execute("DELETE FROM application_services_txns")
        conn.execute("UPDATE application_services_state SET state = ?", (state,))
        newest = conn.execute("SELECT max(stream_ordering) FROM events").fetchone()
        conn.execute("UPDATE appservice_stream_position SET stream_ordering = ?", newest)
    conn.close()

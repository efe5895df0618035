"""A stop is graceful: sockets are told to come back, what is under way is finished, and it does not take long."""

from __future__ import annotations

import asyncio
import os
import signal
import time

from sqlalchemy import text
from testbed.world import ANNA

from faults.crash import CrashSchool, texts_of


async def test_a_stop_closes_sockets_with_1001_and_finishes_what_is_under_way(any_school: CrashSchool):
    prefix, texts = texts_of(12)
    pages = [await (await any_school.world.api(ANNA)).socket(each) for each in (None, any_school.anna.conversation_id)]
    await any_school.teacher.say_all(texts[:8])
    began = time.monotonic()

    os.kill(any_school.bridge.pid, signal.SIGTERM)

    assert [await page.closed() for page in pages] == [1001, 1001]
    assert await any_school.bridge.wait() == 0
    assert time.monotonic() - began < 10
    async with any_school.db.reading() as conn:
        held = await conn.execute(text("SELECT count(*) FROM outbox WHERE taken_by IS NOT NULL"))
        assert held.scalar_one() == 0

    await any_school.bridge.start()
    await any_school.teacher.say_all(texts[8:])
    await any_school.expect(texts, prefix)


async def test_a_stop_waits_for_nobody_for_long(any_school: CrashSchool):
    """Not for a homeserver that has stopped in its tracks, nor for a browser that does not say goodbye."""
    prefix, texts = texts_of(3)
    os.kill(any_school.world.synapse.pid, signal.SIGSTOP)
    try:
        await any_school.teacher.say_all(texts)
        began = time.monotonic()
        assert await any_school.bridge.stop() == 0
        assert time.monotonic() - began < 10
    finally:
        os.kill(any_school.world.synapse.pid, signal.SIGCONT)
    await any_school.bridge.start()

    await any_school.expect(texts, prefix)


async def test_who_sends_while_it_stops_loses_nothing(any_school: CrashSchool):
    prefix, texts = texts_of(30)

    async def restart() -> None:
        assert await any_school.bridge.stop() == 0
        await any_school.bridge.start()

    await asyncio.gather(any_school.teacher.say_all(texts), restart())

    await any_school.expect(texts, prefix)


async def test_pages_that_open_at_that_moment_do_not_hold_it_up(any_school: CrashSchool):
    api = await any_school.world.api(ANNA)
    opening = [asyncio.create_task(api.socket(any_school.anna.conversation_id)) for _ in range(40)]
    await opening[0]
    began = time.monotonic()

    assert await any_school.bridge.stop() == 0

    assert time.monotonic() - began < 4
    opened = await asyncio.gather(*opening, return_exceptions=True)
    for socket in opened:
        if not isinstance(socket, BaseException):
            assert await socket.closed() in (1001, 1006)
    await any_school.bridge.start()

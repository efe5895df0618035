"""Who does not read is closed with 4408, soon, and nobody else notices."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest
from faults.offline import OfflineBridge
from testbed.waiting import until
from testbed.world import ANNA, BORIS, VERA, Socket

from bridge.live.hub import Hub
from live.raw_socket import RawSocket

FRAME = b'{"type":"filler","text":"' + b"x" * 30_000 + b'"}'


@pytest.fixture
async def slow(live_bridge: OfflineBridge) -> AsyncIterator[RawSocket]:
    """Anna's socket of class 7b, that she does not read."""
    token = live_bridge.api(ANNA).token
    raw = await RawSocket.open(live_bridge.base, f"/ws/chat/{live_bridge.group_id}/?token={token}")
    await until(lambda: live_bridge.bridge.services.live.hub.connected([ANNA]))
    yield raw
    raw.close()


async def _flood(bridge: OfflineBridge, people: list[int], is_over) -> int:
    """Send large frames to *people*, each when Boris has the one before; how many."""
    hub: Hub = bridge.bridge.services.live.hub
    boris = await bridge.socket(BORIS, bridge.group_id)
    sent = 0
    while not is_over():
        hub.deliver(bridge.group_id, dict.fromkeys([*people, BORIS], FRAME))
        sent += 1
        assert sent < 2000
        await until(lambda: len(boris.frames) >= sent)  # noqa: B023 - asked in this turn
    await boris.close()
    return sent


def _is_away(bridge: OfflineBridge) -> bool:
    return not bridge.bridge.services.live.hub.connected([ANNA])


async def test_a_reader_who_wakes_up_finds_why_it_was_closed(live_bridge: OfflineBridge, slow: RawSocket):
    overflows: list[int] = []
    (anna,) = live_bridge.bridge.services.live.hub._sockets[ANNA]
    close = anna.close

    def note(code: int, reason: str) -> None:
        overflows.append(code)
        close(code, reason)

    anna.close = note  # type: ignore[method-assign]
    await _flood(live_bridge, [ANNA], lambda: overflows)

    assert await slow.close_code() == 4408


async def test_one_who_never_reads_is_cut_off(live_bridge: OfflineBridge, slow: RawSocket):
    began = time.monotonic()
    await _flood(live_bridge, [ANNA], lambda: _is_away(live_bridge) or time.monotonic() - began > 10)

    await until(lambda: _is_away(live_bridge), limit_s=5)


async def test_others_get_every_frame_at_once_meanwhile(live_bridge: OfflineBridge, slow: RawSocket):
    """Vera's messages come as quickly as without the one who does not read."""

    async def seconds_until_heard(vera: Socket, text: str) -> float:
        began = time.monotonic()
        await live_bridge.api().say(live_bridge.group_id, text)
        await vera.expect("message.new", message__text=text)
        return time.monotonic() - began

    vera = await live_bridge.socket(VERA, live_bridge.group_id)
    alone = [await seconds_until_heard(vera, f"before {number}") for number in range(5)]
    slowed = []
    while not _is_away(live_bridge):
        live_bridge.bridge.services.live.hub.deliver(live_bridge.group_id, dict.fromkeys([ANNA], FRAME))
        slowed.append(await seconds_until_heard(vera, f"meanwhile {len(slowed)}"))
        assert len(slowed) < 1000

    assert len(slowed) > 5
    assert sorted(slowed)[len(slowed) // 2] < 5 * sorted(alone)[2] + 0.05
    assert vera.texts()[-len(slowed) :] == [f"meanwhile {number}" for number in range(len(slowed))]
    await vera.close()

"""Calls to a real Synapse: exactly once, in the name of whom they should be, and with two kinds of errors."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from testbed.homeserver import TestedSynapse
from testbed.ports import free_port

from bridge.config import HomeserverConfig
from bridge.errors import HomeserverRefused, HomeserverUnavailable
from bridge.matrix.content import message
from bridge.matrix.homeserver import Homeserver
from bridge.matrix.ids import DEVICE_ID

NewPerson = Callable[[], Awaitable[int]]
Answer = Callable[[web.Request], Awaitable[web.Response]]

OLD_MS = 1_600_000_000_000


@pytest.fixture
async def room_id(homeserver: Homeserver) -> str:
    """A room that everybody may join."""
    return await homeserver.create_room({"preset": "public_chat", "room_version": "12"})


@pytest.fixture
async def person_id(homeserver: Homeserver, new_person: NewPerson, room_id: str) -> int:
    """Somebody in the room."""
    person_id = await new_person()
    await homeserver.join(person_id, room_id)
    return person_id


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_registering_twice_changes_nothing(homeserver: Homeserver, person_id: int, room_id: str) -> None:
    name = await homeserver.find_display_name(person_id)
    before = await state_ids(homeserver, room_id)
    await homeserver.register_ghost(person_id, name or "")
    assert await homeserver.find_display_name(person_id) == name == f"Person {person_id}"
    assert await state_ids(homeserver, room_id) == before


async def test_a_new_name_is_a_new_name(homeserver: Homeserver, person_id: int) -> None:
    await homeserver.register_ghost(person_id, "Анна Ёлкина")
    assert await homeserver.find_display_name(person_id) == "Анна Ёлкина"


async def test_the_bot_has_a_name(homeserver: Homeserver) -> None:
    for _ in range(2):
        await homeserver.register_bot()
    assert await homeserver.find_display_name(None) == "Школа"


async def test_one_txn_id_is_one_event(homeserver: Homeserver, person_id: int, room_id: str) -> None:
    content = message("once", message_id=1)
    sent = [
        await homeserver.send_event(person_id, room_id, "m.room.message", content, txn_id="message-1") for _ in range(2)
    ]
    redacted = [await homeserver.redact(None, room_id, sent[0], txn_id="redact-1") for _ in range(2)]
    assert len(set(sent)) == len(set(redacted)) == 1
    assert await count_events(homeserver, room_id, "m.room.message") == 1
    assert await count_events(homeserver, room_id, "m.room.redaction") == 1


async def test_one_txn_id_is_one_event_also_after_kill_9(
    synapse: TestedSynapse, homeserver: Homeserver, person_id: int, room_id: str
) -> None:
    async def send() -> list[str]:
        content = message("once", message_id=1)
        return [
            await homeserver.send_event(as_user, room_id, "m.room.message", content, txn_id=f"once-{as_user}")
            for as_user in (person_id, None)
        ]

    before = await send()
    await synapse.kill()
    await synapse.start()
    assert await send() == before
    assert await count_events(homeserver, room_id, "m.room.message") == 2


async def test_a_device_that_was_signed_out_comes_back(
    synapse: TestedSynapse, homeserver: Homeserver, person_id: int, room_id: str
) -> None:
    await synapse.as_bridge("DELETE", f"devices/{DEVICE_ID}", {}, person_id=person_id)
    content = message("still here", message_id=1)
    event_id = await homeserver.send_event(person_id, room_id, "m.room.message", content, txn_id="t")
    assert (await homeserver.get_event(room_id, event_id))["content"] == content


async def test_a_late_message_keeps_its_time(homeserver: Homeserver, person_id: int, room_id: str) -> None:
    content = message("from before", message_id=1)
    event_id = await homeserver.send_event(person_id, room_id, "m.room.message", content, txn_id="late", ts_ms=OLD_MS)
    event = await homeserver.get_event(room_id, event_id)
    assert event["origin_server_ts"] == OLD_MS
    assert event["sender"] == homeserver.ids.ghost(person_id)


async def test_history_comes_in_pages(homeserver: Homeserver, person_id: int, room_id: str) -> None:
    for number in range(3):
        content = message(str(number), message_id=number + 1)
        await homeserver.send_event(person_id, room_id, "m.room.message", content, txn_id=f"page-{number}")
    newest = await homeserver.messages(room_id, None, "b", 2)
    older = await homeserver.messages(room_id, newest["end"], "b", 1, as_user=person_id)
    bodies = [event["content"]["body"] for event in newest["chunk"] + older["chunk"]]
    assert bodies == ["2", "1", "0"]


async def test_receipts_can_be_asked_for(
    homeserver: Homeserver, new_person: NewPerson, person_id: int, room_id: str
) -> None:
    reader_id = await new_person()
    await homeserver.join(reader_id, room_id)
    content = message("read me", message_id=1)
    event_id = await homeserver.send_event(person_id, room_id, "m.room.message", content, txn_id="read")
    assert await homeserver.sync_receipts(person_id, [room_id]) == {}
    await homeserver.send_receipt(reader_id, room_id, event_id)
    many = [room_id, *(f"!nobody{number}:school.test" for number in range(120))]
    receipts = await homeserver.sync_receipts(person_id, many)
    assert list(receipts) == [room_id]
    assert list(receipts[room_id][event_id]["m.read"]) == [homeserver.ids.ghost(reader_id)]


async def test_typing_and_presence_are_told(homeserver: Homeserver, person_id: int, room_id: str) -> None:
    await homeserver.set_typing(person_id, room_id, is_typing=True)
    await homeserver.set_typing(person_id, room_id, is_typing=False)
    await homeserver.set_presence(person_id, is_online=True)
    await homeserver.set_presence(person_id, is_online=False)


async def test_changes_of_account_data_do_not_overwrite_each_other(homeserver: Homeserver, person_id: int) -> None:
    assert await homeserver.get_account_data(person_id, "org.example") == {}

    async def add(key: str) -> None:
        await homeserver.change_account_data(person_id, "org.example", lambda old: {**old, key: 1})

    await asyncio.gather(*map(add, "abcd"))
    assert await homeserver.get_account_data(person_id, "org.example") == dict.fromkeys("abcd", 1)


async def test_a_file_is_streamed_both_ways(homeserver: Homeserver, person_id: int) -> None:
    body = [bytes([number]) * 100_000 for number in range(30)]
    mxc = await homeserver.upload(
        person_id, chunks(*body), size=3_000_000, mime_type="application/pdf", file_name="Отчёт 1.pdf"
    )
    async with homeserver.download(mxc) as download:
        assert (download.content_type, download.content_length) == ("application/pdf", 3_000_000)
        received = [chunk async for chunk in download.iter_chunks()]
    assert b"".join(received) == b"".join(body)
    assert len(received) > 1


async def test_a_download_may_be_left_early(homeserver: Homeserver, person_id: int) -> None:
    mxc = await homeserver.upload(
        person_id, chunks(b"x" * 3_000_000), size=3_000_000, mime_type="text/plain", file_name="x.txt"
    )
    for _ in range(3):
        async with homeserver.download(mxc) as download:
            assert (await anext(aiter(download.iter_chunks()))).startswith(b"xxx")
    assert await homeserver.is_up()


async def test_an_image_has_a_thumbnail(homeserver: Homeserver, person_id: int) -> None:
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (900, 600), "green").save(file, "PNG")
    mxc = await homeserver.upload(
        person_id,
        chunks(file.getvalue()),
        size=len(file.getvalue()),
        mime_type="image/png",
        file_name="green.png",
    )
    async with homeserver.thumbnail(mxc, 320, 320) as download:
        image = Image.open(io.BytesIO(b"".join([chunk async for chunk in download.iter_chunks()])))
    assert download.content_type.startswith("image/")
    assert image.width <= 640


async def test_what_breaks_the_source_of_an_upload_is_what_the_caller_sees(
    homeserver: Homeserver, person_id: int
) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x"
        raise LookupError("the browser has gone")

    with pytest.raises(LookupError, match="the browser has gone"):
        await homeserver.upload(person_id, broken(), size=10, mime_type="text/plain", file_name="x.txt")


@pytest.mark.parametrize("size", [1, 10])
async def test_a_file_of_another_size_is_not_stored(homeserver: Homeserver, person_id: int, size: int) -> None:
    started = time.monotonic()
    with pytest.raises(ValueError, match="size"):
        await homeserver.upload(person_id, chunks(b"xxx"), size=size, mime_type="text/plain", file_name="x")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("mxc", ["https://a.b/c", "mxc://a", "mxc://a/../../b", "mxc://a/b?c", ""])
async def test_only_mxc_addresses_are_fetched(homeserver: Homeserver, mxc: str) -> None:
    with pytest.raises(ValueError, match="mxc"):
        async with homeserver.download(mxc):
            pass


async def test_a_4xx_is_a_refusal_with_matrix_s_word_for_it(homeserver: Homeserver, new_person: NewPerson) -> None:
    room_id = await homeserver.create_room({"preset": "private_chat"})
    outsider_id = await new_person()
    with pytest.raises(HomeserverRefused) as caught:
        await homeserver.join(outsider_id, room_id)
    assert (caught.value.errcode, caught.value.http_status) == ("M_FORBIDDEN", 403)
    with pytest.raises(HomeserverRefused) as caught:
        async with homeserver.download("mxc://school.test/nothing"):
            pass
    assert caught.value.errcode == "M_NOT_FOUND"


async def test_a_homeserver_that_is_down_is_unavailable(synapse: TestedSynapse, person_id: int) -> None:
    nobody = HomeserverConfig(url=f"http://127.0.0.1:{free_port()}", server_name="school.test", timeout_s=5)
    homeserver = Homeserver(nobody, synapse.appservice)
    await homeserver.start()
    with pytest.raises(HomeserverUnavailable):
        await homeserver.join(person_id, "!a:school.test")
    with pytest.raises(HomeserverUnavailable):
        await homeserver.upload(None, chunks(b"x"), size=1, mime_type="text/plain", file_name="x")
    with pytest.raises(HomeserverUnavailable):
        async with homeserver.download("mxc://school.test/x"):
            pass
    assert not await homeserver.is_up()
    await homeserver.close()


async def test_the_homeserver_is_asked_whether_it_is_up(homeserver: Homeserver) -> None:
    assert await homeserver.is_up()


async def test_a_ping_makes_the_homeserver_call_back(synapse: TestedSynapse, homeserver: Homeserver) -> None:
    with pytest.raises(HomeserverUnavailable):
        await homeserver.ping()
    called: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        called.append(request.path)
        return web.json_response({})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", synapse.bridge_port).start()
    try:
        await homeserver.ping()
    finally:
        await runner.cleanup()
    assert "/_matrix/app/v1/ping" in called


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, '{"errcode": "M_BAD_JSON", "error": "x"}', HomeserverRefused),
        (401, '{"errcode": "M_UNKNOWN_TOKEN", "error": "x"}', HomeserverUnavailable),
        (403, '{"errcode": "M_FORBIDDEN", "error": "x"}', HomeserverRefused),
        (404, '{"errcode": "M_NOT_FOUND", "error": "x"}', HomeserverRefused),
        (404, "<h1>nginx</h1>", HomeserverUnavailable),
        (413, "<h1>nginx</h1>", HomeserverRefused),
        (429, '{"errcode": "M_LIMIT_EXCEEDED", "error": "x"}', HomeserverUnavailable),
        (500, '{"errcode": "M_UNKNOWN", "error": "x"}', HomeserverUnavailable),
        (502, "<h1>nginx</h1>", HomeserverUnavailable),
        (200, "not json", HomeserverUnavailable),
        (200, "[]", HomeserverUnavailable),
        (200, '{"event_id": 5}', HomeserverUnavailable),
    ],
)
async def test_every_bad_answer_is_one_of_two_errors(
    synapse: TestedSynapse, status: int, body: str, error: type[Exception]
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=body, content_type="application/json")

    async with answering(synapse, answer) as homeserver:
        with pytest.raises(error):
            await homeserver.send_event(5, "!a:b", "m.room.message", {}, txn_id="x")
        with pytest.raises(error):
            await homeserver.upload(None, chunks(b"x"), size=1, mime_type="text/plain", file_name="x")


async def test_a_homeserver_that_says_nothing_is_unavailable_in_time(synapse: TestedSynapse) -> None:
    done = asyncio.Event()

    async def answer(_request: web.Request) -> web.Response:
        await done.wait()
        return web.Response()

    async with answering(synapse, answer, timeout_s=0.2) as homeserver:
        for call in (
            homeserver.join(5, "!a:b"),
            homeserver.upload(None, chunks(b"x"), size=1, mime_type="text/plain", file_name="x"),
        ):
            with pytest.raises(HomeserverUnavailable):
                await call
        done.set()


async def test_no_log_ever_holds_a_text(
    homeserver: Homeserver, person_id: int, room_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.NOTSET):
        content = message("a secret between two", message_id=1)
        await homeserver.send_event(person_id, room_id, "m.room.message", content, txn_id="log")
    assert "a secret between two" not in caplog.text


class answering:  # noqa: N801 - reads as a verb
    """A ``Homeserver`` whose server is ours, for faults that a Synapse would not make."""

    def __init__(self, synapse: TestedSynapse, answer: Answer, timeout_s: float = 5) -> None:
        port = free_port()
        self._app = web.Application()
        self._app.router.add_route("*", "/{path:.*}", answer)
        self._runner = web.AppRunner(self._app, shutdown_timeout=1)
        self._port = port
        config = HomeserverConfig(url=f"http://127.0.0.1:{port}", server_name="school.test", timeout_s=timeout_s)
        self._homeserver = Homeserver(config, synapse.appservice)

    async def __aenter__(self) -> Homeserver:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        await self._homeserver.start()
        return self._homeserver

    async def __aexit__(self, *_exc: object) -> None:
        await self._homeserver.close()
        await self._runner.cleanup()


async def state_ids(homeserver: Homeserver, room_id: str) -> list[str]:
    return sorted(event["event_id"] for event in await homeserver.get_state(room_id))


async def count_events(homeserver: Homeserver, room_id: str, event_type: str) -> int:
    page = await homeserver.messages(room_id, None, "b", 100)
    return sum(event["type"] == event_type for event in page["chunk"])

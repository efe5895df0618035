"""A whole school for a test: a Synapse, a database, a bridge in this process, its people provisioned."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from nio import AsyncClient

from bridge.api.tokens.signing import sign_tokens
from bridge.app import Bridge, listening, running
from bridge.clock import now_ms
from bridge.config import Config
from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.provisioning.layout import layout_of
from bridge.provisioning.parts import Parts
from bridge.provisioning.provision import make_plan, provision
from bridge.roster.passwords import hash_password
from bridge.roster.roster import Roster
from bridge.roster.store import save_roster
from testbed.homeserver import TestedSynapse
from testbed.outbox import until_sent

SECRET = "the signing key of the tests, 32 bytes"
PASSWORD = "a password of the tests"

TEACHER, TEACHER_2, TEACHER_3, ADMIN = 1, 2, 3, 9
ANNA, BORIS, VERA, GLEB, DASHA = 11, 12, 13, 14, 15  # students; 7b: Anna, Boris, Vera; 8a: Gleb, Dasha
CLASS_7B, CLASS_8A, CHESS = 101, 102, 103


def school_roster() -> Roster:
    """7b (teachers 1 and 2), 8a (teacher 3), chess (teacher 1; Anna and Gleb); an admin in no group."""
    people = [
        Person(TEACHER, "ivanov", "Иван", "Иванов", Role.TEACHER),
        Person(TEACHER_2, "petrova", "Мария", "Петрова", Role.TEACHER),
        Person(TEACHER_3, "sidorov", "Пётр", "Сидоров", Role.TEACHER),
        Person(ADMIN, "admin", "Ольга", "Директор", Role.ADMIN),
        *(
            Person(person_id, f"student{person_id}", name, "Ученик", Role.STUDENT)
            for person_id, name in ((ANNA, "Анна"), (BORIS, "Борис"), (VERA, "Вера"), (GLEB, "Глеб"), (DASHA, "Даша"))
        ),
    ]
    groups = [Group(CLASS_7B, "7Б класс"), Group(CLASS_8A, "8А класс"), Group(CHESS, "Шахматы")]
    enrolled = {
        CLASS_7B: ([TEACHER, TEACHER_2], [ANNA, BORIS, VERA]),
        CLASS_8A: ([TEACHER_3], [GLEB, DASHA]),
        CHESS: ([TEACHER], [ANNA, GLEB]),
    }
    enrolments = [
        Enrolment(group_id, person_id, role)
        for group_id, sides in enrolled.items()
        for role, side in zip((Role.TEACHER, Role.STUDENT), sides, strict=True)
        for person_id in side
    ]
    return Roster(tuple(people), tuple(groups), tuple(enrolments))


class Api:
    """The web API as one person uses it."""

    def __init__(self, base: str, person_id: int | None, token: str | None = None) -> None:
        self.base, self.person_id, self.token = base, person_id, token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.session = aiohttp.ClientSession(base, headers=headers, json_serialize=lambda v: orjson.dumps(v).decode())

    async def call(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        """Status and parsed body of a call below ``/api/chat/``."""
        async with self.session.request(method, f"/api/chat/{path}", **more) as answer:
            body = await answer.read()
            return answer.status, orjson.loads(body) if body else None

    async def get(self, path: str, **params: Any) -> Any:
        status, body = await self.call("GET", path, params=params)
        assert status == 200, (status, body)
        return body

    async def post(self, path: str, body: Any = None, *, status: tuple[int, ...] = (200, 201, 204)) -> Any:
        found, answer = await self.call("POST", path, json=body or {})
        assert found in status, (found, answer)
        return answer

    async def say(self, conversation_id: int, text: str, **more: Any) -> dict[str, Any]:
        return await self.post("messages/", {"conversation_id": conversation_id, "text": text, **more})

    async def history(self, conversation_id: int, **params: Any) -> list[dict[str, Any]]:
        return (await self.get("messages/", conversation_id=conversation_id, **params))["results"]

    async def group(self, name: str) -> dict[str, Any]:
        page = await self.get("conversations/", search=name, page_size=200)
        found = [c for c in page["results"] if c["name"] == name]
        assert found, f"no conversation {name}"
        return found[0]

    async def direct(self, other_id: int) -> int:
        return (await self.post("conversations/", {"participant": other_id}))["id"]

    async def socket(self, conversation_id: int | None = None) -> Socket:
        path = f"/ws/chat/{conversation_id}/" if conversation_id else "/ws/chat/"
        return Socket(await self.session.ws_connect(path, params={"token": self.token or ""}))

    async def close(self) -> None:
        await self.session.close()


class Socket:
    """A socket that remembers what it was sent."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.frames: list[dict[str, Any]] = []
        self._news = asyncio.Event()
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self.ws:
            if message.type == aiohttp.WSMsgType.TEXT:
                self.frames.append(orjson.loads(message.data))
                self._news.set()
        self._news.set()

    async def expect(self, kind: str, limit_s: float = 40, **wanted: Any) -> dict[str, Any]:
        """The first frame, also an earlier one, of that type with these values; ``message__text`` looks inside."""
        end = time.monotonic() + limit_s
        while True:
            for frame in self.frames:
                if frame["type"] == kind and all(_inside(frame, key) == value for key, value in wanted.items()):
                    return frame
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), max(0.01, end - time.monotonic()))
            except TimeoutError:
                raise AssertionError(f"no {kind} {wanted}; came: {self.frames}") from None

    async def send(self, frame: dict[str, Any]) -> None:
        await self.ws.send_str(orjson.dumps(frame).decode())

    def texts(self, conversation_id: int | None = None) -> list[str]:
        """Texts of the new messages (of one conversation), in the order of their arrival."""
        new = [frame for frame in self.frames if frame["type"] == "message.new"]
        return [f["message"]["text"] for f in new if conversation_id in (None, f["conversation_id"])]

    async def closed(self, limit_s: float = 40) -> int | None:
        """Wait for the end; the close code."""
        await asyncio.wait_for(self.task, limit_s)
        return self.ws.close_code

    async def close(self) -> None:
        await self.ws.close()
        await self.task


def _inside(frame: dict[str, Any], path: str) -> Any:
    value: Any = frame
    for key in path.split("__"):
        value = value.get(key) if isinstance(value, dict) else None
    return value


class World:
    """
    One school, running. ``config_changes`` replace keys of sections: ``{"limits": {"enabled": False}}``.

    With *rules*, options of the homeserver's module, the rules hold in every client, and everybody has ``PASSWORD``.
    """

    def __init__(
        self,
        folder: Path,
        database_url: str,
        *,
        rules: dict[str, Any] | None = None,
        **config_changes: dict[str, Any],
    ) -> None:
        self.synapse = TestedSynapse(folder, rules=rules)
        self._has_rules = rules is not None
        self.config = self._config(database_url, config_changes)
        self.base = f"http://127.0.0.1:{self.synapse.bridge_port}"
        self._stack = AsyncExitStack()
        self._bridge_stack = AsyncExitStack()
        self._bridge: Bridge | None = None

    def _config(self, database_url: str, changes: dict[str, dict[str, Any]]) -> Config:
        port = self.synapse.bridge_port
        document: dict[str, Any] = {
            "server": {"port": port, "public_url": f"http://127.0.0.1:{port}"},
            "homeserver": self.synapse.homeserver.model_dump(),
            "appservice": self.synapse.appservice.model_dump(),
            "auth": {"secret": SECRET, "sign_in": True},
            "files": {"secret": "a secret for the addresses of files"},
            "database": {"url": database_url},
            "limits": {"enabled": False},
            "roster": {"follow": False},  # the tests say when
            "log": {"level": "WARNING"},
        }
        for section, keys in changes.items():
            document.setdefault(section, {}).update(keys)
        return Config.model_validate(document)

    @property
    def bridge(self) -> Bridge:
        assert self._bridge, "the bridge does not run"
        return self._bridge

    async def start(self, roster: Roster | None = None) -> None:
        await self.synapse.start()
        self._stack.push_async_callback(self.synapse.stop)
        await self.start_bridge()
        await self.provision(roster or school_roster())

    async def start_bridge(self) -> None:
        stack = AsyncExitStack()
        self._bridge = await stack.enter_async_context(running(self.config))
        await stack.enter_async_context(listening(self._bridge))
        self._bridge_stack = stack

    async def stop_bridge(self) -> None:
        await self._bridge_stack.aclose()
        self._bridge = None

    async def provision(self, roster: Roster) -> int:
        """Store and apply a roster; how many steps it took."""
        with_password = roster.people if self._has_rules else roster.people[:1]
        hashes = dict.fromkeys((person.id for person in with_password), await hash_password(PASSWORD))
        async with self.bridge.db.writing() as conn:
            await save_roster(conn, roster, hashes)
        school = await self.bridge.school.refresh()
        services = self.bridge.services
        parts = Parts(self.bridge.db, self.bridge.homeserver, services.live.publish, now_ms, services.rules)
        plan = await make_plan(parts, school, layout_of(self.config.roster.rooms), look=True)
        report = await provision(parts, school, plan, lambda _step: None)
        assert report.is_complete, report.failures
        return report.done

    async def stop(self) -> None:
        await self.stop_bridge()
        await self._stack.aclose()

    def token(self, person_id: int, lifetime_s: int = 3600) -> str:
        return sign_tokens(self.config.auth, person_id, time.time(), lifetime_s).access

    async def api(self, person_id: int) -> Api:
        """The API as that person; closed with the world."""
        api = Api(self.base, person_id, self.token(person_id))
        self._stack.push_async_callback(api.close)
        return api

    async def matrix(self, person_id: int) -> AsyncClient:
        """A signed-in matrix-nio client that has synced once; closed with the world."""
        client = await self.synapse.sign_in(person_id)
        self._stack.push_async_callback(client.close)
        await client.sync(timeout=0, full_state=True, set_presence="offline")  # presence is a story of its own
        return client

    async def quiet(self) -> None:
        """Wait until the outbox is empty."""
        await until_sent(self.bridge.db)


@asynccontextmanager
async def open_world(
    folder: Path, database_url: str, school: Roster | None = None, **changes: Any
) -> AsyncIterator[World]:
    """A ``World`` that is up, with *school* or the one of the tests; *changes* are as in ``World``."""
    world = World(folder, database_url, **changes)
    try:
        await world.start(school)
        yield world
    finally:
        await world.stop()

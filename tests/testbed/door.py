"""
The front door of a school as strangers meet it: behind public addresses that are not the real ones.

What it answers is looked at each time: nothing of the inside may be in it, and errors have one shape.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from multidict import CIMultiDictProxy

from bridge.app import Bridge
from bridge.config import Config
from bridge.roster.store import save_roster
from testbed.world import Socket, World, school_roster

PUBLIC: dict[str, dict[str, Any]] = {
    "server": {"public_url": "https://chat.school.example"},
    "homeserver": {"public_url": "https://matrix.school.example"},
}

# What gives away how it is made: stacks, files, libraries, statements.
INSIDES = ("Traceback", 'File "', ".py", "site-packages", "sqlalchemy", "asyncpg", "sqlite", "mautrix", "SELECT ")
TOLD_ABOUT_ITSELF = ("/metrics", "/api/chat/schema")


@dataclass(frozen=True)
class Answer:
    """An answer that was read whole."""

    method: str
    path: str
    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass
class Caller:
    """Somebody who calls. Every answer is checked before it is given back."""

    door: Door
    session: aiohttp.ClientSession
    token: str | None = None

    async def ask(self, method: str, path: str, **more: Any) -> Answer:
        """*path* is whole; ``json=`` is sent as it is, also what orjson would refuse to make."""
        async with self.session.request(method, path, allow_redirects=False, **more) as found:
            answer = Answer(method, path, found.status, found.headers, await found.read())
        self.door.require_clean(answer)
        return answer

    async def send(self, conversation_id: int, text: str = "привет", **more: Any) -> Answer:
        return await self.ask(
            "POST", "/api/chat/messages/", json={"conversation_id": conversation_id, "text": text, **more}
        )

    async def socket(self, conversation_id: object = None, **more: Any) -> Socket:
        path = "/ws/chat/" if conversation_id is None else f"/ws/chat/{conversation_id}/"
        if self.token is not None:
            more.setdefault("params", {"token": self.token})
        return Socket(await self.session.ws_connect(path, **more))


@dataclass
class Door:
    """A world, and those who call at its bridge."""

    world: World
    _callers: dict[str | None, Caller] = field(default_factory=dict)

    @property
    def bridge(self) -> Bridge:
        return self.world.bridge

    @property
    def config(self) -> Config:
        return self.world.config

    async def caller(self, person_id: int | None = None, *, token: str | None = None) -> Caller:
        """That person, or whoever shows that token, or somebody without one; closed with the door."""
        token = self.world.token(person_id) if person_id is not None else token
        if token not in self._callers:
            headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
            session = aiohttp.ClientSession(self.world.base, headers=headers)
            self._callers[token] = Caller(self, session, token)
        return self._callers[token]

    async def close(self) -> None:
        for caller in self._callers.values():
            await caller.session.close()

    async def restart(self, **changes: dict[str, Any]) -> None:
        """Run the bridge with keys of its config replaced."""
        sections = {name: getattr(self.config, name).model_copy(update=keys) for name, keys in changes.items()}
        await self.world.stop_bridge()
        self.world.config = self.config.model_copy(update=sections)
        await self.world.start_bridge()

    def require_clean(self, answer: Answer) -> None:
        """No inside in the answer, the headers of every answer, and DRF's shape in an error."""
        told = f"{answer.method} {answer.path[:120]} -> {answer.status}: {answer.text[:300]}"
        assert answer.status < 500 or answer.status == 503, told
        if not answer.path.rstrip("/").endswith(TOLD_ABOUT_ITSELF):
            assert [word for word in (*INSIDES, *self._secrets()) if word in answer.text] == [], told
        found = str(answer.headers)
        assert [word for word in (*self._secrets(), "Python", "aiohttp", "Set-Cookie") if word in found] == [], found
        assert answer.headers["X-Content-Type-Options"] == "nosniff", told
        assert answer.headers["Referrer-Policy"] == "no-referrer", told
        assert answer.headers["X-Request-Id"], told
        if answer.body and answer.headers["Content-Type"].startswith("application/json"):
            _require_json(answer, told)
        else:
            assert answer.status < 400 or not answer.body, told

    def _secrets(self) -> tuple[str, ...]:
        config = self.config
        database = config.database.url.partition("://")[2]
        inside = config.homeserver.url.partition("://")[2], self.world.base.partition("://")[2], database
        return (*inside, config.appservice.as_token, config.appservice.hs_token, config.files.secret, "syt_")


def _require_json(answer: Answer, told: str) -> None:
    if answer.path.startswith(("/_matrix", "/transactions")):
        assert answer.status < 400 or set(answer.json) == {"errcode", "error"}, told
        return
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8", told
    assert answer.headers["Cache-Control"] == "no-store", told
    if answer.status == 400:
        assert answer.json, told
        for why in answer.json.values():
            assert isinstance(why, list), told
            assert why, told
            assert all(isinstance(sentence, str) and sentence for sentence in why), told
    elif answer.status > 400:
        assert {"detail", "code"} <= set(answer.json) <= {"detail", "code", "request_id"}, told
        assert all(isinstance(value, str) and value for value in answer.json.values()), told
    if answer.status == 401:
        assert answer.headers["WWW-Authenticate"] == "Bearer", told
    if answer.status in (429, 503):
        assert int(answer.headers["Retry-After"]) >= 1, told


@asynccontextmanager
async def open_door(folder: Path, database_url: str) -> AsyncIterator[Door]:
    """The school of the tests, provisioned on a homeserver."""
    world = World(folder, database_url, **PUBLIC)
    door = Door(world)
    try:
        await world.start()
        await world.bridge.upkeep.follow_roster()  # it would touch conversations when its turn comes
        yield door
    finally:
        await door.close()
        await world.stop()


@asynccontextmanager
async def open_lone_door(folder: Path, database_url: str, **changes: dict[str, Any]) -> AsyncIterator[Door]:
    """The people of the school and a bridge without a homeserver; *changes* are as in ``World``."""
    world = World(folder, database_url, **PUBLIC, **changes)
    door = Door(world)
    try:
        await world.start_bridge()
        async with world.bridge.db.writing() as conn:
            await save_roster(conn, school_roster(), {})
        await world.bridge.school.refresh()
        yield door
    finally:
        await door.close()
        await world.stop()

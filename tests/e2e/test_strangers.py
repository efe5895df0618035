"""Who is not in a conversation cannot tell it from one that does not exist, whichever door they try."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from aiohttp import FormData
from sqlalchemy import select
from testbed.door import Answer, Caller, Door
from testbed.world import ADMIN, ANNA, BORIS, DASHA, TEACHER, TEACHER_2, TEACHER_3, VERA

from bridge.db.engine import metadata

CHAT = "/api/chat"
NOBODY = 987_654_321  # no person, conversation or message has this id

# Doors that need no token. A new one is written down here, or it is a hole.
PUBLIC = {
    ("GET", "/"),
    ("GET", "/about"),
    ("GET", "/assets/{name}"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", f"{CHAT}/schema"),
    ("GET", f"{CHAT}/files/{{file_id}}/{{name}}"),
    ("POST", "/api/auth/token"),
    ("POST", "/api/auth/token/refresh"),
    ("POST", "/api/auth/sign-out"),
    ("GET", "/api/auth/demo-sign-ins"),
}
# Doors that name nothing of others: they answer, but must not give anything away.
OWN = {
    ("GET", f"{CHAT}/me"),
    ("PATCH", f"{CHAT}/me"),
    ("GET", f"{CHAT}/contacts"),
    ("GET", f"{CHAT}/conversations"),
    ("POST", f"{CHAT}/conversations"),
    ("POST", f"{CHAT}/conversations/group"),
    ("POST", f"{CHAT}/conversations/create_group"),
    ("GET", f"{CHAT}/sync"),
    ("GET", f"{CHAT}/search"),
    ("POST", f"{CHAT}/upload"),
    ("POST", f"{CHAT}/ws-ticket"),
}
HOMESERVERS = ("/_matrix/", "/transactions/", "/_classbridge/")


@dataclass
class Secret:
    """A conversation with a message and a file in it, and an upload that was not sent yet."""

    conversation_id: int
    message_id: int
    file_id: str
    unsent_id: str
    words: tuple[str, ...]

    def path(self, canonical: str) -> str:
        """A route's path with these ids in it."""
        of_message = canonical.startswith(f"{CHAT}/messages/")
        ids = {"id": str(self.message_id if of_message else self.conversation_id), "file_id": self.file_id}
        ids |= {"name": "notes.txt", "alias": "x", "user_id": "x", "txn_id": "x", "key": "👍"}
        return canonical.format_map(ids)

    @property
    def everything(self) -> dict[str, object]:
        """A body that makes sense to every door; each ignores the keys that it does not know."""
        return {
            "conversation_id": self.conversation_id,
            "conversation_ids": [self.conversation_id],
            "message_id": self.message_id,
            "text": "чужое",
            "name": "чужое",
            "key": "👍",
            "is_muted": True,
            "is_typing": True,
            "participant": NOBODY,
            "participants": [NOBODY],
            "user_id": VERA,
        }

    @property
    def query(self) -> dict[str, str]:
        return {"conversation_id": str(self.conversation_id), "user_id": str(VERA), "since": "0", "q": "Тайное"}


async def _make_secret(owner: Caller, conversation_id: int) -> Secret:
    uploaded = [(await upload(owner, f"тайна-{number}.txt")).json["file_id"] for number in (1, 2)]
    secret_word = f"Тайное {uuid4().hex}"
    said = await owner.send(conversation_id, secret_word, file_id=uploaded[0])
    assert said.status == 201
    whole = (await owner.ask("GET", f"{CHAT}/conversations/{conversation_id}/")).json
    words = (secret_word, *uploaded, *([whole["room_id"]] if whole["room_id"] else []))
    return Secret(conversation_id, said.json["id"], uploaded[0], uploaded[1], words)


async def upload(caller: Caller, name: str) -> Answer:
    form = FormData()
    form.add_field("file", "секрет\n".encode(), filename=name, content_type="text/plain")
    answer = await caller.ask("POST", f"{CHAT}/upload/", data=form)
    assert answer.status == 201
    return answer


async def _direct(caller: Caller, other_id: int) -> int:
    return int((await caller.ask("POST", f"{CHAT}/conversations/", json={"participant": other_id})).json["id"])


@pytest.fixture
async def group(door: Door) -> Secret:
    """7b: teachers 1 and 2, Anna, Boris, Vera."""
    teacher = await door.caller(TEACHER)
    groups = (await teacher.ask("GET", f"{CHAT}/conversations/?filter=groups")).json["results"]
    return await _make_secret(teacher, next(c["id"] for c in groups if c["name"] == "7Б класс"))


@pytest.fixture
async def direct(door: Door) -> Secret:
    """Teacher 1 and Anna."""
    teacher = await door.caller(TEACHER)
    return await _make_secret(teacher, await _direct(teacher, ANNA))


@pytest.fixture
async def left(door: Door) -> AsyncIterator[Secret]:
    """A group chat from which Vera was removed."""
    teacher = await door.caller(TEACHER)
    body = {"name": "Кружок", "participants": [ANNA, VERA]}
    made = (await teacher.ask("POST", f"{CHAT}/conversations/group/", json=body)).json["id"]
    secret = await _make_secret(teacher, made)
    gone = await teacher.ask("POST", f"{CHAT}/conversations/{made}/remove_participant/", json={"user_id": VERA})
    assert gone.status == 200
    yield secret
    await teacher.ask("DELETE", f"{CHAT}/conversations/{made}/")


def _routes(door: Door) -> list[tuple[str, str]]:
    """Every method and path that the running bridge answers, in both spellings, without the sockets."""
    routes = [(route.method, route.resource.canonical) for route in door.bridge.app.router.routes() if route.resource]
    assert len(routes) > 60
    return [(method, path) for method, path in routes if not path.startswith("/ws/")]


def _plain(method: str, path: str) -> tuple[str, str]:
    return ("GET" if method == "HEAD" else method), (path.rstrip("/") or "/")


async def _rows(door: Door) -> dict[str, set[str]]:
    """All that is stored, but for what comes and goes by itself: tickets, being seen, the homeserver's feed."""
    passing = {"ws_tickets", "last_seen", "push_transactions", "inbox_positions", "outbox", "events"}
    async with door.bridge.db.reading() as conn:
        return {
            table.name: {repr(tuple(row)) for row in await conn.execute(select(table))}
            for table in metadata.sorted_tables
            if table.name not in passing
        }


async def _walk(door: Door, stranger: Caller, secret: Secret) -> None:
    """Knock at every door with the secret's ids; nothing may be different afterwards."""
    changed = None
    for _ in range(3):  # what was under way already may still arrive: then once more
        await door.world.quiet()
        before = await _rows(door)
        await _knock_everywhere(door, stranger, secret)
        await door.world.quiet()
        after = await _rows(door)
        changed = {name: rows ^ after[name] for name, rows in before.items() if rows != after[name]}
        if not changed:
            return
    raise AssertionError(changed)


async def _knock_everywhere(door: Door, stranger: Caller, secret: Secret) -> None:
    for method, canonical in _routes(door):
        kind = _plain(method, canonical)
        if canonical.startswith(HOMESERVERS) or kind in PUBLIC:
            continue
        body = None if method in ("GET", "HEAD") else secret.everything
        answer = await stranger.ask(method, secret.path(canonical), params=secret.query, json=body)
        told = f"{method} {canonical} -> {answer.status} {answer.text[:200]}"
        if kind in OWN and canonical.rstrip("/") != f"{CHAT}/search":
            assert answer.status < 500, told
        else:
            assert answer.status == 404, told
            assert method == "HEAD" or answer.json["code"] == "not_found", told
        assert [word for word in secret.words if word in answer.text] == [], told


@pytest.mark.parametrize("who", [DASHA, TEACHER_3], ids=["student", "teacher"])
async def test_a_group_does_not_exist_for_strangers(door: Door, group: Secret, who: int) -> None:
    await _walk(door, await door.caller(who), group)


@pytest.mark.parametrize("who", [TEACHER_2, VERA, ADMIN], ids=["colleague", "classmate", "admin"])
async def test_a_direct_conversation_does_not_exist_for_third_parties(door: Door, direct: Secret, who: int) -> None:
    await _walk(door, await door.caller(who), direct)


async def test_a_conversation_does_not_exist_any_more_for_who_was_removed(door: Door, left: Secret) -> None:
    await _walk(door, await door.caller(VERA), left)


async def test_foreign_and_missing_look_the_same(door: Door, group: Secret) -> None:
    stranger = await door.caller(DASHA)
    for method, canonical in _routes(door):
        if "{id}" not in canonical or method in ("GET", "HEAD"):
            continue
        foreign = await stranger.ask(method, secret_path := group.path(canonical), json=group.everything)
        number = str(group.message_id if "/messages/" in canonical else group.conversation_id)
        missing = await stranger.ask(method, secret_path.replace(number, str(NOBODY)), json=group.everything)
        assert (foreign.status, foreign.json) == (missing.status, missing.json)


async def test_foreign_ids_in_an_own_conversation_are_missing_too(door: Door, group: Secret) -> None:
    """A reply, a file, a mention, a read pointer: none of them reaches over."""
    stranger = await door.caller(DASHA)
    own = await _direct(stranger, TEACHER_3)
    for key, foreign, missing in (
        ("reply_to", group.message_id, NOBODY),
        ("file_id", group.file_id, "0" * 32),
        ("file_id", group.unsent_id, "0" * 32),
    ):
        answers = [await stranger.send(own, **{key: value}) for value in (foreign, missing)]
        assert [answer.status for answer in answers] == [400, 400]
        assert answers[0].json == answers[1].json
        assert set(answers[0].json) == {key}
    for message_id in (group.message_id, NOBODY):
        answer = await stranger.ask("POST", f"{CHAT}/conversations/{own}/read/", json={"message_id": message_id})
        assert (answer.status, set(answer.json)) == (400, {"message_id"})
    said = await stranger.send(own, "@Анна, привет", mentions=[ANNA, NOBODY])
    assert (said.status, said.json["mentions"]) == (201, [])
    for name in ("before", "after", "around"):
        page = await stranger.ask("GET", f"{CHAT}/messages/?conversation_id={own}&{name}={group.message_id}")
        assert [word for word in group.words if word in page.text] == []
        assert {message["conversation_id"] for message in page.json["results"]} <= {own}


async def test_a_file_needs_its_own_signature(door: Door, group: Secret) -> None:
    """No token opens a file, not even its uploader's; only the address that was given out for this very file."""
    teacher, stranger = await door.caller(TEACHER), await door.caller(DASHA)
    mine = (await upload(stranger, "моё.txt")).json
    signed = mine["file_url"].partition("?")[2]
    assert (await stranger.ask("GET", f"{CHAT}/files/{mine['file_id']}/x.txt?{signed}")).status == 200
    expiry, _, signature = signed.partition("&s=")
    for caller in (teacher, stranger):
        for file_id in (group.file_id, group.unsent_id, "0" * 32):
            for query in ("", signed, f"{expiry}9&s={signature}", f"{expiry}&s=", "e=1e9&s=ж", "e=-1&s=%ff"):
                answer = await caller.ask("GET", f"{CHAT}/files/{file_id}/x.txt?{query}")
                assert (answer.status, answer.json["code"]) == (404, "not_found")


async def test_a_history_that_one_has_cleared_stays_hidden_from_them_alone(door: Door) -> None:
    """By no page and no sync, also when somebody reads it afterwards."""
    teacher, boris = await door.caller(TEACHER), await door.caller(BORIS)
    direct = await _direct(teacher, BORIS)
    since = (await boris.ask("GET", f"{CHAT}/sync/")).json["rev"]
    said = (await teacher.send(direct, "до уборки")).json["id"]
    assert (await boris.ask("POST", f"{CHAT}/conversations/{direct}/clear/")).status == 204
    await boris.ask("PATCH", f"{CHAT}/messages/{said}/read/")
    for query in (f"messages/?conversation_id={direct}", f"messages/?conversation_id={direct}&around={said}"):
        assert (await boris.ask("GET", f"{CHAT}/{query}")).json["results"] == []
    synced = (await boris.ask("GET", f"{CHAT}/sync/?since={since}")).json
    assert [message for message in synced["messages"] if message["conversation_id"] == direct] == []
    hers = (await teacher.ask("GET", f"{CHAT}/messages/?conversation_id={direct}")).json["results"]
    assert hers[-1]["text"] == "до уборки"

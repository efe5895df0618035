"""What people do to conversations on the web stands in the audit, with who did it and to whom."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from api_school import ADMIN, STUDENT, TEACHER
from conftest import Caller

from bridge.audit.log import Entry, list_entries


async def _nothing(_changes: Any) -> None:
    return None


@pytest.fixture
async def web(call: Caller) -> Caller:
    call.services.live = SimpleNamespace(publish=_nothing)
    call.services.sender = SimpleNamespace(wake=lambda *_: None)
    return call


async def entries(call: Caller, **wanted: Any) -> list[Entry]:
    """Oldest first."""
    async with call.services.db.reading() as conn:
        found = await list_entries(conn, **wanted)
    return [listed.entry for listed in reversed(found) if listed.entry.source == "web"]


async def ask(call: Caller, method: str, path: str, person_id: int, **body: Any) -> Any:
    answer = await call(method, f"/api/chat/{path}", person_id, json=body)
    assert answer.status < 300, await answer.text()
    return await answer.json() if answer.status != 204 else None


async def test_the_life_of_a_group_chat_is_told(web: Caller):
    chat = (await ask(web, "POST", "conversations/group/", TEACHER, name="Поход", participants=[STUDENT]))["id"]
    await ask(web, "PATCH", f"conversations/{chat}/", TEACHER, name="Экскурсия")
    await ask(web, "POST", f"conversations/{chat}/add_participant/", TEACHER, user_id=ADMIN)
    await ask(web, "POST", f"conversations/{chat}/remove_participant/", TEACHER, user_id=STUDENT)
    await ask(web, "DELETE", f"conversations/{chat}/", TEACHER)
    found = await entries(web)
    assert [(e.action, e.person_id) for e in found] == [
        ("group_chat.created", None),
        ("participant.added", TEACHER),
        ("participant.added", STUDENT),
        ("conversation.renamed", None),
        ("participant.added", ADMIN),
        ("participant.removed", STUDENT),
        ("conversation.archived", None),
    ]
    assert {(e.actor, e.conversation_id) for e in found} == {(f"person:{TEACHER}", chat)}
    assert found[3].details == {"from": "Поход", "to": "Экскурсия"}
    assert [e.action for e in await entries(web, person_id=STUDENT)] == ["participant.added", "participant.removed"]


async def test_a_block_and_its_end_name_whom_they_concern(web: Caller):
    direct = (await ask(web, "POST", "conversations/", TEACHER, participant=STUDENT))["id"]
    await ask(web, "POST", f"conversations/{direct}/block/", TEACHER)
    await ask(web, "DELETE", f"conversations/{direct}/block/", TEACHER)
    assert [(e.action, e.actor, e.person_id) for e in await entries(web)] == [
        ("conversation.blocked", f"person:{TEACHER}", STUDENT),
        ("conversation.unblocked", f"person:{TEACHER}", STUDENT),
    ]


async def test_an_admin_who_looks_into_a_group_is_seen_doing_it(web: Caller):
    chat = (await ask(web, "POST", "conversations/group/", TEACHER, name="Поход", participants=[STUDENT]))["id"]
    await ask(web, "GET", f"conversations/{chat}/participants/", ADMIN)
    last = (await entries(web))[-1]
    assert (last.action, last.actor, last.person_id) == ("participant.added", f"person:{ADMIN}", ADMIN)


async def test_what_was_refused_leaves_no_entry(web: Caller):
    before = await entries(web)
    answer = await web("POST", "/api/chat/conversations/group/", STUDENT, json={"name": "Тайный", "participants": []})
    assert answer.status == 403
    assert await entries(web) == before

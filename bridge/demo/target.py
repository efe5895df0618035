"""What clients and load tests need to know of a running demo: addresses, people with tokens, conversations."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from bridge.api.tokens.signing import sign_tokens
from bridge.app import Bridge
from bridge.chat import conversations, seed
from bridge.permissions.school import Person, Role
from bridge.roster.roster import Roster

TOKEN_LIFETIME_S = 86_400


async def write_target_file(path: Path, bridge: Bridge, roster: Roster) -> None:
    """Write the JSON, whole or not at all, for its owner only: it holds tokens."""
    document = await _describe(bridge, roster)
    new = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False, indent=1)
    new.replace(path)


async def _describe(bridge: Bridge, roster: Roster) -> dict[str, Any]:
    async with bridge.db.reading() as conn:
        groups = await conversations.list_roster_conversations(conn)
        directs = await seed.list_direct_conversations(conn)
    base = bridge.config.server.public_url
    return {
        "name": "classbridge",
        "base": base,
        "ws": base.replace("http", "ws", 1),
        "homeserver": bridge.config.homeserver.public_url,
        "auth_header": "Bearer {token}",
        "pids": [os.getpid()],  # the homeserver is our child
        "users": [_user(bridge, roster, person) for person in roster.people if person.is_active],
        "groups": [
            {
                "conversation_id": each.id,
                "room_id": each.room_id,
                "name": each.name,
                "members": _teachers_first(bridge, list(each.participants)),
            }
            for each in sorted(groups, key=lambda each: each.group_id or 0)
            if each.group_id is not None and not each.is_archived
        ],
        "directs": [
            {
                "conversation_id": each.id,
                "room_id": each.room_id,
                "members": _teachers_first(bridge, list(each.people)),
            }
            for each in directs
            if all(bridge.school.current.find_active(person_id) for person_id in each.people)
        ],
    }


def _user(bridge: Bridge, roster: Roster, person: Person) -> dict[str, Any]:
    now_s = bridge.services.clock() / 1000
    return {
        "id": person.id,
        "username": person.username,
        "password": roster.passwords.get(person.id),
        "role": person.role.value,
        "name": person.name,
        "mxid": bridge.homeserver.ids.ghost(person.id),
        "token": sign_tokens(bridge.config.auth, person.id, now_s, TOKEN_LIFETIME_S).access,
    }


def _teachers_first(bridge: Bridge, people: list[int]) -> list[int]:
    roles = bridge.school.current.people
    return sorted(people, key=lambda person_id: (roles[person_id].role == Role.STUDENT, person_id))

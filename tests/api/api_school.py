"""The people of these tests, a config, and tokens: good ones and forged ones."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import jwt

from bridge.config import Config, parse_config
from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.roster.roster import Roster

SECRET = "b0d5a1f4c3e2978866554433221100ff"
TEACHER, STUDENT, ADMIN, GONE, UNKNOWN = 1, 2, 3, 4, 99


def roster() -> Roster:
    people = (
        Person(TEACHER, "anna", "Анна", "Иванова", Role.TEACHER),
        Person(STUDENT, "boris", "Борис", "Ким", Role.STUDENT),
        Person(ADMIN, "chief", "Вера", "Главная", Role.ADMIN),
        Person(GONE, "dora", "Дора", "Ушла", Role.STUDENT, is_active=False),
    )
    enrolments = (Enrolment(1, TEACHER, Role.TEACHER), Enrolment(1, STUDENT, Role.STUDENT))
    passwords = {TEACHER: "correct horse", STUDENT: "battery staple", GONE: "let me in"}
    return Roster(people, (Group(1, "7Б"),), enrolments, passwords)


def config_with(database_url: str, **sections: Any) -> Config:
    document = {
        "homeserver": {"server_name": "school.test", "public_url": "https://matrix.school.test"},
        "appservice": {"as_token": "a" * 32, "hs_token": "b" * 32},
        "auth": {"secret": SECRET, "sign_in": True},
        "files": {"secret": "c" * 32},
        "server": {"public_url": "https://chat.school.test"},
        "database": {"url": database_url},
        **sections,
    }
    return parse_config(document, {}, base=Path(), name="the tests' config")


def claims_of(person_id: Any, **changes: Any) -> dict[str, Any]:
    """Claims of SimpleJWT; a change to None removes one."""
    claims = {
        "token_type": "access",
        "user_id": person_id,
        "exp": int(time.time()) + 600,
        "jti": "1",
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def token_of(person_id: Any, *, key: Any = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    return jwt.encode(claims_of(person_id, **changes), key, algorithm=algorithm)

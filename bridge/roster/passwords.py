"""Passwords of the bridge's own sign-in: scrypt (RFC 7914), its parameters stored with each hash."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode

COST, BLOCK, PARALLEL = 4096, 8, 1  # 4 MiB and about 10 ms: a demo provisions 520 people
SALT_BYTES = 16


async def hash_password(password: str) -> str:
    """Hash in a thread: the event loop goes on."""
    return await asyncio.to_thread(_hash, password)


async def check_password(password: str, stored: str) -> bool:
    """Whether *password* is the one that *stored* was made of; takes as long when it is not."""
    return await asyncio.to_thread(_check, password, stored)


async def waste_time(password: str) -> None:
    """Do the work of a check for a name that nobody has, so that the time does not tell which names exist."""
    await asyncio.to_thread(_derive, password, b"\0" * SALT_BYTES, COST, BLOCK, PARALLEL)


def _hash(password: str) -> str:
    salt = secrets.token_bytes(SALT_BYTES)
    derived = _derive(password, salt, COST, BLOCK, PARALLEL)
    return f"scrypt${COST}${BLOCK}${PARALLEL}${b64encode(salt).decode()}${b64encode(derived).decode()}"


def _check(password: str, stored: str) -> bool:
    kind, cost, block, parallel, salt, derived = stored.split("$")
    if kind != "scrypt":
        raise ValueError(f"a stored password hash is of the unknown kind {kind}")
    found = _derive(password, b64decode(salt), int(cost), int(block), int(parallel))
    return hmac.compare_digest(found, b64decode(derived))


def _derive(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    memory = 256 * cost * block * parallel
    return hashlib.scrypt(password.encode(), salt=salt, n=cost, r=block, p=parallel, maxmem=memory, dklen=32)

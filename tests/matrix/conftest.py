"""A ``Homeserver`` on the session's Synapse, and people that no other test knows."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from testbed.homeserver import TestedSynapse

from bridge.matrix.homeserver import Homeserver

NewPerson = Callable[[], Awaitable[int]]

_person_ids = itertools.count(410_000)
_conversation_ids = itertools.count(410_000)


@pytest.fixture
async def homeserver(synapse: TestedSynapse) -> AsyncIterator[Homeserver]:
    homeserver = Homeserver(synapse.homeserver, synapse.appservice)
    await homeserver.start()
    yield homeserver
    await homeserver.close()


@pytest.fixture
def new_person(homeserver: Homeserver) -> NewPerson:
    """``person_id = await new_person()``: a registered ghost."""

    async def register() -> int:
        person_id = next(_person_ids)
        await homeserver.register_ghost(person_id, f"Person {person_id}")
        return person_id

    return register


@pytest.fixture
def conversation_id() -> int:
    return next(_conversation_ids)

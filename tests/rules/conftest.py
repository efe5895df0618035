"""A school whose rules hold in every client: Synapse with the module, and the bridge that it asks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from testbed.world import PASSWORD, World, open_world

from rules.client import RawClient, log_in

Clients = Callable[[int], Awaitable[RawClient]]
POLL_S = 0.2


@pytest.fixture(scope="session")
async def ruled(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One for all tests that change nothing which others rely on; who does makes its own ``World``."""
    folder = tmp_path_factory.mktemp("ruled")
    async with open_world(folder, f"sqlite:///{folder / 'bridge.db'}", rules={"poll_s": POLL_S}) as world:
        yield world


@pytest.fixture
async def client(ruled: World) -> AsyncIterator[Clients]:
    """``anna = await client(ANNA)``: signed in by username and password, as Element does; closed for you."""
    opened: list[RawClient] = []

    async def sign_in(person_id: int) -> RawClient:
        opened.append(await sign_in_to(ruled, person_id))
        return opened[-1]

    yield sign_in
    for each in opened:
        await each.close()


async def sign_in_to(world: World, person_id: int) -> RawClient:
    """A new device of that person."""
    person = world.bridge.school.current.people[person_id]
    status, found = await log_in(world.synapse.url, person.username, PASSWORD)
    assert status == 200, found
    return RawClient(world.synapse.url, found["user_id"], found["access_token"])

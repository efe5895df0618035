"""A school on the session's homeserver."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from testbed.homeserver import TestedSynapse

from bridge.db.engine import Database
from bridge.matrix.homeserver import Homeserver
from provisioning.apply_world import World


@pytest.fixture
async def world(synapse: TestedSynapse, database: Database) -> AsyncIterator[World]:
    homeserver = Homeserver(synapse.homeserver, synapse.appservice)
    await homeserver.start()
    yield World(database, homeserver)
    await homeserver.close()

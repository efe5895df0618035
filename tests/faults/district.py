"""Two bridge processes on one PostgreSQL and one Redis serve one school; the homeserver pushes to the first."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from testbed.nursery import Nursery
from testbed.outbox import until_sent
from testbed.ports import free_port
from testbed.redis import RedisServer
from testbed.waiting import until
from testbed.world import Api, World

from bridge.config import DatabaseConfig
from bridge.db.engine import Database
from faults.bridge_process import BridgeProcess
from faults.crash import OUTBOX, SOON

LIVE = {"offline_after_s": 0.3, "typing_s": 0.5}
CONSTANTS = SOON | {"bridge.live.presence:TELL_EVERY_S": 0.5, "bridge.live.presence:FORGET_AFTER_MS": 2000}


class District:
    """``first`` and ``second`` are the processes; ``api`` is a person at one of them."""

    def __init__(self, folder: Path, database_url: str, nursery: Nursery, redis: RedisServer) -> None:
        self.redis = redis
        self.world = World(folder, database_url, outbox=OUTBOX, live=LIVE)
        config = self.world.config.model_dump() | {"redis": {"url": redis.url}}
        other = config | {"server": config["server"] | {"port": free_port()}}
        make = type(self.world.config).model_validate
        self.first = BridgeProcess(nursery, folder / "first", make(config), CONSTANTS)
        self.second = BridgeProcess(nursery, folder / "second", make(other), CONSTANTS)
        self.db = Database(DatabaseConfig(url=database_url))
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        await self.world.start()
        self._stack.push_async_callback(self.world.stop)
        self._stack.push_async_callback(self.db.close)
        await self.world.stop_bridge()
        for process in (self.first, self.second):
            await process.start()
        await self.connected()

    async def stop(self) -> None:
        for process in (self.first, self.second):
            if process.pid:
                await process.kill()
        await self._stack.aclose()

    async def connected(self) -> None:
        """Wait until both hear each other."""
        for process in (self.first, self.second):
            api = Api(process.base, None)

            async def is_on_the_bus(api: Api = api) -> bool:
                async with api.session.get("/readyz") as answer:
                    return bool((await answer.json())["redis"])

            await until(is_on_the_bus)
            await api.close()

    async def api(self, process: BridgeProcess, person_id: int) -> Api:
        """The web API of that process; closed with the district."""
        api = Api(process.base, person_id, self.world.token(person_id))
        self._stack.push_async_callback(api.close)
        return api

    async def settled(self) -> None:
        await until_sent(self.db)

"""A private Redis server that keeps nothing."""

from __future__ import annotations

from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bridge.demo.processes import Command, ServerProcess
from testbed.ports import free_port
from testbed.programs import require_program


class RedisServer(ServerProcess):
    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        program = require_program("redis-server", "redis-server")
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        command = Command("Redis", [program, *options], cwd=folder, log_path=folder / "redis.log")
        super().__init__(command, is_ready=self._answers)

    async def flush(self) -> None:
        async with Redis.from_url(self.url) as client:
            await client.flushall()

    async def _answers(self) -> bool:
        try:
            async with Redis.from_url(self.url) as client:
                return bool(await client.ping())
        except (RedisError, OSError):
            return False

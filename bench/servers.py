"""
The real parts of a run, each a process of its own: Synapse, PostgreSQL, Redis and the bridge.

Synapse is on SQLite, as in the demo and the tests; it is the same one for both sides.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from testbed.homeserver import TestedSynapse
from testbed.postgres import PostgresServer
from testbed.redis import RedisServer

from bench import ROOT
from bench.options import Options
from bridge.config import Config
from bridge.demo.processes import Command, ServerProcess

SECRET = "the signing key of the bench, 32 bytes"


class BridgeProcess(ServerProcess):
    """``classbridge serve``; with *profile* under ``bench.profiled``, which writes its stacks into that folder."""

    def __init__(self, config: Config, folder: Path, profile: Path | None) -> None:
        self.config = config
        path = folder / "config.yaml"
        path.write_text(yaml.safe_dump(config.model_dump(mode="json")), "utf-8")
        program = ["-m", "bench.profiled", str(profile)] if profile else ["-m", "bridge"]
        argv = [sys.executable, *program, "serve", "--config", str(path)]
        command = Command("the bridge", argv, cwd=ROOT, log_path=folder / "bridge.log")
        super().__init__(command, is_ready=self._answers)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.config.server.port}"

    async def _answers(self) -> bool:
        """Ready is who also reaches the homeserver."""
        try:
            async with aiohttp.ClientSession(self.base) as session, session.get("/readyz") as answer:
                return answer.status == 200 and bool((await answer.json())["homeserver"])
        except aiohttp.ClientError:
            return False


@dataclass
class Servers:
    """All of them, running, except that the bridge is started by whoever has filled its database."""

    folder: Path
    synapse: TestedSynapse
    postgres: PostgresServer | None
    redis: RedisServer | None
    bridge: BridgeProcess

    @property
    def config(self) -> Config:
        return self.bridge.config

    def pids(self) -> dict[str, int]:
        running: dict[str, ServerProcess | None] = {
            "bridge": self.bridge,
            "synapse": self.synapse,
            "postgresql": self.postgres,
        }
        return {name: server.pid for name, server in running.items() if server is not None}


@asynccontextmanager
async def running(options: Options) -> AsyncIterator[Servers]:
    """Start them; stop them in reverse, by process id, and delete their files."""
    async with AsyncExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="classbridge-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        postgres = redis = None
        database = f"sqlite:///{folder / 'bridge.db'}"
        if not options.sqlite:
            postgres, redis = PostgresServer(), RedisServer(folder)
            stack.push_async_callback(postgres.remove)
            stack.push_async_callback(redis.stop)
            await asyncio.gather(postgres.start(), redis.start())
            database = postgres.url(await postgres.create_database())
        synapse = TestedSynapse(folder)
        stack.push_async_callback(synapse.stop)
        await synapse.start()
        config = _config(synapse, database, redis.url if redis else None)
        bridge = BridgeProcess(config, folder, options.profile)
        stack.push_async_callback(bridge.stop)
        yield Servers(folder, synapse, postgres, redis, bridge)


def _config(synapse: TestedSynapse, database_url: str, redis_url: str | None) -> Config:
    """All defaults, except that nobody is held to the rate limits."""
    document: dict[str, Any] = {
        "server": {"port": synapse.bridge_port, "public_url": synapse.appservice.url},
        "homeserver": synapse.homeserver.model_dump(),
        "appservice": synapse.appservice.model_dump(),
        "auth": {"secret": SECRET},
        "files": {"secret": "a secret for the addresses of files"},
        "database": {"url": database_url},
        "redis": {"url": redis_url},
        "limits": {"enabled": False},
        "log": {"level": "WARNING"},
    }
    return Config.model_validate(document)

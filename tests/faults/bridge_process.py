"""The bridge in a process of its own, to be killed and started again; what a test sees of ``nursery.py``."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import yaml
from testbed.waiting import until

from bridge.config import Config

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


class Nursery:
    """Starts bridges quickly; all of them end with it."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        path = os.pathsep.join(map(str, (ROOT, HERE)))
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(HERE / "nursery.py"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": path},
            start_new_session=True,
        )

    async def ask(self, wish: Mapping[str, Any]) -> int:
        assert self._process
        assert self._process.stdin
        assert self._process.stdout
        async with self._turn:
            self._process.stdin.write(json.dumps(wish).encode() + b"\n")
            return int(await self._process.stdout.readline())

    async def stop(self) -> None:
        if self._process and self._process.stdin:
            self._process.stdin.close()  # it ends then, and its children with it
            await self._process.wait()


class BridgeProcess:
    """One bridge; ``constants`` replace a module's own (``{"bridge.upkeep:GAPS_S": 0.2}``)."""

    def __init__(self, nursery: Nursery, folder: Path, config: Config, constants: Mapping[str, Any] = {}) -> None:
        self._nursery, self.config, self._constants = nursery, config, dict(constants)
        folder.mkdir(parents=True, exist_ok=True)
        self.arm_path, self.log_path = folder / "armed.json", folder / "bridge.log"
        self._config_path = folder / "config.yaml"
        self._config_path.write_text(yaml.safe_dump(config.model_dump(mode="json")))
        self.pid = 0

    @property
    def base(self) -> str:
        return f"http://{self.config.server.host}:{self.config.server.port}"

    async def start(self) -> None:
        """Run it and wait until it answers."""
        self.pid = await self._nursery.ask(
            {
                "start": str(self._config_path),
                "arm": str(self.arm_path),
                "log": str(self.log_path),
                "constants": self._constants,
            }
        )
        await until(self._answers, limit_s=30)

    async def _answers(self) -> bool:
        assert not self._has_ended(), self.log_path.read_text()[-3000:]
        try:
            async with aiohttp.ClientSession() as session, session.get(f"{self.base}/healthz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    def _has_ended(self) -> bool:
        return psutil.Process(self.pid).status() == psutil.STATUS_ZOMBIE

    async def wait(self, limit_s: float = 20) -> int:
        """Wait until it has ended; its exit status, negative for a signal."""
        await until(self._has_ended, limit_s=limit_s)
        status = await self._nursery.ask({"reap": self.pid})
        self.pid = 0
        return status

    async def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        await self.wait()

    async def stop(self) -> int:
        """Ask it to end, as an operator does."""
        os.kill(self.pid, signal.SIGTERM)
        return await self.wait()

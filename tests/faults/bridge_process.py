"""The bridge in a process of its own, to be killed and started again; what a test sees of ``faults.nursery``."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from testbed.nursery import Fork, Nursery
from testbed.waiting import until

from bridge.config import Config


class BridgeProcess:
    """One bridge; ``constants`` replace a module's own (``{"bridge.upkeep:GAPS_S": 0.2}``)."""

    def __init__(self, nursery: Nursery, folder: Path, config: Config, constants: Mapping[str, Any] = {}) -> None:
        self._nursery, self.config, self._constants = nursery, config, dict(constants)
        folder.mkdir(parents=True, exist_ok=True)
        self.arm_path, self.log_path = folder / "armed.json", folder / "bridge.log"
        self._config_path = folder / "config.yaml"
        self._config_path.write_text(yaml.safe_dump(config.model_dump(mode="json")))
        self._fork: Fork | None = None

    @property
    def pid(self) -> int:
        """0: it does not run."""
        return self._fork.pid if self._fork else 0

    @property
    def base(self) -> str:
        return f"http://{self.config.server.host}:{self.config.server.port}"

    async def start(self) -> None:
        """Run it and wait until it answers."""
        wish = {"config": str(self._config_path), "arm": str(self.arm_path), "constants": self._constants}
        self._fork = await self._nursery.fork(self.log_path, wish)
        await until(self._answers, limit_s=30)

    async def _answers(self) -> bool:
        assert not self._has_ended(), self.log_path.read_text()[-3000:]
        try:
            async with aiohttp.ClientSession() as session, session.get(f"{self.base}/healthz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    def _has_ended(self) -> bool:
        return self._running.returncode is not None

    @property
    def _running(self) -> Fork:
        assert self._fork, "it was never started, or its end was seen"
        return self._fork

    async def wait(self, limit_s: float = 20) -> int:
        """Wait until it has ended; its exit status, negative for a signal."""
        await until(self._has_ended, limit_s=limit_s)
        status = self._running.returncode
        assert status is not None
        self._fork = None
        return status

    async def kill(self) -> None:
        self._running.send_signal(signal.SIGKILL)
        await self.wait()

    async def stop(self) -> int:
        """Ask it to end, as an operator does."""
        self._running.send_signal(signal.SIGTERM)
        return await self.wait()

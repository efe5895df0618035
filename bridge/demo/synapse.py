"""A real Synapse from PyPI as a child process, for the demo, the tests and the benchmarks."""

from __future__ import annotations

import sys
from importlib import metadata

import aiohttp

from bridge.demo.admin import SynapseAdmin
from bridge.demo.processes import Command, ServerProcess, require_free_port
from bridge.demo.synapse_config import SynapseConfig, write_homeserver_config
from bridge.errors import ConfigError

__all__ = ["SynapseAdmin", "SynapseConfig", "SynapseProcess", "write_homeserver_config"]


class SynapseProcess(ServerProcess):
    """
    One homeserver, one process.

    ``start()`` waits until it answers, ``stop()`` is graceful, ``kill()`` is SIGKILL; both leave it ready for
    another ``start()``. Its log is ``homeserver.log`` in its data directory.
    """

    def __init__(self, config: SynapseConfig) -> None:
        self.config = config
        argv = [sys.executable, "-P", "-m", "synapse.app.homeserver", "-c", str(config.path)]
        command = Command("Synapse", argv, cwd=config.data_dir, log_path=config.data_dir / "homeserver.log")
        super().__init__(command, is_ready=self._answers)

    async def start(self) -> None:
        """
        Start it and wait until it answers; 1.5 s, the first time 2.5 s.

        Raises:
            ConfigError: The port is taken, matrix-synapse is not installed, or it ended with an error.
        """
        _require_synapse()
        require_free_port(self.config.port, server="the homeserver", option="--homeserver-port")
        await super().start()

    async def _answers(self) -> bool:
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session,
                session.get(f"{self.config.url}/_matrix/client/versions") as answer,
            ):
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False


def _require_synapse() -> None:
    try:
        metadata.version("matrix-synapse")
    except metadata.PackageNotFoundError as error:
        raise ConfigError(
            "matrix-synapse is not installed; run `make setup`, or `pip install classbridge[demo]`"
        ) from error

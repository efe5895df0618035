"""A Matrix client of others in a process of its own (``tests/clients``), told what to do line by line."""

from __future__ import annotations

import asyncio
import os
import subprocess
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).parents[2]
FOLDER = "tests/clients"
LINE_BYTES = 4 << 20


class Refused(Exception):
    """What the client was told: ``status``, ``message``, and what else the answer held."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error.get("message"))
        self.error = error


class OtherClient:
    """``await client.ask("send", roomId=…, body=…)``: the result, or ``Refused``."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, kind: str) -> OtherClient:
        """*kind* is a script of ``tests/clients/package.json``; its packages are installed the first time."""
        environment = {**os.environ, "NPM_FOLDER": FOLDER}
        await asyncio.to_thread(
            subprocess.run, ["scripts/npm", "--version"], cwd=ROOT, env=environment, check=True, capture_output=True
        )
        process = await asyncio.create_subprocess_exec(
            "scripts/npm",
            "run",
            "--silent",
            kind,
            cwd=ROOT,
            env=environment,
            stdin=PIPE,
            stdout=PIPE,
            limit=LINE_BYTES,
        )
        return cls(process)

    async def ask(self, command: str, /, limit_s: float = 60, **given: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(orjson.dumps({"command": command, **given}) + b"\n")
        await self._process.stdin.drain()
        line = await asyncio.wait_for(self._process.stdout.readline(), limit_s)
        assert line, f"the client ended at {command}"
        answer = orjson.loads(line)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["ok"]

    async def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await asyncio.wait_for(self._process.wait(), 20)

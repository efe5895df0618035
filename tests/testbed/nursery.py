"""Programs that are started often, each loaded once: what a test sees of ``testbed.forks``."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from math import inf
from pathlib import Path
from threading import Lock
from typing import Any

import psutil

from testbed.waiting import until

TESTS = Path(__file__).parents[1]


class Nursery:
    """A process that runs *module* and forks; all that it started end with it. Make it in the main thread."""

    def __init__(self, module: str) -> None:
        self._turn = Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(TESTS)},
            start_new_session=True,
        )

    async def fork(self, log_path: Path, wish: Mapping[str, Any]) -> Fork:
        """Start the program; it writes to *log_path*, which may be there. The first time waits until it is loaded."""
        return Fork(self, await asyncio.to_thread(self._ask, {**wish, "log": str(log_path)}))

    def reap(self, pid: int) -> int:
        """The exit status of a child that has ended; negative for a signal."""
        return self._ask({"reap": pid})

    def stop(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def _ask(self, wish: Mapping[str, Any]) -> int:
        assert self._process.stdin
        assert self._process.stdout
        with self._turn:
            self._process.stdin.write(json.dumps(wish) + "\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())


class Fork:
    """One child of a nursery, as ``asyncio.subprocess.Process`` is."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self.pid = pid
        self._nursery = nursery
        self._status: int | None = None

    @property
    def returncode(self) -> int | None:
        if self._status is None and psutil.Process(self.pid).status() == psutil.STATUS_ZOMBIE:
            self._status = self._nursery.reap(self.pid)
        return self._status

    async def wait(self) -> int:
        await until(lambda: self.returncode is not None, limit_s=inf)
        assert self._status is not None
        return self._status

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

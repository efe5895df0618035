"""Servers as child processes: started, watched until they answer, stopped by their id; never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals
from typing import BinaryIO

from bridge.errors import ConfigError

POLL_S = 0.03
LOG_TAIL_LINES = 12

# On Linux the kernel sends the signal when our process ends, however it ends: not even `kill -9` leaves a
# server behind. A launcher asks for it, because preexec_fn may deadlock in a process with threads; exec keeps
# the process id.
_LAUNCHER = """\
import ctypes, os, pwd, sys
libc = ctypes.CDLL(None)
signal, parent, user, *argv = sys.argv[1:]
if user:
    who = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(who.pw_gid)
    os.setuid(who.pw_uid)
if sys.platform == "linux":
    libc.prctl(1, int(signal))  # PR_SET_PDEATHSIG; after the change of user, which clears it
if os.getppid() != int(parent):
    sys.exit("the process that started this one has ended")
os.execv(argv[0], argv)
"""


@dataclass(frozen=True)
class Command:
    """
    What to run.

    Attributes:
        name: As people know it, for errors ("Synapse").
        argv: The first is an absolute path.
        log_path: Gets stdout and stderr, appended.
        env: Added to the environment of this process.
        user: Whom to run it as; only root can choose.
        stop_signal: What ends it gracefully.
    """

    name: str
    argv: Sequence[str]
    cwd: Path
    log_path: Path
    env: dict[str, str] = field(default_factory=dict)
    user: str | None = None
    stop_signal: Signals = SIGTERM


class ServerProcess:
    """
    One server as a child process; call ``start()`` from the main thread, for the kernel watches that thread.

    It has its own session, so that Ctrl-C reaches only us and we stop it in our order.
    """

    def __init__(self, command: Command, *, is_ready: Callable[[], Awaitable[bool]], start_limit_s: float = 60) -> None:
        self.command = command
        self._is_ready = is_ready
        self._start_limit_s = start_limit_s
        self._process: asyncio.subprocess.Process | None = None
        self._log_start = 0

    @property
    def pid(self) -> int:
        """The process id; raises when it was never started."""
        if self._process is None:
            raise RuntimeError(f"{self.command.name} was not started")
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """
        Run it and wait until it answers.

        Raises:
            ConfigError: It ended at once or does not answer in time; the message holds its last log lines.
        """
        command = self.command
        command.log_path.parent.mkdir(parents=True, exist_ok=True)
        with command.log_path.open("ab") as log:
            self._log_start = log.tell()
            self._process = await self._spawn(log)
        try:
            await self._until_ready()
        except BaseException:
            await self.kill()
            raise

    async def stop(self, limit_s: float = 10) -> None:
        """Ask it to end, then force it after *limit_s*; does nothing when it has ended."""
        if self._process is None or not self._signal(self.command.stop_signal):
            return
        try:
            await asyncio.wait_for(self._process.wait(), limit_s)
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End it as a power cut would: SIGKILL."""
        if self._process is not None and self._signal(SIGKILL):
            await self._process.wait()

    async def wait(self) -> int:
        """Wait until it ends by itself or by ``stop()``; returns its status."""
        if self._process is None:
            raise RuntimeError(f"{self.command.name} was not started")
        return await self._process.wait()

    def log_tail(self) -> str:
        """The last lines of its log since this start."""
        with self.command.log_path.open("rb") as log:
            log.seek(self._log_start)
            return "\n".join(log.read().decode("utf-8", "replace").splitlines()[-LOG_TAIL_LINES:])

    async def _spawn(self, log: BinaryIO) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *_launch(self.command),
            cwd=self.command.cwd,
            env=os.environ | self.command.env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    async def _until_ready(self) -> None:
        end = time.monotonic() + self._start_limit_s
        while not await self._is_ready():
            what = None
            if not self.is_running:
                what = "ended at its start"
            elif time.monotonic() > end:
                what = f"does not answer after {self._start_limit_s:g} s"
            if what:
                raise ConfigError(f"{self.command.name} {what}; {self.command.log_path} ends with:\n{self.log_tail()}")
            await asyncio.sleep(POLL_S)

    def _signal(self, signal: Signals) -> bool:
        """Send *signal* unless it has ended."""
        if self._process is None or self._process.returncode is not None:
            return False
        with contextlib.suppress(ProcessLookupError):  # it ended just now; who waits learns it
            self._process.send_signal(signal)
        return True


def _launch(command: Command) -> list[str]:
    arguments = [str(int(command.stop_signal)), str(os.getpid()), command.user or ""]
    return [sys.executable, "-I", "-S", "-c", _LAUNCHER, *arguments, *command.argv]


def require_free_port(port: int, *, server: str, option: str) -> None:
    """
    Make sure that *server* can listen on *port* of 127.0.0.1.

    Raises:
        ConfigError: One sentence with the port, and *option* as the way out.
    """
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # closed connections do not count
            probe.bind(("127.0.0.1", port))
    except PermissionError as error:
        raise ConfigError(f"port {port} for {server} needs root; choose one above 1023 with {option}") from error
    except OSError as error:
        why = f"port {port} for {server} is taken; stop what listens there or choose another with {option}"
        raise ConfigError(why) from error

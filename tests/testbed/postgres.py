"""A private PostgreSQL server."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from signal import SIGINT

import asyncpg

from bridge.demo.processes import Command, ServerProcess
from bridge.errors import ConfigError
from testbed.ports import free_port
from testbed.programs import require_program, unprivileged_user
from testbed.waiting import until

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "fsync": "on",  # the crash tests mean it
    "min_wal_size": "32MB",  # it may be in memory
    "max_wal_size": "128MB",
}


class PostgresServer(ServerProcess):
    """
    One server with its own data directory, which ``stop()`` leaves and ``remove()`` deletes.

    ``start()`` makes the data directory. SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self._user = unprivileged_user()
        self._numbers = count(1)
        # Not below pytest's own folder: only root may enter that one.
        self.folder = Path(tempfile.mkdtemp(prefix="classbridge-postgres-"))
        self._data = self.folder / "data"
        argv = [require_program("postgres", "postgresql"), "-D", str(self._data), "-p", str(self.port)]
        for key, value in SETTINGS.items():
            argv += ["-c", f"{key}={value}"]
        command = Command(
            "PostgreSQL",
            argv,
            cwd=self.folder,
            log_path=self.folder / "server.log",
            user=self._user,
            stop_signal=SIGINT,
        )
        super().__init__(command, is_ready=self._answers)

    async def start(self) -> None:
        if not self._data.exists():
            self._make_data()
        await super().start()

    async def kill(self) -> None:
        """With all its processes: those of the clients outlive it for a moment, and nothing can start beside them."""
        await super().kill()
        await until(lambda: not self._processes())

    async def remove(self) -> None:
        await self.stop()
        shutil.rmtree(self.folder)

    def url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    async def create_database(self, *, template: str = "template0", for_synapse: bool = False) -> str:
        """Make a database, a copy of *template*, and return its name. Synapse wants the C collation."""
        name = f"test_{next(self._numbers)}"
        collation = " LC_COLLATE 'C' LC_CTYPE 'C'" if for_synapse else ""
        await self._execute(f"CREATE DATABASE {name} TEMPLATE {template}{collation}")
        return name

    async def drop_database(self, name: str) -> None:
        await self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _processes(self) -> list[Path]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(ProcessLookupError, FileNotFoundError, PermissionError):  # ended, or not ours
                if (process / "cwd").readlink() == self._data:
                    found.append(process)
        return found

    def _make_data(self) -> None:
        if self._user:
            shutil.chown(self.folder, self._user)
        initdb = require_program("initdb", "postgresql")
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        done = subprocess.run(
            [initdb, "-D", str(self._data), *options],
            cwd=self.folder,
            user=self._user,
            group=None,
            extra_groups=[] if self._user else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise ConfigError(f"initdb ended with an error:\n{done.stderr}")

    async def _execute(self, statement: str) -> None:
        conn = await asyncpg.connect(self.url("postgres"))
        try:
            await conn.execute(statement)
        finally:
            await conn.close()

    async def _answers(self) -> bool:
        try:
            conn = await asyncpg.connect(self.url("postgres"), timeout=2)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        await conn.close()
        return True

"""Fresh databases of the bridge: migrated once for each kind, then copied."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

from bridge.config import DatabaseConfig
from bridge.db.migrate import opened
from testbed.postgres import PostgresServer

KINDS = ("sqlite", "postgresql")


class Databases(Protocol):
    def fresh(self) -> AbstractAsyncContextManager[str]:
        """Give the address of a migrated, empty database; it is removed at the end."""


class SqliteDatabases:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        self._numbers = count(1)

    @asynccontextmanager
    async def fresh(self) -> AsyncIterator[str]:
        if not self._template.exists():
            await _migrate(f"sqlite:///{self._template}")
        path = self._folder / f"test_{next(self._numbers)}.db"
        shutil.copy(self._template, path)
        yield f"sqlite:///{path}"
        for file in self._folder.glob(f"{path.name}*"):
            file.unlink()


class PostgresDatabases:
    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._template: str | None = None

    @asynccontextmanager
    async def fresh(self) -> AsyncIterator[str]:
        if self._template is None:
            template = await self._server.create_database()
            await _migrate(self._server.url(template))
            self._template = template
        name = await self._server.create_database(template=self._template)
        yield self._server.url(name)
        await self._server.drop_database(name)


async def _migrate(url: str) -> None:
    async with opened(DatabaseConfig(url=url)):
        pass

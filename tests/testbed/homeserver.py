"""A private Synapse with a registration for a bridge, and Matrix clients on it."""

from __future__ import annotations

import atexit
import secrets
import shutil
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO
from urllib.parse import urlencode

import aiohttp
from nio import AsyncClient, LoginResponse

from bridge.config import AppserviceConfig, HomeserverConfig
from bridge.demo.synapse import SynapseAdmin, SynapseProcess, write_homeserver_config
from bridge.demo.synapse_config import Rules
from bridge.matrix.registration import write_registration
from testbed.nursery import Fork, Nursery
from testbed.ports import free_port

SERVER_NAME = "school.test"


@cache
def _nursery() -> Nursery:
    """One for the session: what it has loaded is the same for all homeservers."""
    nursery = Nursery("testbed.synapse_nursery")
    atexit.register(nursery.stop)
    return nursery


@cache
def _template() -> Path:
    """Where the tables of a new homeserver are kept; the first one makes them, which takes half of its start."""
    folder = TemporaryDirectory(prefix="classbridge-synapse-")
    atexit.register(folder.cleanup)
    return Path(folder.name) / "homeserver.db"


def _copy_database(source: Path, target: Path) -> None:
    """Of a homeserver that runs: not its file, of which a part is in the log beside it."""
    with closing(sqlite3.connect(source)) as found, closing(sqlite3.connect(target)) as copy:
        found.backup(copy)


class TestedSynapse(SynapseProcess):
    """
    One homeserver; the bridge that it pushes to is the test's own affair.

    ``appservice`` and ``homeserver`` are sections of a bridge's config. Nobody listens on ``bridge_port``
    until a test starts a bridge there. With *rules*, options of the module, the school's rules hold. Tests that share
    a homeserver see each other's people: take other ids.
    """

    __test__ = False

    def __init__(
        self,
        folder: Path,
        *,
        with_limits: bool = False,
        database_url: str | None = None,
        rules: dict[str, Any] | None = None,
    ) -> None:
        self.bridge_port = free_port()
        port = free_port()
        self.appservice = AppserviceConfig(
            url=f"http://127.0.0.1:{self.bridge_port}",
            as_token=secrets.token_hex(32),
            hs_token=secrets.token_hex(32),
        )
        url = f"http://127.0.0.1:{port}"
        self.homeserver = HomeserverConfig(url=url, public_url=url, server_name=SERVER_NAME)
        registration_path = folder / "registration.yaml"
        write_registration(registration_path, self.appservice, self.homeserver)
        config = write_homeserver_config(
            folder / "synapse",
            server_name=SERVER_NAME,
            port=port,
            registration_path=registration_path,
            bcrypt_rounds=4,
            with_limits=with_limits,
            database_url=database_url,
            rules=None if rules is None else Rules(self.appservice.url, self.appservice.hs_token, **rules),
        )
        self._is_on_sqlite = database_url is None
        super().__init__(config)

    async def start(self) -> None:
        database = self.config.data_dir / "homeserver.db"
        is_new = self._is_on_sqlite and not database.exists()
        if is_new and (template := _template()).exists():
            shutil.copy(template, database)
        await super().start()
        if is_new and not template.exists():
            _copy_database(database, template)

    async def _spawn(self, log: BinaryIO) -> Fork:
        wish = {"config": str(self.config.path), "cwd": str(self.config.data_dir)}
        return await _nursery().fork(self.command.log_path, wish)

    @property
    def url(self) -> str:
        return self.config.url

    def ghost(self, person_id: int) -> str:
        return f"@{self.appservice.user_prefix}{person_id}:{SERVER_NAME}"

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def as_bridge(self, method: str, path: str, body: object = None, *, person_id: int | None = None) -> dict:
        """Call the homeserver with the bridge's token, as a ghost or as the bot; an error raises."""
        query = f"?{urlencode({'user_id': self.ghost(person_id)})}" if person_id is not None else ""
        headers = {"Authorization": f"Bearer {self.appservice.as_token}"}
        async with (
            aiohttp.ClientSession(self.url, headers=headers, raise_for_status=True) as session,
            session.request(method, f"/_matrix/client/v3/{path}{query}", json=body) as answer,
        ):
            return await answer.json()

    async def register_ghost(self, person_id: int) -> str:
        """Make the ghost unless it is there; its mxid."""
        username = f"{self.appservice.user_prefix}{person_id}"
        body = {"type": "m.login.application_service", "username": username, "inhibit_login": True}
        try:
            await self.as_bridge("POST", "register", body)
        except aiohttp.ClientResponseError as error:
            if error.status != 400:  # M_USER_IN_USE
                raise
        return self.ghost(person_id)

    async def sign_in(self, person_id: int, password: str = "a password of the tests") -> AsyncClient:
        """Sign the ghost in as Element would, by password; the caller closes the client."""
        mxid = await self.register_ghost(person_id)
        async with SynapseAdmin(self.config) as admin:
            await admin.set_password(mxid, password)
        client = AsyncClient(self.url, mxid)
        answer = await client.login(password)
        if isinstance(answer, LoginResponse):
            return client
        await client.close()
        raise AssertionError(f"{mxid} cannot sign in: {answer}")

"""The module's snapshot of the school: asked of the bridge, kept in memory and on disk."""

from __future__ import annotations

import json
import logging
import math
import os
import socket
import time
from pathlib import Path

from synapse.module_api import ModuleApi

from bridge.permissions.snapshot import Identity, Snapshot, read_snapshot
from classbridge_synapse.bridge_link import BridgeAway, BridgeLink
from classbridge_synapse.rules_config import RulesConfig

log = logging.getLogger(__name__)

WAIT_S = 0.02


class SnapshotKeeper:
    """
    Polls the bridge with the ETag of what it has.

    ``current`` is None before the first snapshot. It is stale when the bridge was last heard too long ago.
    """

    def __init__(self, api: ModuleApi, link: BridgeLink, identity: Identity, config: RulesConfig) -> None:
        self._api, self._link, self._identity = api, link, identity
        self._path, self._stale_after_s = config.snapshot_file, config.stale_after_s
        self.current: Snapshot | None = None
        self._etag: str | None = None
        # Since the machine began: its clock may be set. A snapshot from the disk is stale until the bridge confirms it.
        self._heard_s = -math.inf
        self._begun = self._ended = 0  # polls, counted
        self._is_away = False
        self._to_write: bytes | None = None
        self._is_refused = False  # by the disk
        self._read_file()
        api.looping_background_call(self.poll, config.poll_s * 1000, desc="school_rules", run_on_all_instances=True)

    @property
    def is_stale(self) -> bool:
        return time.monotonic() - self._heard_s > self._stale_after_s

    async def refresh(self) -> None:
        """Wait for the end of a poll that begins now or later; all who wait share it."""
        wanted = self._begun + 1
        while self._ended < wanted:
            if self._begun > self._ended:
                await self._api.sleep(WAIT_S)
            else:
                await self.poll()

    async def poll(self) -> None:
        if self._begun > self._ended:
            return
        self._begun += 1
        try:
            await self._poll()
        finally:
            self._ended = self._begun

    async def _poll(self) -> None:
        try:
            found = await self._link.get_snapshot(self._etag)
            if found is not None:
                await self._take(*found)
        except (BridgeAway, ValueError) as error:
            if not self._is_away:
                log.warning("no news of the school's rules: %s", error)
            self._is_away = True
            return
        if self._is_away:
            log.warning("the school's rules are there again")
        self._is_away = False
        self._heard_s = time.monotonic()
        await self._keep()

    async def _take(self, etag: str, body: bytes) -> None:
        self.current, self._etag = await self._api.defer_to_thread(_parse, body, self._identity), etag
        self._to_write = body

    async def _keep(self) -> None:
        """Write what is new to the disk; a full disk ends no rule, and is tried again at the next poll."""
        body, was_refused = self._to_write, self._is_refused
        if body is None:
            return
        try:
            await self._api.defer_to_thread(_write, self._path, body)
        except OSError as error:
            self._is_refused = True
            if not was_refused:
                log.warning("%s cannot be written (%s): a restart would know less of the school", self._path, error)
            return
        self._is_refused = False
        if self._to_write is body:
            self._to_write = None

    def _read_file(self) -> None:
        try:
            self.current = _parse(self._path.read_bytes(), self._identity)
        except FileNotFoundError:
            log.info("%s is not there: until the bridge answers nobody makes new contacts", self._path)
        except (OSError, ValueError) as error:
            log.warning("%s cannot be read (%s): until the bridge answers nobody makes new contacts", self._path, error)


def _parse(body: bytes, identity: Identity) -> Snapshot:
    document = json.loads(body)
    if not isinstance(document, dict):
        raise ValueError("not a snapshot")  # noqa: TRY004 - wrong content, not a wrong call
    return read_snapshot(document, identity)


def _write(path: Path, body: bytes) -> None:
    """Write it whole or not at all; it holds names, so only its owner reads it."""
    new = path.with_suffix(f".{socket.gethostname()}-{os.getpid()}.new")  # workers share the file, also in containers
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(body)
    new.replace(path)

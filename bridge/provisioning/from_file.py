"""The school file of the config: what it would change, and the change. For the command line and a start."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bridge.chat.changes import Change
from bridge.config import Config
from bridge.db.engine import Database
from bridge.db.migrate import upgrade
from bridge.errors import ConfigError
from bridge.matrix.homeserver import Homeserver
from bridge.permissions.school import School
from bridge.provisioning.apply import Parts, Report
from bridge.provisioning.provision import make_plan, provision
from bridge.provisioning.spec import Step
from bridge.roster.roster import Roster
from bridge.roster.store import load_school, save_roster
from bridge.roster.yaml_source import load_roster


async def plan_file(config: Config) -> list[Step]:
    """What ``apply_file`` would do; nothing is written, not even the roster."""
    found = _load(config)
    school = School.of(found.people, found.groups, found.enrolments)
    async with _parts(config) as parts:
        return await make_plan(parts.db, parts.homeserver, school)


async def apply_file(config: Config) -> Report:
    """
    Store the roster of the school file and make Matrix follow it.

    Another process does it than the one that serves: that one notices the new roster by its version.
    """
    found = _load(config)
    async with _parts(config) as parts:
        school = await _store(parts.db, found)
        steps = await make_plan(parts.db, parts.homeserver, school)
        return await provision(parts, school, steps, lambda _: None)


async def store_file(config: Config) -> None:
    """Store the roster of the school file, if the config names one; the running bridge follows it."""
    if config.roster.file is None:
        return
    found = _load(config)
    async with _parts(config) as parts:
        await _store(parts.db, found)


async def _store(db: Database, found: Roster) -> School:
    """Passwords of the file are of the demo only and are left out."""
    async with db.writing() as conn:
        await save_roster(conn, found, {})
    async with db.reading() as conn:
        return await load_school(conn)


def _load(config: Config) -> Roster:
    if config.roster.file is None:
        raise ConfigError("the config names no school file; set roster.file")
    return load_roster(config.roster.file)


@asynccontextmanager
async def _parts(config: Config) -> AsyncIterator[Parts]:
    db = Database(config.database)
    homeserver = Homeserver(config.homeserver, config.appservice)
    try:
        await upgrade(db)
        await homeserver.start()
        yield Parts(db, homeserver, _tell_nobody, lambda: time.time_ns() // 1_000_000)
    finally:
        await homeserver.close()
        await db.close()


async def _tell_nobody(_changes: Sequence[Change]) -> None:
    """No socket is open in this process."""

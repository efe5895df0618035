"""
The one source of the whole roster that the config names: a YAML file, OneRoster CSV, or the panel's lists.

A file is the same list until it changes: reading it twice, by two processes or after a restart, must not count as two
lists that lack somebody. On another day it is read again: classes that are over by then are gone.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from prometheus_client import Counter

from bridge.config import Config
from bridge.db.engine import Database
from bridge.errors import ConfigError
from bridge.roster import intake, runs, source_state
from bridge.roster.at_rest import lock_roster
from bridge.roster.brake import Sizes
from bridge.roster.oneroster.known import Known
from bridge.roster.oneroster.limits import Limits
from bridge.roster.oneroster.reader import read_oneroster
from bridge.roster.panel_source import PanelSource
from bridge.roster.reads import Read
from bridge.roster.runs import Counts, Failure, Run, RunState
from bridge.roster.sourced_ids import SourcedId, load_sourced_ids, save_sourced_ids
from bridge.roster.store import load_school
from bridge.roster.yaml_source import load_roster

READS = Counter("classbridge_roster_reads", "Reads of the roster's source, by what came of them", ["source", "outcome"])

Source = Literal["yaml", "oneroster", "panel-pull"]


@dataclass(frozen=True)
class Found:
    """
    A read, and what belongs to it.

    Attributes:
        new_ids: Ids for a source's own text ids, to be stored with it.
        left_out: What is no part of a roster, in words, and how often.
        mark: By which the same file is known again; empty: every read counts.
    """

    read: Read
    new_ids: Mapping[SourcedId, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    mark: str = ""


def source_of(config: Config) -> Source | None:
    """Which one the config names; None: none, the panel pushes."""
    if config.roster.file:
        return "yaml"
    if config.roster.oneroster.path:
        return "oneroster"
    return "panel-pull" if config.panel.pull.users else None


async def read_source(config: Config, db: Database, now_ms: int) -> Found:
    """
    Read it once.

    Raises:
        ConfigError: The file cannot be read or has faults: all of them. Or the config names no source.
        PanelUnreadable: The panel's lists could not be read to their end.
    """
    match source_of(config):
        case "yaml":
            return await _read_yaml(config.roster.file or Path(), now_ms)
        case "oneroster":
            return await _read_oneroster(config, db, now_ms)
        case "panel-pull":
            async with db.reading() as conn:
                school = await load_school(conn)
            pulled = await PanelSource(config.panel, lambda: now_ms / 1000).read(school)
            return Found(pulled.read)
    raise ConfigError(
        "the config names no source of the roster; set roster.file, roster.oneroster.path or panel.pull.users"
    )


async def _read_yaml(path: Path, now_ms: int) -> Found:
    mark = look_at(path, now_ms).mark
    return Found(Read("yaml", await asyncio.to_thread(load_roster, path), is_complete=True), mark=mark)


async def _read_oneroster(config: Config, db: Database, now_ms: int) -> Found:
    chosen = config.roster.oneroster
    path = chosen.path or Path()
    async with db.reading() as conn:
        known = Known(await load_sourced_ids(conn), await load_school(conn))
    mark = look_at(path, now_ms).mark
    found = await asyncio.to_thread(
        read_oneroster,
        path,
        known=known,
        today=_day(now_ms),
        school=chosen.school,
        limits=Limits(unpacked_bytes=chosen.unpacked_bytes),
    )
    return Found(found.read, found.new_ids, found.left_out, mark)


async def take_found(
    db: Database, found: Found, *, actor: str, now_ms: int, percent: float, is_confirmed: bool = False
) -> Run | None:
    """
    Take in what was read; None: this very file was taken before.

    Raises:
        BadRead: It contradicts itself or says that everybody has left; nothing is changed.
    """
    source = found.read.source
    async with db.writing() as conn:
        await lock_roster(conn)
        if found.mark and not is_confirmed and await source_state.get_mark(conn, source) == found.mark:
            return None
        await save_sourced_ids(conn, found.new_ids)
        run = await intake.take(
            conn, found.read, actor=actor, now_ms=now_ms, percent=percent, is_confirmed=is_confirmed
        )
        await source_state.set_mark(conn, source, found.mark, now_ms)
    return run


async def note_failure(db: Database, source: str, reason: str, *, actor: str, now_ms: int) -> None:
    """Tell in the list of runs that a read came to nothing; once, however often it is tried again."""
    failure = Failure("read", reason)
    async with db.writing() as conn:
        last = await runs.list_runs(conn, limit=1)
        if last and last[0].source == source and last[0].failures == (failure,):
            return
        failed = Run(
            id=0,
            source=source,
            actor=actor,
            started_ms=now_ms,
            finished_ms=now_ms,
            state=RunState.FAILED,
            version=None,
            counts=Counts(),
            failures=(failure,),
        )
        await runs.add_run(conn, failed, removed=Sizes(), waiting=None)


@dataclass(frozen=True)
class FileState:
    """``mark``: changes when the file, or one of the folder, is another one, and every day."""

    mark: str
    changed_ms: int


def look_at(path: Path, now_ms: int) -> FileState:
    """
    Raises:
        ConfigError: It is not there.
    """
    try:
        files = [(each.name, each.stat()) for each in (sorted(path.iterdir()) if path.is_dir() else [path])]
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    told = "\n".join(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in files)
    mark = f"{_day(now_ms)} {hashlib.sha256(told.encode()).hexdigest()[:32]}"
    return FileState(mark, max((stat.st_mtime_ns // 1_000_000 for _, stat in files), default=0))


def _day(now_ms: int) -> date:
    return datetime.fromtimestamp(now_ms / 1000, UTC).date()

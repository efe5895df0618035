"""A serving bridge reads the roster's source by itself: the file when it has changed, the panel on a timer."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

import structlog

from bridge.config import Config
from bridge.db.engine import Database
from bridge.errors import ConfigError
from bridge.roster import source_state
from bridge.roster.panel_pages import PanelUnreadable
from bridge.roster.panel_source import PanelSource, Pulled
from bridge.roster.runs import Run, RunState
from bridge.roster.settle import BadRead
from bridge.roster.sources import READS, Found, look_at, note_failure, read_source, source_of, take_found
from bridge.roster.store import SchoolCache

log = structlog.get_logger(__name__)

ACTOR = "bridge"
AT_REST_MS = 5000  # so long after its last change nobody is writing the file any more
CLAIM = 0.9  # of the interval: a turn comes a little early or late


class _Turn:
    """What both kinds share."""

    def __init__(self, config: Config, db: Database, clock: Callable[[], int], kick: Callable[[], None]) -> None:
        self._config, self._db, self._clock, self._kick = config, db, clock, kick

    async def _take(self, found: Found) -> Run | None:
        percent = self._config.roster.brake_percent
        run = await take_found(self._db, found, actor=ACTOR, now_ms=self._clock(), percent=percent)
        is_new = run is not None and run.state != RunState.UNCHANGED
        READS.labels(found.read.source, "read" if is_new else "unchanged").inc()
        if is_new:
            self._kick()
        return run

    async def _fail(self, source: str, error: ConfigError | PanelUnreadable | BadRead) -> None:
        """The roster stays as it is. The reason holds names, so it stands with the run and not in the log."""
        READS.labels(source, "failed").inc()
        log.warning("roster_read_failed", source=source, code=error.code)
        await note_failure(self._db, source, error.detail, actor=ACTOR, now_ms=self._clock())


class FileTurn(_Turn):
    """``roster.oneroster.path``: read when it has changed and has come to rest."""

    def __init__(self, config: Config, db: Database, clock: Callable[[], int], kick: Callable[[], None]) -> None:
        super().__init__(config, db, clock, kick)
        self._path = config.roster.oneroster.path or config.roster.file
        self._seen: str | None = None
        self._tried: str | None = None

    async def turn(self) -> Run | None:
        """Look once; None: there is nothing new."""
        source = source_of(self._config)
        if source is None or self._path is None:
            return None
        try:
            found = await asyncio.to_thread(look_at, self._path, self._clock())
            is_at_rest = found.mark == self._seen or found.changed_ms < self._clock() - AT_REST_MS
            self._seen = found.mark
            if found.mark == self._tried or not is_at_rest:
                return None
            self._tried = found.mark
            return await self._take(await read_source(self._config, self._db, self._clock()))
        except (ConfigError, BadRead) as error:
            await self._fail(source, error)
            return None


class PullTurn(_Turn):
    """``panel.pull``: the panel's lists, one process at a time."""

    def __init__(
        self, config: Config, db: Database, school: SchoolCache, clock: Callable[[], int], kick: Callable[[], None]
    ) -> None:
        super().__init__(config, db, clock, kick)
        self._school = school
        self._source = PanelSource(config.panel, lambda: clock() / 1000)
        self._mark = ""
        self._has_missing = False

    async def turn(self) -> Run | None:
        """Read once; None: nothing new, not our turn, or the panel could not be read."""
        every_ms = int(self._config.panel.pull.every_s * CLAIM * 1000)
        async with self._db.writing() as conn:
            if not await source_state.claim(conn, "panel-pull", self._clock(), every_ms):
                return None
        try:
            pulled = await self._source.read(await self._school.refresh())
            if await self._is_known(pulled):
                READS.labels("panel-pull", "unchanged").inc()
                return None
            self._mark = secrets.token_hex(8)
            run = await self._take(Found(pulled.read, mark=self._mark))
        except (PanelUnreadable, BadRead) as error:
            self._source.forget()
            await self._fail("panel-pull", error)
            return None
        except BaseException:
            self._source.forget()  # it was read, but not taken in
            raise
        self._has_missing = run is not None and any(
            tally.missing for tally in (run.counts.people, run.counts.groups, run.counts.enrolments)
        )
        return run

    async def _is_known(self, pulled: Pulled) -> bool:
        """Unchanged since we took it in ourselves, and no second look decides about anybody."""
        if not pulled.is_unchanged or self._has_missing:
            return False
        async with self._db.reading() as conn:
            return await source_state.get_mark(conn, "panel-pull") == self._mark

"""A broken package leaves the stored school, its ids and its runs as they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from oneroster_packages import BROKEN, GOOD, cases, write_broken
from sqlalchemy import select

from bridge.config import Config
from bridge.db.engine import Database
from bridge.roster.oneroster.faults import SourceFaults
from bridge.roster.sourced_ids import load_sourced_ids
from bridge.roster.sources import read_source, take_found
from bridge.roster.store import load_school
from bridge.roster.tables import roster_missing, roster_runs

NOW = 1_795_440_000_000  # 23 November 2026
SECRET = "a secret of this test, quite long enough"


def config(path: Path, school: str | None) -> Config:
    return Config.model_validate(
        {
            "homeserver": {"server_name": "school.test"},
            "appservice": {"as_token": SECRET, "hs_token": SECRET},
            "auth": {"secret": SECRET},
            "files": {"secret": SECRET},
            "roster": {"oneroster": {"path": path, "school": school}},
        }
    )


async def stored(database: Database) -> tuple[Any, ...]:
    async with database.reading() as conn:
        rows = [(await conn.execute(select(table))).all() for table in (roster_missing, roster_runs)]
        return await load_school(conn), await load_sourced_ids(conn), *rows


async def test_a_broken_package_changes_nothing_of_what_is_stored(database: Database, tmp_path: Path):
    found = await read_source(config(GOOD / "1.1-bulk", None), database, NOW)
    await take_found(database, found, actor="cli:test", now_ms=NOW, percent=10)
    before = await stored(database)
    assert len(before[0].people) == 6
    for number, case in enumerate(cases(BROKEN)):
        path, school = write_broken(case, tmp_path / f"{number}.zip")
        with pytest.raises(SourceFaults):
            await read_source(config(path, school), database, NOW)
    assert await stored(database) == before

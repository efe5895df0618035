"""What the bridge reads by itself: each list once, whoever reads it, and troubles told instead of taken for a list."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from testbed.oneroster import whole_school, write_package
from testbed.panel import Panel, open_panel, pull_config, rows_of
from testbed.years import in_this_year

from bridge.config import Config, parse_config
from bridge.db.engine import Database
from bridge.errors import ConfigError
from bridge.permissions.school import School
from bridge.roster import source_state
from bridge.roster.runs import Run, RunState, list_runs
from bridge.roster.sources import look_at, note_failure, read_source, take_found
from bridge.roster.store import SchoolCache, load_school
from bridge.roster.synthetic import SyntheticSchool, synthetic_roster
from bridge.roster.turns import FileTurn, PullTurn

DAY_MS = 86_400_000
SECRET = "0123456789abcdef0123456789abcdef"
ROSTER = in_this_year(synthetic_roster(SyntheticSchool(2, 30, 15, 0)))


class Clock:
    """An hour ahead: what a test has just written is long at rest."""

    def __init__(self) -> None:
        self.now_ms = round(time.time() * 1000) + 3_600_000

    def __call__(self) -> int:
        return self.now_ms


class Kicks:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kicks() -> Kicks:
    return Kicks()


def config_of(database: Database, **sections: Any) -> Config:
    document = {
        "homeserver": {"server_name": "school.test"},
        "appservice": {"as_token": SECRET, "hs_token": SECRET[::-1]},
        "auth": {"secret": SECRET},
        "files": {"secret": SECRET},
        "database": database.config.model_dump(),
        **sections,
    }
    return parse_config(document, {}, base=Path(), name="the tests' config")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_package(tmp_path / "school.zip", whole_school(ROSTER))


@pytest.fixture
def of_file(database: Database, package: Path) -> Config:
    return config_of(database, roster={"oneroster": {"path": str(package)}})


@pytest.fixture
async def panel() -> AsyncIterator[Panel]:
    async with open_panel(rows_of(ROSTER)) as panel:
        panel.page_size = 100
        yield panel


def tear(path: Path) -> None:
    """Half of an export."""
    path.write_bytes(path.read_bytes()[:-200])


async def runs(database: Database) -> list[Run]:
    async with database.reading() as conn:
        return await list_runs(conn)


async def school(database: Database) -> School:
    async with database.reading() as conn:
        return await load_school(conn)


async def take(database: Database, config: Config, clock: Clock, **more: Any) -> Run | None:
    found = await read_source(config, database, clock())
    return await take_found(database, found, actor="cli:test", now_ms=clock(), percent=100, **more)


# -- across processes and restarts -------------------------------------------------------------------------------------


async def test_of_two_processes_one_reads(database: Database):
    async def claim(now_ms: int) -> bool:
        async with database.writing() as conn:
            return await source_state.claim(conn, "panel-pull", now_ms, 1000)

    assert [await claim(5000), await claim(5000), await claim(5999), await claim(6000)] == [True, False, False, True]


async def test_one_file_is_one_list_however_often_it_is_read(
    database: Database, of_file: Config, package: Path, clock: Clock
):
    first = await take(database, of_file, clock)
    assert first
    assert first.counts.people.added == 32
    assert await take(database, of_file, clock) is None
    write_package(package, whole_school(ROSTER))
    os.utime(package)  # the same content, exported once more
    again = await take(database, of_file, clock)
    assert again
    assert again.state == RunState.UNCHANGED
    assert await take(database, of_file, clock) is None
    assert await take(database, of_file, clock, is_confirmed=True)


async def test_on_another_day_the_file_is_read_again(database: Database, of_file: Config, clock: Clock):
    await take(database, of_file, clock)
    clock.now_ms += DAY_MS
    assert await take(database, of_file, clock)


def test_a_folder_is_known_by_its_files(tmp_path: Path, clock: Clock):
    (tmp_path / "users.csv").write_text("a")
    first = look_at(tmp_path, clock())
    assert look_at(tmp_path, clock()) == first
    (tmp_path / "orgs.csv").write_text("b")
    assert look_at(tmp_path, clock()).mark != first.mark
    with pytest.raises(ConfigError, match="cannot read"):
        look_at(tmp_path / "nothing.zip", clock())


async def test_a_config_without_a_source_has_nothing_to_read(database: Database, clock: Clock):
    with pytest.raises(ConfigError, match="names no source"):
        await read_source(config_of(database), database, clock())


async def test_a_trouble_is_told_once_however_often_it_is_met(database: Database, clock: Clock):
    for reason in ("away", "away", "broken", "away"):
        await note_failure(database, "panel-pull", reason, actor="bridge", now_ms=clock())
    assert [run.failures[0].reason for run in await runs(database)] == ["away", "broken", "away"]
    assert {(run.state, run.version) for run in await runs(database)} == {(RunState.FAILED, None)}


# -- the turn of a file ------------------------------------------------------------------------------------------------


async def test_a_file_is_read_when_it_has_changed_and_what_follows_is_told(
    database: Database, of_file: Config, package: Path, clock: Clock, kicks: Kicks
):
    turn = FileTurn(of_file, database, clock, kicks)
    run = await turn.turn()
    assert run
    assert (run.actor, run.source, run.state, kicks.count) == ("bridge", "oneroster", "stored", 1)
    assert await turn.turn() is None
    tear(package)
    assert await turn.turn() is None
    assert await turn.turn() is None
    failed = [run for run in await runs(database) if run.state == RunState.FAILED]
    assert len(failed) == 1
    assert (len((await school(database)).people), kicks.count) == (32, 1)


async def test_a_file_that_is_still_being_written_is_left_alone(
    database: Database, of_file: Config, package: Path, clock: Clock, kicks: Kicks
):
    clock.now_ms = look_at(package, 0).changed_ms + 1000
    turn = FileTurn(of_file, database, clock, kicks)
    assert await turn.turn() is None
    tear(package)
    assert await turn.turn() is None
    assert await runs(database) == []
    write_package(package, whole_school(ROSTER))
    assert await turn.turn() is None
    assert await turn.turn()  # the same when looked at twice


async def test_a_file_that_is_away_is_a_trouble_not_an_empty_school(
    database: Database, of_file: Config, package: Path, clock: Clock, kicks: Kicks
):
    turn = FileTurn(of_file, database, clock, kicks)
    await turn.turn()
    await asyncio.to_thread(package.unlink)
    assert await turn.turn() is None
    assert (await runs(database))[0].state == RunState.FAILED
    assert len((await school(database)).people) == 32


# -- the turn of a panel -----------------------------------------------------------------------------------------------


async def pull(database: Database, panel: Panel, clock: Clock, kicks: Kicks) -> PullTurn:
    config = config_of(database, panel=pull_config(panel), roster={"brake_percent": 50})
    return PullTurn(config, database, SchoolCache(database), clock, kicks)


async def test_a_panel_that_has_not_changed_makes_no_runs(database: Database, panel: Panel, clock: Clock, kicks: Kicks):
    turn = await pull(database, panel, clock, kicks)
    assert await turn.turn()
    assert await turn.turn() is None  # too early
    for _ in range(3):
        clock.now_ms += 300_000
        assert await turn.turn() is None
    assert (len(await runs(database)), kicks.count) == (1, 1)
    assert sum(status == 304 for _, status in panel.asked) == 9


async def test_who_is_missing_twice_is_gone_even_where_nothing_has_changed_between(
    database: Database, panel: Panel, clock: Clock, kicks: Kicks
):
    turn = await pull(database, panel, clock, kicks)
    await turn.turn()
    panel.rows["users"] = [row for row in panel.rows["users"] if row["id"] != 32]
    panel.rows["enrolments"] = [row for row in panel.rows["enrolments"] if row["user_id"] != 32]
    clock.now_ms += 300_000
    run = await turn.turn()
    assert run
    assert run.counts.people.missing == 1
    clock.now_ms += 300_000
    run = await turn.turn()
    assert run
    assert run.counts.people.removed == 1
    assert (await school(database)).find_active(32) is None


async def test_what_another_process_took_in_meanwhile_is_not_taken_for_ours(
    database: Database, panel: Panel, clock: Clock, kicks: Kicks
):
    """A list that is unchanged since we read it is news, when somebody else has read another one between."""
    one, other = [await pull(database, panel, clock, kicks) for _ in range(2)]
    await one.turn()
    first = panel.rows["groups"][0]["name"]
    panel.rows["groups"][0]["name"] = "Другое имя"
    clock.now_ms += 300_000
    await other.turn()
    panel.rows["groups"][0]["name"] = first
    clock.now_ms += 300_000
    assert await one.turn()
    assert (await school(database)).groups[1].name == first


async def test_a_panel_in_trouble_changes_nothing_and_is_asked_again(
    database: Database, panel: Panel, clock: Clock, kicks: Kicks
):
    turn = await pull(database, panel, clock, kicks)
    await turn.turn()
    panel.twist = lambda *_: web.Response(status=502)
    for _ in range(2):
        clock.now_ms += 300_000
        assert await turn.turn() is None
    panel.twist = None
    panel.rows = {name: [] for name in panel.rows}
    clock.now_ms += 300_000
    assert await turn.turn() is None  # an empty list
    found = await runs(database)
    assert [run.state for run in found] == ["failed", "failed", "stored"]
    assert "nobody at all" in found[0].failures[0].reason
    assert len((await school(database)).people) == 32
    panel.rows = rows_of(ROSTER)
    clock.now_ms += 300_000
    assert (await turn.turn() or found[0]).state == RunState.UNCHANGED

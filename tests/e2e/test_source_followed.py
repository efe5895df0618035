"""A serving bridge reads its source by itself: the panel on a timer, a OneRoster package when it has changed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from prometheus_client import REGISTRY
from testbed.databases import SqliteDatabases
from testbed.oneroster import whole_school, write_package
from testbed.panel import open_panel, pull_config, rows_of
from testbed.school_in_matrix import differences, read_rooms
from testbed.waiting import until
from testbed.world import CHESS, VERA, World, school_roster
from testbed.years import in_this_year

from bridge.permissions.school import Enrolment, Role
from bridge.roster.roster import Roster
from bridge.roster.runs import Run, list_runs

SECONDS = 25


@asynccontextmanager
async def open_world(databases: SqliteDatabases, folder: Path, **sections: Any) -> AsyncIterator[World]:
    """A Synapse, and a bridge that finds its roster by itself."""
    async with databases.fresh() as url:
        world = World(folder, url, **sections)
        try:
            await world.synapse.start()
            await world.start_bridge()
            yield world
        finally:
            await world.stop()
            await world.synapse.stop()


async def until_matrix_shows(world: World, roster: Roster) -> None:
    async def nothing_differs() -> bool:
        return differences(roster, await read_rooms(world.synapse)) == []

    try:
        await until(nothing_differs, limit_s=SECONDS)
    except AssertionError:
        raise AssertionError(differences(roster, await read_rooms(world.synapse))) from None


async def runs(world: World) -> list[Run]:
    async with world.bridge.db.reading() as conn:
        return await list_runs(conn)


def reads(source: str, outcome: str) -> float:
    return REGISTRY.get_sample_value("classbridge_roster_reads_total", {"source": source, "outcome": outcome}) or 0


def with_vera_in_chess(roster: Roster) -> Roster:
    return replace(roster, enrolments=(*roster.enrolments, Enrolment(CHESS, VERA, Role.STUDENT)))


def without_vera(roster: Roster) -> Roster:
    return Roster(
        tuple(p for p in roster.people if p.id != VERA),
        roster.groups,
        tuple(e for e in roster.enrolments if e.person_id != VERA),
    )


@pytest.mark.slow
async def test_the_panel_is_read_on_a_timer_and_its_troubles_take_nobody_out(
    sqlite_databases: SqliteDatabases, tmp_path: Path
) -> None:
    school = in_this_year(school_roster())
    async with open_panel(rows_of(school)) as panel:
        settings = {"panel": pull_config(panel, every_s=1), "roster": {"follow": True, "brake_percent": 30}}
        async with open_world(sqlite_databases, tmp_path, **settings) as world:
            await until_matrix_shows(world, school)

            school = with_vera_in_chess(school)
            panel.rows = rows_of(school)
            await until_matrix_shows(world, school)

            failed = reads("panel-pull", "failed")
            panel.twist = lambda *_: web.Response(status=500)
            await until(lambda: reads("panel-pull", "failed") >= failed + 2, limit_s=SECONDS)
            last = (await runs(world))[0]
            assert (last.state, last.version, last.failures[0].step) == ("failed", None, "read")
            assert "answered 500" in last.failures[0].reason
            assert sum(run.state == "failed" for run in await runs(world)) == 1  # told once, tried again and again
            assert differences(school, await read_rooms(world.synapse)) == []

            panel.twist = None
            panel.rows = rows_of(without_vera(school))  # gone from two lists, one after the other: really gone
            await until_matrix_shows(world, without_vera(school))


@pytest.mark.slow
async def test_a_oneroster_package_is_read_again_when_it_has_changed(
    sqlite_databases: SqliteDatabases, tmp_path: Path
) -> None:
    school = in_this_year(school_roster())
    path = write_package(tmp_path / "school.zip", whole_school(school))
    settings = {"roster": {"follow": True, "brake_percent": 30, "oneroster": {"path": path, "every_s": 1}}}
    async with open_world(sqlite_databases, tmp_path, **settings) as world:
        await until_matrix_shows(world, school)

        school = with_vera_in_chess(school)
        write_package(path, whole_school(school))
        await until_matrix_shows(world, school)

        path.write_bytes(path.read_bytes()[:-300])  # half an export

        async def is_told() -> bool:
            return (await runs(world))[0].state == "failed"

        await until(is_told, limit_s=SECONDS)
        assert differences(school, await read_rooms(world.synapse)) == []

        write_package(path, whole_school(without_vera(school)))

        async def is_missing() -> bool:
            return (await runs(world))[0].counts.people.missing == 1

        await until(is_missing, limit_s=SECONDS)
        before, unchanged = len(await runs(world)), reads("oneroster", "unchanged")
        await world.stop_bridge()
        await world.start_bridge()
        await until(lambda: reads("oneroster", "unchanged") > unchanged, limit_s=SECONDS)
        assert len(await runs(world)) == before  # the very same file is no second list that lacks her
        write_package(path, whole_school(without_vera(school)))
        os.utime(path)
        await until_matrix_shows(world, without_vera(school))
        assert len(await runs(world)) == before + 1

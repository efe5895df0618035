"""A bridge with a school file follows the roster that another process has stored, without being asked."""

from __future__ import annotations

from pathlib import Path

from testbed.databases import SqliteDatabases
from testbed.waiting import until
from testbed.world import ANNA, CHESS, VERA, open_world, school_roster

from bridge.db.engine import Database
from bridge.permissions.school import Enrolment, Role
from bridge.roster.roster import Roster
from bridge.roster.store import save_roster


async def test_somebody_newly_enrolled_is_in_the_room_within_seconds(
    sqlite_databases: SqliteDatabases, tmp_path: Path
) -> None:
    before = school_roster()
    more = (*before.enrolments, Enrolment(CHESS, VERA, Role.STUDENT))
    async with (
        sqlite_databases.fresh() as url,
        open_world(tmp_path, url, roster={"follow": True}) as world,
    ):
        other_process = Database(world.config.database)
        async with other_process.writing() as conn:
            await save_roster(conn, Roster(before.people, before.groups, more), {})
        await other_process.close()
        anna = await world.api(ANNA)
        chess = await anna.group("Шахматы")

        async def vera_is_there() -> bool:
            page = await anna.get(f"conversations/{chess['id']}/participants/")
            return VERA in [person["id"] for person in page["results"]]

        await until(vera_is_there, limit_s=30)
        members = await world.bridge.homeserver.get_members(chess["room_id"])
        assert members[world.synapse.ghost(VERA)] == "join"

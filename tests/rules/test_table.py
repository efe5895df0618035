"""
The whole table of ``rules.table``: every row at every door, against a bridge and a Synapse that run.

What a row changes no other row looks at, so their order does not matter.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from testbed.world import World

from bridge.permissions.policy import Reason
from rules.conftest import POLL_S
from rules.table import EVERYBODY, GROUPMATES, ROWS, Row, read
from rules.table_cases import case_of
from rules.table_doors import Doors
from rules.table_school import ROOMS, TableSchool, roster_before

pytestmark = pytest.mark.timeout(300)  # the first test makes the school
# Reasons that are no matter of role and relation; ``test_away`` has it.
ELSEWHERE = {Reason.RULES_UNKNOWN}


def _tries(rows: list[Row]) -> list[object]:
    return [pytest.param(row, door, word, id=f"{row}-{door}") for row in rows for door, word in row.at_doors()]


@pytest.fixture(scope="module")
async def school(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TableSchool]:
    folder = tmp_path_factory.mktemp("table")
    roster = {"follow": False, "rooms": ROOMS}
    world = World(folder, f"sqlite:///{folder / 'bridge.db'}", rules={"poll_s": POLL_S}, roster=roster)
    await world.start(roster_before())
    school = TableSchool(world)
    try:
        await school.set_up()
        yield school
    finally:
        await school.close()
        await world.stop()


@pytest.mark.parametrize(("row", "door", "word"), _tries(ROWS))
async def test_what_the_table_says_is_so(school: TableSchool, row: Row, door: str, word: str):
    assert await Doors(school).try_at(door, row) == word


@pytest.fixture(scope="module", params=["groupmates", "everybody"])
async def choice(request: pytest.FixtureRequest, school: TableSchool) -> AsyncIterator[str]:
    await school.choose(request.param)
    yield request.param
    await school.choose("nobody")


@pytest.mark.parametrize("door", ["rest", "matrix"])
async def test_what_the_school_chooses_holds_at_every_door(school: TableSchool, choice: str, door: str):
    rows = read({"groupmates": GROUPMATES, "everybody": EVERYBODY}[choice])
    answers = {str(row): await Doors(school).try_at(door, row) for row in rows}
    assert answers == {str(row): dict(row.at_doors())[door] for row in rows}


def test_every_row_means_somebody_and_none_is_there_twice():
    assert [case_of(row) for row in ROWS]
    assert len({str(row) for row in ROWS}) == len(ROWS)


def test_every_reason_is_in_the_table():
    words = {word for row in ROWS for _, word in row.at_doors()}
    assert {reason.value for reason in Reason} - words == {reason.value for reason in ELSEWHERE}

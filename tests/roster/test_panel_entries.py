"""Rows of the panel: checked a slice at a time, so that a large roster keeps nobody waiting."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.roster.panel_entries import (
    SLICE,
    Entries,
    PanelEnrolment,
    PanelGroup,
    PanelUser,
    check_rows,
    list_contradictions,
)


def told(fault: Any) -> str:
    return str(fault["type"])


async def test_others_have_their_turn_between_slices_and_places_count_through():
    rows: list[Any] = [{"group_id": 1, "user_id": n, "role": "student"} for n in range(1, 10 * SLICE + 1)]
    rows[7 * SLICE + 3] = None
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    checked, faults = await check_rows(PanelEnrolment, rows, "enrolments", told)
    counting.cancel()
    assert turns >= 10
    assert [fault.place for fault in faults] == [("enrolments", 7 * SLICE + 3)]
    assert len(checked) == 9 * SLICE  # the slice with the fault is left out: nothing of the list is taken anyway


@pytest.mark.parametrize(
    ("value", "taken"), [(7, 7), ("7", 7), (2**53 - 1, 2**53 - 1), (0, None), ("-7", None), (True, None), (7.0, None)]
)
async def test_an_id_is_a_whole_number_that_javascript_holds(value: Any, taken: int | None):
    checked, faults = await check_rows(PanelGroup, [{"id": value, "name": "7Б"}], "groups", told)
    assert [group.id for group in checked] == ([] if taken is None else [taken])
    assert len(faults) == (taken is None)
    assert (await check_rows(PanelGroup, [{"id": 2**53, "name": "7Б"}], "groups", told))[1]


async def test_names_are_one_clean_line():
    users, faults = await check_rows(
        PanelUser,
        [{"id": 1, "username": "anna", "first_name": "\tАнна\n  Мария ", "last_name": None, "role": "teacher"}],
        "users",
        told,
    )
    assert faults == []
    assert users[0].as_person() == Person(1, "anna", "Анна Мария", "", Role.TEACHER)


async def test_what_is_no_list_is_one_fault():
    checked, faults = await check_rows(PanelGroup, {"id": 1}, "groups", told)
    assert (checked, [fault.place for fault in faults]) == ([], [("groups",)])


def test_a_change_may_name_who_was_told_of_before_a_whole_list_may_not():
    entries = Entries([], [], [PanelEnrolment(group_id=1, user_id=2, role="student")])
    assert list(list_contradictions(entries, is_complete=False)) == []
    assert [fault.place[2] for fault in list_contradictions(entries)] == ["user_id", "group_id"]


def test_checked_rows_become_the_roster():
    entries = Entries(
        [PanelUser(id=1, username="anna", role="teacher", is_active=False)],
        [PanelGroup(id=7, name="7Б", year="2026/27", course="Алгебра")],
        [PanelEnrolment(group_id=7, user_id=1, role="teacher")],
    )
    roster = entries.as_roster()
    assert roster.people == (Person(1, "anna", "", "", Role.TEACHER, is_active=False),)
    assert roster.groups == (Group(7, "7Б", "2026/27", "Алгебра"),)
    assert roster.enrolments == (Enrolment(7, 1, Role.TEACHER),)

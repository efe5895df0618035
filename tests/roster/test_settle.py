"""Settling a read: golden cases, and laws over random rosters."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from roster.rosters import (
    active,
    complete,
    pairs,
    read_of,
    removals,
    removals_of,
    roster_of,
    rosters,
    sorted_roster,
)

from bridge.roster.differences import find_differences
from bridge.roster.read_json import read_as_json, read_of_json
from bridge.roster.reads import Read, Removals
from bridge.roster.roster import Roster
from bridge.roster.school_year import school_year
from bridge.roster.settle import BadRead, settle

CASES = sorted((Path(__file__).parent / "settle").glob("*.json"))
NOTHING = Removals()


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_golden_settlement(path: Path):
    case = json.loads(path.read_text("utf-8"))
    before, missing, read = roster_of(case["before"]), removals_of(case["missing"]), read_of(case["read"])
    options = {"is_confirmed": case.get("is_confirmed", False), "year": case.get("year", "2026/27")}
    if "refused" in case:
        with pytest.raises(BadRead, match=case["refused"]):
            settle(before, missing, read, **options)
        return
    settled = settle(before, missing, read, **options)
    assert settled.after == roster_of(case["after"]), case["law"]
    assert settled.missing == removals_of(case["missing_after"]), case["law"]
    assert settled.removed == removals_of(case["removed"]), case["law"]


def take_all(before: Roster, reads: list[Read]) -> tuple[Roster, Removals]:
    missing = NOTHING
    for read in reads:
        settled = settle(before, missing, read, is_confirmed=False)
        before, missing = settled.after, settled.missing
    return before, missing


@given(rosters(), rosters(min_people=1))
def test_a_complete_read_given_twice_makes_the_roster_equal_to_it(before: Roster, wanted: Roster):
    after, missing = take_all(before, [complete(wanted), complete(wanted)])
    named = {person.id for person in wanted.people}
    assert [person for person in after.people if person.id in named] == list(sorted_roster(wanted).people)
    assert [person.id for person in after.people if person.id not in named and person.is_active] == []
    assert (after.groups, after.enrolments) == (sorted_roster(wanted).groups, sorted_roster(wanted).enrolments)
    assert not missing


@given(rosters(), rosters(min_people=1))
def test_one_complete_read_removes_nobody_that_it_does_not_say_is_gone(before: Roster, found: Roster):
    settled = settle(before, NOTHING, complete(found), is_confirmed=False)
    inactive = {person.id for person in found.people if not person.is_active}
    assert settled.removed.people <= inactive
    assert settled.removed.groups == frozenset()
    assert active(before) - inactive <= active(settled.after)
    assert pairs(before) <= pairs(settled.after)


@given(rosters(min_people=1), st.booleans())
def test_an_empty_read_removes_nobody(before: Roster, is_confirmed: bool):
    empty = complete(Roster((), (), ()))
    if active(before):
        with pytest.raises(BadRead):
            settle(before, NOTHING, empty, is_confirmed=is_confirmed)
    else:
        assert not settle(before, NOTHING, empty, is_confirmed=is_confirmed).removed.people


@given(rosters(), rosters())
def test_a_delta_removes_only_what_it_says_is_gone_or_inactive(before: Roster, named: Roster):
    read = Read("oneroster", named, is_complete=False)
    settled = settle(before, NOTHING, read, is_confirmed=True)
    assert settled.removed.people <= {person.id for person in named.people if not person.is_active}
    assert not settled.removed.groups
    assert pairs(settled.after) == pairs(before) | pairs(named)


@given(rosters(), st.lists(rosters(min_people=1), max_size=4), rosters(min_people=1), removals)
def test_a_thing_named_again_is_never_removed(before: Roster, earlier: list[Roster], last: Roster, gone: Removals):
    now, missing = take_all(before, [complete(roster) for roster in earlier])
    settled = settle(now, missing, Read("oneroster", last, is_complete=True, removals=gone), is_confirmed=True)
    assert active(last) <= active(settled.after)
    assert {group.id for group in last.groups} <= {group.id for group in settled.after.groups}
    assert pairs(last) <= pairs(settled.after)


@given(rosters(), rosters(min_people=1), rosters(), rosters(min_people=1))
def test_only_two_successive_complete_reads_remove(before: Roster, one: Roster, between: Roster, other: Roster):
    """What a delta names between two complete reads is not missing twice."""
    delta = Read("oneroster", between, is_complete=False)
    now, missing = take_all(before, [complete(one), delta])
    removed = settle(now, missing, complete(other), is_confirmed=False).removed
    inactive = {person.id for person in other.people if not person.is_active}
    assert removed.people - inactive <= active(before) - active(one) - active(between)
    assert not removed.groups & {group.id for group in between.groups}
    assert not {pair for pair in removed.enrolments if pair[1] not in inactive} & pairs(between)


@given(rosters(), rosters(), removals, st.booleans())
def test_the_roster_after_agrees_with_itself(before: Roster, named: Roster, gone: Removals, is_complete: bool):
    try:
        settled = settle(before, NOTHING, Read("x", named, is_complete, gone), is_confirmed=True)
    except BadRead:
        assert is_complete
        assert not named.people
        return
    after = settled.after
    people, groups = {person.id for person in after.people}, {group.id for group in after.groups}
    assert {group_id for group_id, _ in pairs(after)} <= groups
    assert {person_id for _, person_id in pairs(after)} <= people
    assert len({person.username for person in after.people}) == len(after.people)
    assert people >= {person.id for person in before.people}
    assert settled.missing.people <= active(after)
    assert settled.missing.enrolments <= pairs(after)


@given(rosters(), rosters())
def test_the_difference_is_what_leads_from_one_to_the_other(one: Roster, other: Roster):
    differences = find_differences(one, other)
    groups = {group.id: group for group in one.groups}
    for before, after in differences.groups:
        assert before != after
        if before is not None:
            assert groups.pop(before.id) == before
        if after is not None:
            groups[after.id] = after
    assert groups == {group.id: group for group in other.groups}
    assert not find_differences(one, sorted_roster(one))


@given(rosters(), removals, st.booleans())
def test_a_read_survives_json_without_its_passwords(roster: Roster, gone: Removals, is_complete: bool):
    passwords = {1: "panda"}
    read = Read("yaml", Roster(roster.people, roster.groups, roster.enrolments, passwords), is_complete, gone, 7, 8)
    text = json.dumps(read_as_json(read))
    assert "panda" not in text
    assert read_of_json(json.loads(text)) == Read("yaml", sorted_roster(roster), is_complete, gone, 7, 8)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 6, 30), "2025/26"),
        (date(2026, 7, 1), "2026/27"),
        (date(2027, 1, 1), "2026/27"),
        (date(2099, 12, 31), "2099/00"),
        (date(2109, 9, 1), "2109/10"),
    ],
)
def test_the_school_year_begins_on_the_first_of_july(day: date, year: str):
    assert school_year(day) == year

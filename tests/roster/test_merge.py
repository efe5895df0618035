"""Where two reads meet, what was told later stays."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st
from roster.rosters import GROUP_IDS, IDS, NOTHING, active, complete, pairs, removals, rosters

from bridge.permissions.school import Enrolment
from bridge.roster.merge import Key, keep_newer, overlay
from bridge.roster.reads import Read, Removals
from bridge.roster.roster import Roster
from bridge.roster.settle import BadRead, check_read, settle

keys = st.one_of(
    st.builds(lambda i: Key("person", 0, i), st.sampled_from(IDS)),
    st.builds(lambda i: Key("group", i), st.sampled_from(GROUP_IDS)),
    st.builds(lambda g, p: Key("enrolment", g, p), st.sampled_from(GROUP_IDS), st.sampled_from(IDS)),
)


def people(roster: Roster) -> dict[int, object]:
    return {one.id: one for one in roster.people}


def groups(roster: Roster) -> dict[int, object]:
    return {one.id: one for one in roster.groups}


def enrolments(roster: Roster) -> dict[tuple[int, int], Enrolment]:
    return {(one.group_id, one.person_id): one for one in roster.enrolments}


@given(rosters(), rosters(min_people=1), rosters(), removals, st.booleans())
def test_a_list_that_is_confirmed_late_undoes_nothing_that_came_since(
    before: Roster, waiting: Roster, change: Roster, gone: Removals, is_complete: bool
):
    later = Read("panel-event", change, is_complete=False, removals=gone)
    now = settle(before, NOTHING, later, is_confirmed=False).after
    read = overlay(Read("oneroster", waiting, is_complete), later, now)
    try:
        after = settle(now, NOTHING, read, is_confirmed=True).after
    except BadRead:
        # A delta may have lost its group meanwhile, a list everybody whom it named.
        assert not is_complete or not read.roster.people
        return
    assert people(change).items() <= people(after).items()
    assert groups(change).items() <= groups(after).items()
    stays = {pair for pair in pairs(change) if pair[0] in groups(now) and pair in pairs(now)}
    assert {pair: enrolments(change)[pair] for pair in stays}.items() <= enrolments(after).items()
    assert not (gone.people - people(change).keys()) & active(after)
    assert not (gone.groups - groups(change).keys()) & groups(after).keys()
    assert not (gone.enrolments - enrolments(change).keys()) & enrolments(after).keys()


@given(rosters(min_people=1), rosters())
def test_a_list_that_is_confirmed_late_still_says_what_was_not_told_since(waiting: Roster, change: Roster):
    later = Read("panel-event", change, is_complete=False)
    read = overlay(complete(waiting), later, settle(waiting, NOTHING, later, is_confirmed=False).after).roster
    untouched = people(waiting).keys() - people(change).keys()
    assert {i: people(waiting)[i] for i in untouched}.items() <= people(read).items()
    assert {p: e for p, e in enrolments(waiting).items() if p not in enrolments(change)}.items() <= enrolments(
        read
    ).items()


@given(rosters(), rosters(min_people=1), st.lists(keys, max_size=6))
def test_what_is_newer_than_a_list_stays_as_it_is(at_rest: Roster, found: Roster, newer: list[Key]):
    kept = keep_newer(complete(found), at_rest, newer).roster
    check_read(Roster((), (), ()), complete(kept))
    for key in newer:
        if key.kind == "person":
            assert people(kept).get(key.person_id) == people(at_rest).get(key.person_id)
        elif key.kind == "group":
            assert groups(kept).get(key.group_id) == groups(at_rest).get(key.group_id)
        elif key.group_id in groups(kept) and key.person_id in people(kept):
            pair = (key.group_id, key.person_id)
            assert enrolments(kept).get(pair) == enrolments(at_rest).get(pair)
    touched = {key.person_id for key in newer if key.kind == "person"}
    assert {i: p for i, p in people(found).items() if i not in touched}.items() <= people(kept).items()


@given(rosters(), rosters(min_people=1))
def test_a_list_than_which_nothing_is_newer_is_taken_as_it_is(at_rest: Roster, found: Roster):
    assume(at_rest != found)
    assert keep_newer(complete(found), at_rest, []).roster == Roster(found.people, found.groups, found.enrolments)

"""The brake stops what would really remove too much, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from roster.rosters import active, complete, enrolment, pairs, person, removals, rosters

from bridge.permissions.school import Group
from bridge.roster.brake import Brake, Share, Sizes, find_brake, find_excess, sizes_of
from bridge.roster.reads import Read, Removals
from bridge.roster.roster import Roster
from bridge.roster.settle import settle

TWENTY = Roster(
    tuple(person(number) for number in range(1, 21)),
    tuple(Group(number, "7Б") for number in range(70, 90)),
    tuple(enrolment(70 + number, number) for number in range(11, 20)),
)


def brake_for(gone: Removals, percent: float = 10) -> Brake | None:
    settled = settle(
        TWENTY, Removals(), Read("x", Roster((), (), ()), is_complete=False, removals=gone), is_confirmed=False
    )
    return find_brake(TWENTY, settled, percent)


@pytest.mark.parametrize("kind", ["people", "groups"])
def test_exactly_the_percentage_passes_and_one_more_stops(kind: str):
    first = 1 if kind == "people" else 70
    assert brake_for(Removals(**{kind: frozenset({first, first + 1})})) is None
    three = frozenset(range(first, first + 3))
    assert brake_for(Removals(**{kind: three})).shares[0] == Share(kind, 3, 20)
    assert brake_for(Removals(**{kind: three}), percent=15) is None


def test_enrolments_count_too():
    gone = frozenset((70 + number, number) for number in (12, 13))
    assert brake_for(Removals(enrolments=gone)) == Brake(10, (Share("enrolments", 2, 9),))


def test_it_says_in_a_sentence_what_would_go():
    assert brake_for(Removals(people=frozenset({11, 12, 13}))).sentence == (
        "It would remove 3 of 20 people, 3 of 9 enrolments: more than 10 %."
    )


def test_it_survives_json():
    brake = brake_for(Removals(people=frozenset({11, 12, 13})))
    assert Brake.of_json(brake.as_json()) == brake


def test_of_a_school_that_is_empty_nothing_is_too_much():
    nobody = Roster((), (), ())
    assert find_brake(nobody, settle(nobody, Removals(), complete(TWENTY), is_confirmed=False), 0) is None


def test_few_are_never_too_many_where_there_is_a_floor():
    assert find_excess(Sizes(5, 5, 5), Sizes(6, 6, 6), 10, floor=5) is None
    assert find_excess(Sizes(6, 0, 0), Sizes(6, 6, 6), 10, floor=5) == Brake(10, (Share("people", 6, 6),))


@given(rosters(), rosters(), removals, st.sampled_from([0, 10, 25, 50, 99.5, 100]))
def test_it_counts_what_would_really_go(before: Roster, named: Roster, gone: Removals, percent: float):
    settled = settle(before, Removals(), Read("x", named, is_complete=False, removals=gone), is_confirmed=False)
    after = settled.after
    lost = [
        (len(active(before) - active(after)), len(active(before))),
        (len({g.id for g in before.groups} - {g.id for g in after.groups}), len(before.groups)),
        (len(in_force(before) - in_force(after)), len(in_force(before))),
    ]
    brake = find_brake(before, settled, percent)
    assert (brake is not None) == any(removed and removed / total > percent / 100 for removed, total in lost)
    assert sizes_of(before) == Sizes(*(total for _, total in lost))


def in_force(roster: Roster) -> set[tuple[int, int]]:
    return {pair for pair in pairs(roster) if pair[1] in active(roster)}

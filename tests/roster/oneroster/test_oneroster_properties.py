"""Laws of the reader, for any roster: written and read again it is the same, whole or step by step."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oneroster_packages import TODAY, know
from testbed.oneroster import change, whole_school, write_package

from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.roster.oneroster.known import Known
from bridge.roster.oneroster.reader import read_oneroster
from bridge.roster.reads import Read
from bridge.roster.roster import Roster

# Quotes, commas, emoji, other alphabets: all that a name may hold. Ends are trimmed, and a spreadsheet's BOM is none.
TEXTS = (
    st.text(
        st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff"), min_size=1, max_size=30
    )
    .map(str.strip)
    .filter(bool)
)
YEARS = st.sampled_from(["2026/27", "2027/28"])
IDS = st.integers(1, 10**12 - 1)


@st.composite
def rosters(draw: st.DrawFn, ids: st.SearchStrategy[int] = IDS) -> Roster:
    person_ids = draw(st.lists(ids, unique=True, min_size=1, max_size=8))
    group_ids = draw(st.lists(ids, unique=True, min_size=1, max_size=4))
    people = tuple(
        Person(i, f"user{i}{draw(TEXTS)}", draw(TEXTS), draw(TEXTS), draw(st.sampled_from(Role)), draw(st.booleans()))
        for i in sorted(person_ids)
    )
    groups = tuple(Group(i, draw(TEXTS), draw(YEARS), draw(TEXTS)) for i in sorted(group_ids))
    pairs = draw(st.sets(st.tuples(st.sampled_from(groups), st.sampled_from(people)), min_size=1, max_size=20))
    enrolments = sorted(
        (Enrolment(g.id, p.id, Role.STUDENT if p.role == Role.STUDENT else Role.TEACHER) for g, p in pairs),
        key=lambda e: (e.group_id, e.person_id),
    )
    return Roster(people, groups, tuple(enrolments))


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def apply(before: Roster, read: Read) -> Roster:
    """What a delta makes of a roster, said once more and simply: the law to hold the reader against."""
    people = {p.id: p for p in before.people if p.id not in read.removals.people}
    people |= {p.id: p for p in read.roster.people}
    groups = {g.id: g for g in before.groups if g.id not in read.removals.groups}
    groups |= {g.id: g for g in read.roster.groups}
    enrolments = {(e.group_id, e.person_id): e for e in (*before.enrolments, *read.roster.enrolments)}
    kept = [e for pair, e in sorted(enrolments.items()) if pair not in read.removals.enrolments]
    return Roster(
        tuple(people[i] for i in sorted(people)),
        tuple(groups[i] for i in sorted(groups)),
        tuple(e for e in kept if e.group_id in groups and e.person_id in people),
    )


@settings(max_examples=150, deadline=None)
@given(roster=rosters(), version=st.sampled_from(["1.1", "1.2"]))
def test_a_roster_written_and_read_is_the_same(folder: Path, roster: Roster, version: str):
    path = write_package(folder / "school.zip", whole_school(roster, version=version))
    found = read_oneroster(path, known=Known(), today=TODAY)
    assert found.read == Read("oneroster", roster, is_complete=True)
    assert found.new_ids == {}


@settings(max_examples=200, deadline=None)
@given(before=rosters(st.integers(1, 9)), after=rosters(st.integers(1, 9)), version=st.sampled_from(["1.1", "1.2"]))
def test_a_delta_leads_from_any_roster_to_any_other(folder: Path, before: Roster, after: Roster, version: str):
    known = know(read_oneroster(write_package(folder / "all.zip", whole_school(before)), known=Known(), today=TODAY))
    path = write_package(folder / "delta.zip", change(before, after, version=version))
    read = read_oneroster(path, known=known, today=TODAY).read
    assert not read.is_complete
    assert apply(before, read) == after

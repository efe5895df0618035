"""Who is who on the homeserver."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.matrix.ids import Ids

IDS = Ids("school.test:8448")


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_a_ghost_is_found_back_by_its_mxid(person_id: int) -> None:
    assert IDS.person_id(IDS.ghost(person_id)) == person_id


@pytest.mark.parametrize(
    "mxid",
    [
        "@school_bot:school.test:8448",
        "@school_7:other.test",
        "@school_7:school.test",
        "@school_007:school.test:8448",
        "@school_-7:school.test:8448",
        "@school_²:school.test:8448",
        "@school_٧:school.test:8448",
        "@school_:school.test:8448",
        "@school_7\n:school.test:8448",
        f"@school_{'9' * 40}:school.test:8448",
        "@somebody:school.test:8448",
        "school_7:school.test:8448",
        "",
    ],
)
def test_nobody_else_is_a_person(mxid: str) -> None:
    assert IDS.person_id(mxid) is None


def test_the_bot_acts_where_no_person_is_named() -> None:
    assert IDS.mxid(None) == IDS.bot == "@school_bot:school.test:8448"
    assert IDS.mxid(5) == "@school_5:school.test:8448"
    assert IDS.alias("school_c_x1") == "#school_c_x1:school.test:8448"

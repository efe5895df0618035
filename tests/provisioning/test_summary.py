"""The plan in one sentence: true in every number, and never "nothing" where there is something to do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bridge.provisioning.plan import plan_rooms
from bridge.provisioning.summary import NOTHING, Summary, sentence, summarize
from provisioning.plan_cases import parse_case

PLANS = sorted((Path(__file__).parent / "plans").glob("*.json"))
KEPT = "; nobody loses a direct conversation"


def summary_of(path: Path, *, closed: int = 0) -> Summary:
    desired, actual = parse_case(json.loads(path.read_text("utf-8")))
    return summarize(plan_rooms(desired, actual), actual.ghosts.keys() | actual.gone, actual, closed)


@pytest.mark.parametrize(
    ("stem", "told"),
    [
        ("02-nothing-to-do", NOTHING),
        ("05-renamed-person", "0 rooms created, 0 people added, 0 removed, 0 renamed, 1 person has a new name" + KEPT),
        (
            "07-deactivated-person",  # who leaves the school leaves the rooms too
            "0 rooms created, 0 people added, 1 removed, 0 renamed, 1 person leaves the school" + KEPT,
        ),
        (
            "12-power-drifted-in-matrix",
            "0 rooms created, 0 people added, 0 removed, 0 renamed, 1 setting put right" + KEPT,
        ),
        ("04-new-student", "0 rooms created, 1 person added, 0 removed, 0 renamed" + KEPT),
    ],
)
def test_a_sentence_tells_what_the_plan_does(stem: str, told: str):
    (path,) = [path for path in PLANS if path.stem == stem]
    assert sentence(summary_of(path)) == told


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_where_there_is_something_to_do_some_number_says_so(path: Path):
    summary = summary_of(path)
    told = sentence(summary)
    assert bool(summary.steps) == (told != NOTHING) == bool(re.search(r"[1-9]", told)), told


def test_direct_conversations_that_end_are_counted_last():
    path = PLANS[[path.stem for path in PLANS].index("06-student-leaves-group")]
    assert sentence(summary_of(path, closed=2)) == (
        "0 rooms created, 0 people added, 1 removed, 0 renamed; 2 direct conversations become read-only"
    )

"""``docs/permissions.md`` says what the policy does: its tables are read and compared."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from bridge.config import PermissionsConfig
from bridge.permissions.policy import SENTENCES, Reason, Rules, refuse_direct
from bridge.permissions.school import Enrolment, Group, Person, Role, School

DOCUMENT = (Path(__file__).parents[2] / "docs" / "permissions.md").read_text("utf-8")
ROLES = tuple(Role)
CHOICES = get_args(PermissionsConfig.model_fields["students_may_message_students"].annotation)


def table(heading: str) -> list[list[str]]:
    """The rows of the first table below *heading*, without its head, as plain text."""
    section = DOCUMENT.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[re.sub(r"[`*]", "", cell).strip() for cell in row] for row in rows[2:]]


def test_every_reason_stands_there_with_its_sentence_and_no_other():
    written = {row[0]: row[1] for row in table("Reasons")}
    assert written == {reason.value: SENTENCES[reason] for reason in Reason}


@pytest.mark.parametrize("choice", CHOICES)
def test_every_choice_of_the_school_is_named(choice: str):
    assert f"`{choice}`" in DOCUMENT


def test_the_table_of_direct_conversations_is_the_policy():
    cells = {
        (row[0], to): cell
        for row in table("Who may write directly to whom")
        for to, cell in zip(ROLES, row[1:], strict=True)
    }
    assert len(cells) == len(ROLES) ** 2
    for (sender, to), together, choice in product(cells, (True, False), CHOICES):
        school, one, other = pair(Role(sender), to, together=together)
        refusal = refuse_direct(school, Rules(choice), one, other)
        assert refusal == expected(cells[sender, to], together=together, choice=choice), (sender, to, together, choice)


def pair(one: Role, other: Role, *, together: bool) -> tuple[School, Person, Person]:
    """Two people, in one group or in two."""
    people = Person(1, "one", "Анна", "", one), Person(2, "other", "Борис", "", other)
    groups = (1, 1) if together else (1, 2)
    enrolments = [Enrolment(group, p.id, p.role) for group, p in zip(groups, people, strict=True)]
    return School.of(people, [Group(1, "7Б"), Group(2, "8А")], enrolments), *people


def expected(cell: str, *, together: bool, choice: str) -> Reason | None:
    """What a cell of the table promises."""
    match cell:
        case "yes":
            return None
        case "who teaches them" | "whom they teach":
            return None if together else Reason.NO_SHARED_GROUP
        case "the school's choice" if choice == "nobody":
            return Reason.STUDENTS_ONLY_TO_TEACHERS
        case "the school's choice":
            return None if together or choice == "everybody" else Reason.NO_SHARED_GROUP
    raise AssertionError(f"the table says {cell!r}")

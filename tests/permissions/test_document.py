"""``docs/permissions.md`` says what the policy does: its tables are the policy's own words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from bridge.config import PermissionsConfig
from bridge.permissions import document
from bridge.permissions.policy import SENTENCES, Reason

DOCUMENT = (Path(__file__).parents[2] / "docs" / "permissions.md").read_text("utf-8")
CHOICES = get_args(PermissionsConfig.model_fields["students_may_message_students"].annotation)


def test_the_tables_are_the_policys():
    written = document.BEGIN + DOCUMENT.split(document.BEGIN)[1].split(document.END)[0] + document.END + "\n"
    assert written == document.document(), "run `python -m bridge.permissions.document` and put its output there"


def test_the_command_prints_them():
    done = subprocess.run([sys.executable, "-m", "bridge.permissions.document"], capture_output=True, check=True)
    assert done.stdout.decode() == document.document()


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_stands_there_with_its_sentence(reason: Reason):
    assert f"| `{reason.value}` | {SENTENCES[reason]} |" in DOCUMENT


@pytest.mark.parametrize("choice", CHOICES)
def test_every_choice_of_the_school_is_named(choice: str):
    assert f"`{choice}`" in DOCUMENT


def test_the_choices_are_the_configs():
    assert document.CHOICES == CHOICES

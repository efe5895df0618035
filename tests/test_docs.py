"""The documents say what the code does: metrics, commands, links. Of the rules: ``permissions/test_document.py``."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from typer.testing import CliRunner

import bridge.app  # noqa: F401 - with it every metric is registered
from bridge.__main__ import app

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
CALL = r"^(?:\.venv/bin/|docker compose run --rm bridge-1 )?classbridge ([a-z-]+(?: [a-z]+)?)"


def _read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_every_metric_is_in_the_table_and_no_other() -> None:
    ours = {metric.name for metric in REGISTRY.collect() if metric.name.startswith("classbridge_")}
    assert len(ours) > 15
    told = set(re.findall(r"^\| `(classbridge_\w+?)(?:_total)?`", _read("docs/operations.md"), re.MULTILINE))
    assert told == {name.removesuffix("_total") for name in ours}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)[^)]*\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), f"{path.name} links to {target}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_commands_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", _read("Makefile"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)\b(?=`|$|  )", text, re.MULTILINE)) <= targets
    for command in re.findall(CALL, text, re.MULTILINE):
        assert CliRunner().invoke(app, [*command.split(), "--help"]).exit_code == 0, command


def test_the_changelog_knows_this_version() -> None:
    version = tomllib.loads(_read("pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## \[({re.escape(version)}|Unreleased)\]", _read("CHANGELOG.md"), re.MULTILINE)


def test_the_licence_is_the_one_that_is_declared() -> None:
    licence = _read("LICENSE")
    assert "GNU AFFERO GENERAL PUBLIC LICENSE\n                       Version 3, 19 November 2007" in licence
    assert "How to Apply These Terms to Your New Programs" in licence
    assert tomllib.loads(_read("pyproject.toml"))["project"]["license"] == "AGPL-3.0-or-later"

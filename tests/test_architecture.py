"""The laws of the code's shape that no tool knows: sizes, private tables, no fault swallowed."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILE_LINES = 400
FUNCTION_LINES = 60

# Where a broad `except` need not end with `raise`, and why: the rest must go on, and the fault is kept.
MAY_CATCH_ALL = {
    "bridge/api/answers.py:answer": "the last place before the wire: logged, answered 500",
    "bridge/api/sockets.py:_take": "one frame's fault is logged and closes that socket only",
    "bridge/outbox/sender.py:Sender._one": "one command's fault is logged and counted; other rooms go on",
    "bridge/upkeep.py:Upkeep._loop": "one turn's fault is logged; the next turn comes",
}


@dataclass(frozen=True)
class Source:
    name: str
    text: str
    tree: ast.Module

    def functions(self) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
        yield from _functions(self.tree, "")


def _functions(tree: ast.AST, owner: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in ast.iter_child_nodes(tree):
        name = owner
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{owner}.{node.name}".removeprefix(".")
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield name, node
        yield from _functions(node, name)


def _sources(folder: str) -> list[Source]:
    """The project's own Python files; what git ignores is not ours."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", folder]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    found = [name for name in sorted(names) if name.endswith(".py") and (ROOT / name).exists()]
    texts = [(name, (ROOT / name).read_text("utf-8")) for name in found]
    return [Source(name, text, ast.parse(text)) for name, text in texts]


@pytest.fixture(scope="module")
def project() -> list[Source]:
    """Read when it is asked for, and gone after: the trees of all files are millions of objects."""
    return _sources(".")


@pytest.fixture(scope="module")
def bridge(project: list[Source]) -> list[Source]:
    return [source for source in project if source.name.startswith("bridge/")]


def test_no_file_outgrows_its_budget(project: list[Source]):
    lines = {source.name: source.text.count("\n") for source in project}
    assert len(lines) > 50
    assert {name: count for name, count in lines.items() if count > FILE_LINES} == {}


def test_no_function_outgrows_its_budget(project: list[Source]):
    lengths = {
        f"{source.name}:{name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for source in project
        for name, node in source.functions()
    }
    assert {name: length for name, length in lengths.items() if length > FUNCTION_LINES} == {}


def test_people_never_act_through_intents(bridge: list[Source]):
    """``IntentAPI`` invites and unbans on the way, so a refused person would get in."""
    assert [source.name for source in bridge if "IntentAPI" in source.text] == []


def test_tables_are_private_to_their_folder(bridge: list[Source]):
    """What another folder needs, it asks that folder's functions for; only migrations look at all tables."""
    found = [
        f"{source.name} imports {module}"
        for source in bridge
        if not source.name.startswith("bridge/db/")
        for module in _imports(source.tree)
        if (folder := _owner_of_tables(module)) and not source.name.startswith(folder)
    ]
    assert found == []


def _owner_of_tables(module: str) -> str | None:
    """The folder whose tables these are; None for every other module."""
    folder, tables, _ = f"{module}.".partition(".tables.")
    return folder.replace(".", "/") + "/" if tables and folder.startswith("bridge.") else None


def test_no_fault_is_swallowed(bridge: list[Source]):
    catching = {
        f"{source.name}:{name}"
        for source in bridge
        for name, function in source.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.ExceptHandler) and _catches_all(node) and not isinstance(node.body[-1], ast.Raise)
    }
    assert catching == set(MAY_CATCH_ALL)


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _catches_all(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(one is None or ast.unparse(one) in {"Exception", "BaseException"} for one in caught)

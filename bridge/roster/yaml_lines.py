"""Where in a YAML text a value stands: PyYAML's constructor forgets it, its nodes know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

Path = tuple[str | int, ...]


def compose(text: str) -> tuple[yaml.Node | None, Any]:
    """
    Parse *text* into its nodes and its plain value.

    Raises:
        yaml.YAMLError: It is not YAML, or holds a tag beyond the safe ones.
        ValueError: A value looks like a date that does not exist.
    """
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        return root, loader.construct_document(root) if root is not None else None
    finally:
        loader.dispose()


def line_of(root: yaml.Node | None, path: Path) -> int:
    """The line, from 1, of the value at *path*; of the deepest part that exists when it does not."""
    node, line = root, 1
    for part in (None, *path):
        if part is not None:
            found = _find_child(node, part)
            if found is None:
                break
            line, node = found
        elif node is not None:
            line = node.start_mark.line + 1
    return line


def _find_child(node: yaml.Node | None, part: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        child = node.value[part]
        return child.start_mark.line + 1, child
    if isinstance(node, yaml.MappingNode):
        pairs = [(key, value) for key, value in node.value if str(key.value) == str(part)]
        return (pairs[-1][0].start_mark.line + 1, pairs[-1][1]) if pairs else None
    return None


def list_repeated_keys(root: yaml.Node | None) -> Iterator[Path]:
    """The paths of keys that stand twice in one mapping: YAML forbids it, PyYAML takes the last."""
    waiting: list[tuple[Path, yaml.Node | None]] = [((), root)]
    visited: set[int] = set()  # an alias leads to the same node again, even to its own parent
    while waiting:
        path, node = waiting.pop()
        if node is None or id(node) in visited:
            continue
        visited.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += [((*path, index), item) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            keys = [str(key.value) for key, _ in node.value]
            yield from ((*path, key) for index, key in enumerate(keys) if key in keys[:index])
            waiting += [((*path, key), value) for key, (_, value) in zip(keys, node.value, strict=True)]


def write_path(path: Path) -> str:
    """``("people", 3, "role")`` as ``people[3].role``."""
    written = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return written.removeprefix(".") or "file"

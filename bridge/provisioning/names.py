"""
Names of rooms that do not collide. Pure.

Two groups of the same name, or a new one and last year's archived room, are told apart by the year: "7Б Математика
(2026/27)". A room keeps the name that it was given as long as the roster calls the group the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import count

from bridge.permissions.school import Group
from bridge.provisioning.layout import NAME_CHARACTERS, Layout


def name_groups(
    groups: Iterable[Group], layout: Layout, given: Mapping[int, str], taken: Iterable[str]
) -> dict[int, str]:
    """
    Give each group's room its name; the same input gives the same names.

    Args:
        given: Group id to the name that its room was given.
        taken: Names of other rooms: archived ones, the space, the staff room.
    """
    living = sorted(groups, key=lambda group: group.id)
    plain = {group.id: layout.name_of(group) for group in living}
    used = {_folded(name) for name in taken}
    shared = Counter(_folded(name) for name in plain.values())
    shared.update(used)
    names: dict[int, str] = {}
    newcomers: list[Group] = []
    for group in living:
        old = given.get(group.id, "")
        if old and _folded(old) not in used and _is_of_family(old, plain[group.id], group):
            names[group.id] = old
            used.add(_folded(old))
        else:
            newcomers.append(group)
    for group in newcomers:
        collides = shared[_folded(plain[group.id])] > 1
        name = next(n for n in _family(plain[group.id], group, with_year=collides) if _folded(n) not in used)
        names[group.id] = name
        used.add(_folded(name))
    return names


def _family(plain: str, group: Group, *, with_year: bool) -> Iterator[str]:
    """The names that a group may have, the preferred one first."""
    dated = _dated(plain, group)
    if not with_year:
        yield plain
    if dated != plain:
        yield dated
    for number in count(2):
        yield _cut(dated, f" {number}")


def _is_of_family(name: str, plain: str, group: Group) -> bool:
    dated = _dated(plain, group)
    if name in (plain, dated):
        return True
    _, _, number = name.rpartition(" ")
    return number.isascii() and number.isdecimal() and int(number) >= 2 and name == _cut(dated, f" {int(number)}")


def _dated(plain: str, group: Group) -> str:
    return _cut(plain, f" ({group.year})") if group.year and group.year not in plain else plain


def _cut(name: str, end: str) -> str:
    return name[: NAME_CHARACTERS - len(end)] + end


def _folded(name: str) -> str:
    return name.casefold()

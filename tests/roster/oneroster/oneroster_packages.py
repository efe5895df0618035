"""The folders ``good/`` and ``broken/``: packages as files, and what each of them must come to."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

from bridge.permissions.school import School
from bridge.roster.oneroster.known import Known
from bridge.roster.oneroster.reader import OneRosterRead, read_oneroster

HERE = Path(__file__).parent
GOOD, BROKEN = HERE / "good", HERE / "broken"
TODAY = date(2026, 11, 23)


def cases(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if entry.is_dir())


def files_of(folder: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.suffix == ".csv"}


def zip_of(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def load(folder: Path, name: str) -> Any:
    path = folder / name
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def known_after(case: str) -> Known:
    """What the bridge knows after the good package *case*."""
    return know(read_oneroster(GOOD / case, known=Known(), today=TODAY))


def know(found: OneRosterRead) -> Known:
    roster = found.read.roster
    return Known(found.new_ids, School.of(roster.people, roster.groups, roster.enrolments))


def read_case(folder: Path, path: Path | None = None) -> OneRosterRead:
    """Read the package in *folder*, or its copy at *path*, with what ``given.json`` says: after which, which school."""
    given = load(folder, "given.json")
    known = known_after(given["after"]) if "after" in given else Known()
    return read_oneroster(path or folder, known=known, today=TODAY, school=given.get("school"))


def as_json(found: OneRosterRead) -> dict[str, Any]:
    """The read as ``read.json`` writes it."""
    read, removals = found.read, found.read.removals
    return {
        "is_complete": read.is_complete,
        "people": [
            [p.id, p.username, p.first_name, p.last_name, p.role.value, *([] if p.is_active else ["inactive"])]
            for p in read.roster.people
        ],
        "groups": [[g.id, g.name, g.year, g.course] for g in read.roster.groups],
        "enrolments": [[e.group_id, e.person_id, e.role.value] for e in read.roster.enrolments],
        "removals": {
            "people": sorted(removals.people),
            "groups": sorted(removals.groups),
            "enrolments": sorted(map(list, removals.enrolments)),
        },
        "new_ids": {f"{kind} {sourced_id}": id_ for (kind, sourced_id), id_ in found.new_ids.items()},
        "left_out": found.left_out,
    }


def write_broken(name: str, path: Path) -> tuple[Path, str | None]:
    """
    Write the broken package *name* as a zip; gives it, and the school that the config names for it.

    ``case.json`` says which good package it is a copy of; what stands in its folder replaces files of that.
    """
    folder, case = BROKEN / name, load(BROKEN / name, "case.json")
    files = {**files_of(GOOD / case["base"]), **files_of(folder)}
    for gone in case.get("without", []):
        del files[gone]
    return zip_of(path, files), case.get("school")


def read_broken(name: str, path: Path) -> OneRosterRead:
    """Read the broken package *name*, written to *path* first, after the good one that its copy follows."""
    path, school = write_broken(name, path)
    after = load(GOOD / load(BROKEN / name, "case.json")["base"], "given.json").get("after")
    return read_oneroster(path, known=known_after(after) if after else Known(), today=TODAY, school=school)

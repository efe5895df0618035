"""``manifest.csv``: the version of the package, and how each of its files is meant."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bridge.roster.oneroster.cells import Cells
from bridge.roster.oneroster.columns import COLUMNS, PACKAGE_FILES, Columns, Mode, Version
from bridge.roster.oneroster.faults import quote
from bridge.roster.oneroster.rows import CsvFile

NAME = "manifest.csv"
FILE = "file."
VERSION = re.compile(r"(1\.[12])(?:\.\d{1,3})?")
# Without these a package is no whole school.
WHOLE = ("orgs", "users", "roles", "classes", "enrollments")


@dataclass(frozen=True)
class Manifest:
    """``modes``: of the files that the roster is made of."""

    version: Version
    modes: dict[str, Mode]

    @property
    def is_complete(self) -> bool:
        """Whether the package is the whole school. One delta among the files makes it a delta."""
        return Mode.DELTA not in self.modes.values()

    def columns(self, name: str) -> Columns:
        return COLUMNS[self.version][name]


def read_manifest(file: CsvFile, names: frozenset[str]) -> Manifest | None:
    """
    Read and check the manifest; *names* are the files that are there.

    Returns:
        None when a fault leaves unclear what the package is.
    """
    values: dict[str, tuple[str, Cells]] = {}
    columns = COLUMNS[Version.V1_1]["manifest"]
    for line in file.rows(columns):
        cells = Cells(file, line, columns)
        key = cells.raw("propertyName")
        if values.setdefault(key, (line.values["value"], cells))[1] is not cells:
            cells.fault("propertyName", f"{quote(key)} stands twice")
    if not file.is_sound:
        return None
    version = _read_version(file, values)
    modes = _read_modes(values)
    if version is None:
        return None
    manifest = Manifest(
        version, {name: modes.get(name, Mode.ABSENT) for name in COLUMNS[version] if name != "manifest"}
    )
    _check_presence(file, manifest, values, names)
    return manifest


def _read_version(file: CsvFile, values: dict[str, tuple[str, Cells]]) -> Version | None:
    for key in ("manifest.version", "oneroster.version"):
        if key not in values:
            file.fault(None, key, "is missing")
    layout, cells = values.get("manifest.version", ("1.0", None))
    if layout != "1.0" and cells:
        cells.fault("manifest.version", f"{quote(layout)} is not 1.0, the only one that there is")
    text, cells = values.get("oneroster.version", ("", None))
    match = VERSION.fullmatch(text)
    if not match and cells:
        cells.fault("oneroster.version", f"{quote(text)} is neither 1.1 nor 1.2")
    return Version(match[1]) if match else None


def _read_modes(values: dict[str, tuple[str, Cells]]) -> dict[str, Mode]:
    modes: dict[str, Mode] = {}
    for key, (value, cells) in values.items():
        if not key.startswith(FILE):
            continue  # source.systemName and the like
        name = key.removeprefix(FILE)
        if name not in PACKAGE_FILES:
            cells.fault(key, f"{quote(name)} is no file of OneRoster")
        elif value not in list(Mode):
            cells.fault(key, f"{quote(value)} is none of {', '.join(Mode)}")
        else:
            modes[name] = Mode(value)
    return modes


def _check_presence(
    file: CsvFile, manifest: Manifest, values: dict[str, tuple[str, Cells]], names: frozenset[str]
) -> None:
    for name, mode in manifest.modes.items():
        is_there = f"{name}.csv" in names
        value, cells = values.get(FILE + name, (Mode.ABSENT, None))
        line = cells.number if cells else None
        if value not in list(Mode):
            continue  # a fault of its own
        if mode == Mode.ABSENT and is_there:
            file.fault(line, FILE + name, f"is absent here, but {name}.csv is in the package")
        elif mode != Mode.ABSENT and not is_there:
            file.fault(line, FILE + name, f"is {mode} here, but there is no {name}.csv in the package")
        elif mode == Mode.ABSENT and manifest.is_complete and name in WHOLE:
            file.fault(line, FILE + name, f"is absent; a whole school has {name}.csv")

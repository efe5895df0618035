"""
The roster from OneRoster CSV 1.1 or 1.2: a zip or a folder, the whole school or a delta.

It is taken whole or not at all: a fault anywhere, and nothing is. Passwords, demographics, addresses, telephone
numbers and who is whose parent are never read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bridge.errors import ConfigError
from bridge.roster.oneroster.classes import Classes, read_classes
from bridge.roster.oneroster.enrollments import EnrolmentReader, Enrolments
from bridge.roster.oneroster.faults import FaultList
from bridge.roster.oneroster.known import Ids, Known
from bridge.roster.oneroster.limits import Limits
from bridge.roster.oneroster.manifest import NAME as MANIFEST
from bridge.roster.oneroster.manifest import Manifest, read_manifest
from bridge.roster.oneroster.orgs import read_orgs
from bridge.roster.oneroster.package import Package, open_package
from bridge.roster.oneroster.reading import Reading
from bridge.roster.oneroster.rows import CsvFile
from bridge.roster.oneroster.users import Users, read_users
from bridge.roster.reads import Read, Removals
from bridge.roster.roster import Roster
from bridge.roster.sourced_ids import SourcedId


@dataclass(frozen=True)
class OneRosterRead:
    """
    Attributes:
        new_ids: To be stored in the transaction that takes the read in.
        left_out: What is no part of the roster, in words, and how often: "guardian": 12.
    """

    read: Read
    new_ids: dict[SourcedId, int]
    left_out: dict[str, int]


def read_oneroster(
    path: Path, *, known: Known, today: date, school: str | None = None, limits: Limits | None = None
) -> OneRosterRead:
    """
    Read the package at *path*. Takes a second for a few thousand people: not for the event loop.

    Args:
        known: The roster as stored; a delta is checked against it and completed from it.
        today: Classes and enrolments that are over by then are gone.
        school: The ``sourcedId`` of the org that is our school; None: the only one there is.

    Raises:
        SourceFaults: What is wrong with the package, all of it.
        ConfigError: *path* cannot be read.
    """
    limits = limits or Limits()
    faults = FaultList(limits.faults)
    try:
        with open_package(path, limits, faults) as package:
            manifest = _read_manifest(package, faults, limits)
            if manifest is None:
                faults.raise_any(path.name)
                raise AssertionError("no manifest and no fault")
            found = _read_files(Reading(package, manifest, faults, limits, today, Ids(known)), known, school)
    except OSError as error:
        raise ConfigError(f"cannot read the OneRoster package {path}: {error.strerror}") from error
    faults.raise_any(path.name)
    return found


def _read_manifest(package: Package, faults: FaultList, limits: Limits) -> Manifest | None:
    if MANIFEST not in package.names:
        faults.add(MANIFEST, None, None, "is missing; it must stand at the top of the package")
        return None
    with package.open(MANIFEST) as stream:
        return read_manifest(CsvFile(MANIFEST, stream, faults, limits.line_bytes), package.names)


def _read_files(reading: Reading, known: Known, school: str | None) -> OneRosterRead:
    """Read what is referred to before what refers."""
    orgs = read_orgs(reading, school)
    users = read_users(reading, orgs, known.school)
    classes = read_classes(reading, orgs)
    enrolments = EnrolmentReader(reading, orgs, users, classes).read()
    orgs.check_one(reading)
    return OneRosterRead(
        Read(
            "oneroster",
            _roster(users, classes, enrolments),
            reading.manifest.is_complete,
            _removals(users, classes, enrolments),
        ),
        reading.own_ids.given,
        dict(reading.left_out),
    )


def _roster(users: Users, classes: Classes, enrolments: Enrolments) -> Roster:
    return Roster(tuple(users.people.values()), tuple(classes.groups.values()), tuple(enrolments.found.values()))


def _removals(users: Users, classes: Classes, enrolments: Enrolments) -> Removals:
    people = users.gone - {person.id for person in users.people.values()}
    groups = classes.gone - {group.id for group in classes.groups.values()}
    return Removals(frozenset(people), frozenset(groups), frozenset(enrolments.ended))

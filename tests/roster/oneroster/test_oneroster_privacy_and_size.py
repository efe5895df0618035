"""What is never read is never in memory, and a large school needs little of it."""

from __future__ import annotations

import gc
import tracemalloc
import zipfile
from pathlib import Path
from secrets import token_hex

import pytest
from oneroster_packages import GOOD, TODAY, files_of, zip_of
from testbed.oneroster import HEADERS, whole_school, write_package

from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.roster.oneroster.columns import COLUMNS, Version
from bridge.roster.oneroster.faults import FaultList, SourceFaults
from bridge.roster.oneroster.known import Known
from bridge.roster.oneroster.package import ZipLines
from bridge.roster.oneroster.reader import read_oneroster
from bridge.roster.oneroster.rows import CsvFile
from bridge.roster.roster import Roster

NEVER = "password", "sms", "phone", "agentSourcedIds", "grades", "middleName", "pronouns", "userIds"


def strings_in_memory(part: str) -> list[str]:
    """Every living string that holds *part*, wherever an object refers to it."""
    gc.collect()
    return [
        text for owner in gc.get_objects() for text in gc.get_referents(owner) if isinstance(text, str) and part in text
    ]


@pytest.mark.parametrize("case", ["1.1-bulk", "1.2-bulk"])
@pytest.mark.parametrize("is_broken", [False, True])
def test_a_password_is_in_nothing_that_stays_nor_in_a_fault(case: str, is_broken: bool, tmp_path: Path):
    marker = token_hex(16)  # made now, so that nothing else in this process holds it
    files = files_of(GOOD / case)
    assert b"never-read" in files["users.csv"]
    files["users.csv"] = files["users.csv"].replace(b"never-read", marker.encode())
    if is_broken:  # every row of it faulty, with one value too many for some
        files["users.csv"] = files["users.csv"].replace(b"true", b"perhaps").replace(b"sokolova,", b"sokolova,,")
    path = zip_of(tmp_path / "school.zip", files)
    del files
    kept: object
    if is_broken:
        with pytest.raises(SourceFaults) as caught:
            read_oneroster(path, known=Known(), today=TODAY)
        kept = (caught.value.faults, caught.value.detail)
    else:
        kept = read_oneroster(path, known=Known(), today=TODAY)
    assert marker not in repr(kept)
    assert {text for text in strings_in_memory(marker) if text is not marker} == set()


def test_passwords_addresses_and_parents_are_no_columns_that_are_read():
    for version in Version:
        taken = set().union(*(columns.taken for columns in COLUMNS[version].values()))
        assert taken.isdisjoint(NEVER)
    assert not {"demographics", "userProfiles", "results"} & {name for files in COLUMNS.values() for name in files}


def test_a_file_that_is_not_of_the_roster_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    opened: list[str] = []
    original = zipfile.ZipFile.open

    def open_and_tell(archive: zipfile.ZipFile, name: str):
        opened.append(name)
        return original(archive, name)

    path = zip_of(tmp_path / "school.zip", files_of(GOOD / "1.2-bulk"))
    monkeypatch.setattr(zipfile.ZipFile, "open", open_and_tell)
    read_oneroster(path, known=Known(), today=TODAY)
    assert sorted(opened) == sorted(["users.csv", *(f"{name}.csv" for name in HEADERS)])


def large_school(people: int) -> Roster:
    """*people* students in groups of 25, each in two of them."""
    groups = people // 25
    return Roster(
        tuple(Person(i, f"student{i}", "Мария", "Иванова", Role.STUDENT) for i in range(1, people + 1)),
        tuple(Group(g, f"Группа {g}", "2026/27", "Математика") for g in range(1, groups + 1)),
        tuple(Enrolment((i + shift) % groups + 1, i, Role.STUDENT) for i in range(1, people + 1) for shift in (0, 1)),
    )


def test_rows_are_streamed_out_of_the_zip(tmp_path: Path):
    """20 MB in 100,000 rows pass through less than a megabyte."""
    path = tmp_path / "school.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("orgs.csv", "w") as out:
        out.write(b"sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\n")
        for number in range(100_000):
            out.write(f'{number},,,"{"Школа, " * 16}",school,,\r\n'.encode())
    with zipfile.ZipFile(path) as archive:
        file = CsvFile("orgs.csv", ZipLines(archive, "orgs.csv"), FaultList(1), 1 << 18)
        tracemalloc.start()
        count = sum(1 for _ in file.rows(COLUMNS[Version.V1_1]["orgs"]))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 1 << 20
    assert count == 100_000


def test_a_large_school_is_read_in_little_more_memory_than_it_needs(tmp_path: Path):
    path = write_package(tmp_path / "school.zip", whole_school(large_school(10_000)))
    tracemalloc.start()
    found = read_oneroster(path, known=Known(), today=TODAY)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.read.roster.people) == 10_000
    assert len(found.read.roster.enrolments) == 20_000
    assert peak < 3 * kept

"""Good packages: each in ``good/`` comes to exactly what its ``read.json`` says, from a folder and from a zip."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from oneroster_packages import GOOD, TODAY, as_json, cases, files_of, know, load, read_case, zip_of
from testbed.oneroster import change, whole_school, write_package

from bridge.permissions.school import Enrolment, Group, Person, Role
from bridge.roster.oneroster.known import Known
from bridge.roster.oneroster.reader import read_oneroster
from bridge.roster.roster import Roster
from bridge.roster.synthetic import SyntheticSchool, synthetic_roster

PETROVA = Person(2, "petrova", "Анна", "Петрова", Role.TEACHER)
ORLOV = Person(11, "orlov", "Пётр", "Орлов", Role.STUDENT)
SMALL = Roster(
    (Person(1, "admin", "Ольга", "Соколова", Role.ADMIN), PETROVA, ORLOV),
    (Group(70, "7Б Математика", "2026/27", "Математика"), Group(71, "8А Физика", "2026/27", "Физика")),
    (Enrolment(70, 2, Role.TEACHER), Enrolment(70, 11, Role.STUDENT), Enrolment(71, 2, Role.TEACHER)),
)


@pytest.mark.parametrize("case", cases(GOOD))
@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_a_good_package_comes_to_what_its_json_says(case: str, kind: str, tmp_path: Path):
    folder = GOOD / case
    path = folder if kind == "folder" else zip_of(tmp_path / "school.zip", files_of(folder))
    assert as_json(read_case(folder, path)) == load(folder, "read.json")


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_generated_school_is_read_as_it_was_written(version: str, tmp_path: Path):
    roster = synthetic_roster(SyntheticSchool(30, 570, 19, 0))
    found = read_oneroster(
        write_package(tmp_path / "school.zip", whole_school(roster, version=version)), known=Known(), today=TODAY
    )
    assert found.read.is_complete
    assert found.read.roster.people == roster.people
    assert [(g.id, g.name, g.year) for g in found.read.roster.groups] == [
        (g.id, g.name, "2026/27") for g in roster.groups
    ]
    assert set(found.read.roster.enrolments) == set(roster.enrolments)
    assert (found.new_ids, found.left_out) == ({}, {})
    assert not found.read.removals


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_delta_names_what_changed_and_what_is_gone(version: str, tmp_path: Path):
    known = know(read_oneroster(write_package(tmp_path / "all.zip", whole_school(SMALL)), known=Known(), today=TODAY))
    after = Roster(
        (
            SMALL.people[0],
            Person(2, "petrova", "Анна", "Смирнова", Role.ADMIN),
            Person(12, "new", "Ян", "Ли", Role.STUDENT),
        ),
        (Group(70, "7Б Алгебра", "2026/27", "Математика"),),
        (Enrolment(70, 2, Role.TEACHER), Enrolment(70, 12, Role.STUDENT)),
    )
    path = write_package(tmp_path / "delta.zip", change(SMALL, after, version=version))
    read = read_oneroster(path, known=known, today=TODAY).read
    assert not read.is_complete
    assert set(read.roster.people) == set(after.people[1:])
    assert read.roster.groups == after.groups
    assert read.roster.enrolments == (Enrolment(70, 12, Role.STUDENT),)
    assert (read.removals.people, read.removals.groups) == ({11}, {71})
    assert read.removals.enrolments == {(70, 11), (71, 2)}


def test_the_same_package_read_again_gives_the_same_ids(tmp_path: Path):
    first = read_case(GOOD / "1.2-bulk")
    again = read_oneroster(GOOD / "1.2-bulk", known=know(first), today=TODAY)
    assert again.new_ids == {}
    assert again.read.roster == first.read.roster


def test_a_class_goes_the_day_after_its_last_term_ended(tmp_path: Path):
    path = write_package(tmp_path / "school.zip", whole_school(SMALL))
    last = date(2027, 8, 31)
    still = read_oneroster(path, known=Known(), today=last)
    assert len(still.read.roster.groups) == 2
    over = read_oneroster(path, known=know(still), today=last + timedelta(days=1))
    assert over.read.roster.groups == ()
    assert over.read.removals.groups == {70, 71}
    assert over.left_out["classes whose terms have ended"] == 2


def test_an_enrolment_counts_from_its_first_day_to_the_day_before_its_last(tmp_path: Path):
    tables = whole_school(SMALL)
    tables.rows["enrollments"][1] |= {"beginDate": "2026-10-01", "endDate": "2026-11-01"}
    path = write_package(tmp_path / "school.zip", tables)
    pupil = Enrolment(70, 11, Role.STUDENT)
    taken = {
        day: pupil in read_oneroster(path, known=Known(), today=day).read.roster.enrolments
        for day in (date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 1))
    }
    assert list(taken.values()) == [False, True, True, False]


def test_the_config_says_which_of_several_schools_is_ours(tmp_path: Path):
    folder = shutil.copytree(GOOD / "1.1-bulk", tmp_path / "export")
    orgs = folder / "orgs.csv"
    orgs.write_text(orgs.read_text("utf-8") + "s-58,,,Школа № 58,school,,d-1\n", "utf-8")
    ours = read_oneroster(folder, known=Known(), today=TODAY, school="s-57").read.roster
    theirs = read_oneroster(folder, known=Known(), today=TODAY, school="d-1").read.roster
    assert "head" not in {person.username for person in ours.people}
    assert "head" in {person.username for person in theirs.people}, "a district is all that is below it"

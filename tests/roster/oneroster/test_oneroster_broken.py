"""Broken packages: each in ``broken/`` gives its whole list of faults, and nothing of it is taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from oneroster_packages import BROKEN, TODAY, cases, load, read_broken
from testbed.oneroster import whole_school, write_package

from bridge.errors import ConfigError
from bridge.roster.oneroster.faults import SourceFaults
from bridge.roster.oneroster.known import Known
from bridge.roster.oneroster.limits import Limits
from bridge.roster.oneroster.reader import read_oneroster
from bridge.roster.synthetic import SyntheticSchool, synthetic_roster


@pytest.mark.parametrize("case", cases(BROKEN))
def test_a_broken_package_gives_its_list_of_faults_and_nothing_else(case: str, tmp_path: Path):
    with pytest.raises(SourceFaults) as caught:
        read_broken(case, tmp_path / "school.zip")
    expected = load(BROKEN / case, "faults.json")
    assert [list(fault) for fault in caught.value.faults] == expected
    assert caught.value.total == len(expected)
    assert [entry.name for entry in tmp_path.iterdir()] == ["school.zip"], "nothing is unpacked to the disk"


def test_the_folder_of_broken_packages_has_not_been_forgotten():
    assert len(cases(BROKEN)) > 40
    assert [case for case in cases(BROKEN) if not load(BROKEN / case, "faults.json")] == []


def test_faults_are_told_in_one_text_a_line_each_with_file_line_and_column(tmp_path: Path):
    with pytest.raises(ConfigError) as caught:
        read_broken("wrong-words", tmp_path / "school.zip")
    first, *lines = caught.value.detail.splitlines()
    assert first == "school.zip has 5 faults, so nothing of it was taken:"
    assert '  academicSessions.csv:2: type: "quarter" is none of gradingPeriod, semester, schoolYear, term' in lines


def test_of_very_many_faults_the_first_are_told_and_the_rest_counted(tmp_path: Path):
    tables = whole_school(synthetic_roster(SyntheticSchool(3, 300, 30, 0)))
    for row in tables.rows["users"]:
        row["enabledUser"] = "perhaps"
    with pytest.raises(SourceFaults) as caught:
        read_oneroster(write_package(tmp_path / "school.zip", tables), known=Known(), today=TODAY)
    assert (caught.value.total, len(caught.value.faults)) == (303, 200)
    assert caught.value.detail.splitlines()[-1] == "  and 103 more"


@pytest.mark.parametrize(
    ("length", "reason"),
    [
        (140_000, "holds a value of more than 131072 characters, or a quote that is never closed"),
        (300_000, "is a line of more than 262144 bytes"),
    ],
)
def test_a_huge_value_is_refused_before_it_fills_the_memory(length: int, reason: str, tmp_path: Path):
    tables = whole_school(synthetic_roster(SyntheticSchool(1, 2, 2, 0)))
    tables.rows["users"][1]["grades"] = "x" * length
    with pytest.raises(SourceFaults) as caught:
        read_oneroster(write_package(tmp_path / "school.zip", tables), known=Known(), today=TODAY)
    assert [list(fault) for fault in caught.value.faults] == [["users.csv", 3, None, reason]]


def test_what_is_not_there_or_no_package_is_said_in_one_sentence(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"cannot read the OneRoster package .*none.zip: No such file"):
        read_oneroster(tmp_path / "none.zip", known=Known(), today=TODAY)
    (tmp_path / "school.zip").write_text("sourcedId\n")
    with pytest.raises(SourceFaults, match=r"school.zip: is neither a folder nor a zip file"):
        read_oneroster(tmp_path / "school.zip", known=Known(), today=TODAY)
    (tmp_path / "folder").mkdir()
    with pytest.raises(SourceFaults, match=r"manifest.csv: is missing"):
        read_oneroster(tmp_path / "folder", known=Known(), today=TODAY)


def test_a_link_in_a_folder_is_not_followed(tmp_path: Path):
    folder = tmp_path / "export"
    folder.mkdir()
    write_package(folder, whole_school(synthetic_roster(SyntheticSchool(1, 2, 2, 0))))
    (folder / "users.csv").rename(tmp_path / "elsewhere.csv")
    (folder / "users.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(SourceFaults, match=r"users.csv: is a link or no plain file"):
        read_oneroster(folder, known=Known(), today=TODAY)


def test_a_folder_larger_than_the_limit_is_not_opened(tmp_path: Path):
    write_package(tmp_path, whole_school(synthetic_roster(SyntheticSchool(1, 2, 2, 0))))
    with pytest.raises(SourceFaults, match="more than 500 are not taken"):
        read_oneroster(tmp_path, known=Known(), today=TODAY, limits=Limits(unpacked_bytes=500))

"""Hostile and damaged zips are refused by their own list of files; what lies is caught while it is read."""

from __future__ import annotations

import io
import random
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from oneroster_packages import GOOD, TODAY, files_of, zip_of

from bridge.roster.oneroster.faults import SourceFaults
from bridge.roster.oneroster.known import Known
from bridge.roster.oneroster.limits import Limits
from bridge.roster.oneroster.package import END_OF_DIRECTORY
from bridge.roster.oneroster.reader import read_oneroster

FILES = files_of(GOOD / "1.2-bulk")


def faults_of(path: Path, limits: Limits | None = None) -> list[str]:
    with pytest.raises(SourceFaults) as caught:
        read_oneroster(path, known=Known(), today=TODAY, limits=limits)
    return [str(fault) for fault in caught.value.faults]


def with_member(
    path: Path, name: str, content: bytes = b"x", mode: int = 0, method: int = zipfile.ZIP_DEFLATED
) -> Path:
    zip_of(path, FILES)
    info = zipfile.ZipInfo(name)
    info.external_attr, info.compress_type = mode << 16, method
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, content)
    return path


@pytest.mark.parametrize("name", ["../users.csv", "a/../../users.csv", "/etc/passwd", "..\\users.csv", "C:\\users.csv"])
def test_a_path_that_leads_out_of_the_zip_is_refused(name: str, tmp_path: Path):
    (fault,) = faults_of(with_member(tmp_path / "school.zip", name))
    assert fault.endswith(": leads out of the zip; nothing was unpacked")
    assert [entry.name for entry in tmp_path.iterdir()] == ["school.zip"]


@pytest.mark.parametrize(
    ("name", "mode", "reason"),
    [
        ("notes.csv", stat.S_IFLNK | 0o777, '"notes.csv": is a link'),
        ("export/users.csv", 0, '"export/users.csv": lies in a folder'),
        ("older.zip", 0, '"older.zip": is an archive inside the archive'),
        ("Users.csv", 0, '"Users.csv": is in the zip twice'),
    ],
)
def test_what_does_not_belong_into_a_package_is_refused(name: str, mode: int, reason: str, tmp_path: Path):
    (fault,) = faults_of(with_member(tmp_path / "school.zip", name, mode=mode))
    assert fault.startswith(reason)


def test_the_litter_of_macos_does_no_harm(tmp_path: Path):
    path = with_member(tmp_path / "school.zip", "__MACOSX/._users.csv")
    assert read_oneroster(path, known=Known(), today=TODAY).read.is_complete


def test_a_rare_way_of_packing_is_refused(tmp_path: Path):
    (fault,) = faults_of(with_member(tmp_path / "school.zip", "notes.csv", method=zipfile.ZIP_BZIP2))
    assert "rare method" in fault


def test_an_encrypted_file_is_refused(tmp_path: Path):
    path = zip_of(tmp_path / "school.zip", FILES)
    raw = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(signature) + offset] |= 1
    path.write_bytes(raw)
    (fault,) = faults_of(path)
    assert fault.endswith("is encrypted; the zip must have no password")


def test_a_bomb_of_a_gigabyte_is_refused_and_not_unpacked(tmp_path: Path):
    path = zip_of(tmp_path / "bomb.zip", {name: text for name, text in FILES.items() if name != "users.csv"})
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("users.csv", "w") as out,
    ):
        for _ in range(1024):
            out.write(bytes(1 << 20))
    assert path.stat().st_size < 8 << 20
    tracemalloc.start()
    faults = faults_of(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(faults) == 2
    assert faults[0].startswith("bomb.zip: holds 10737")
    assert faults[1].startswith('"users.csv": unpacks to 1073741824 bytes from ')
    assert peak < 4 << 20


def test_a_file_that_unpacks_to_more_than_it_says_is_damaged(tmp_path: Path):
    path = zip_of(tmp_path / "school.zip", FILES | {"users.csv": FILES["users.csv"] + b"\n" * 5_000_000})
    raw = path.read_bytes()
    full = struct.pack("<I", len(FILES["users.csv"]) + 5_000_000)
    assert raw.count(full) == 2
    path.write_bytes(raw.replace(full, struct.pack("<I", 1000)))
    (fault,) = faults_of(path)
    assert fault.startswith("users.csv: is damaged in the zip")


def test_too_many_files_are_refused_by_the_zips_last_bytes(tmp_path: Path):
    path = zip_of(tmp_path / "school.zip", FILES | {f"{number}.txt": b"" for number in range(60)})
    (fault,) = faults_of(path)
    assert fault.endswith("more than 64 are not taken")


@pytest.mark.parametrize(
    ("offset", "kind", "value", "reason"),
    [
        (10, "<H", 65_535, "holds 65535 files"),
        (12, "<I", 400_000, "this is no honest zip"),
        (16, "<I", 4_000_000_000, "is damaged in the zip"),
        (12, "<I", 3, "is no zip file that can be read"),
    ],
)
def test_a_zip_with_a_false_end_is_refused(offset: int, kind: str, value: int, reason: str, tmp_path: Path):
    path = zip_of(tmp_path / "school.zip", FILES)
    raw = bytearray(path.read_bytes())
    struct.pack_into(kind, raw, raw.rindex(END_OF_DIRECTORY) + offset, value)
    path.write_bytes(raw)
    (fault,) = faults_of(path)
    assert reason in fault


def test_a_list_of_files_that_is_long_by_another_end_is_refused(tmp_path: Path):
    path = zip_of(tmp_path / "school.zip", FILES)
    raw = path.read_bytes()
    end = raw.rindex(END_OF_DIRECTORY)
    path.write_bytes(raw[:end] + b"PK\x06\x07" + bytes(16) + raw[end:])
    (fault,) = faults_of(path)
    assert "ZIP64" in fault


def test_an_archive_larger_than_the_limit_is_not_opened(tmp_path: Path):
    path = zip_of(tmp_path / "school.zip", FILES)
    (fault,) = faults_of(path, Limits(archive_bytes=1000))
    assert "more than 1000 are not taken" in fault


def test_a_zip_cut_off_anywhere_is_refused(tmp_path: Path):
    raw = zip_of(tmp_path / "school.zip", FILES).read_bytes()
    for length in range(0, len(raw), 97):
        (tmp_path / "cut.zip").write_bytes(raw[:length])
        assert faults_of(tmp_path / "cut.zip")


def flip(raw: bytearray, chance: random.Random) -> None:
    raw[chance.randrange(len(raw))] = chance.randrange(256)


def cut(raw: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(raw))
    del raw[start : start + chance.randrange(1, 40)]


def repeat(raw: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(raw))
    raw[start:start] = raw[start : start + chance.randrange(1, 40)]


@pytest.mark.parametrize("damage", [flip, cut, repeat])
@pytest.mark.parametrize("where", ["zip", "files"])
def test_damage_anywhere_is_a_list_of_faults_or_no_damage(
    where: str, damage: Callable[[bytearray, random.Random], None], tmp_path: Path
):
    """400 damaged packages each; the seed is fixed, so a failure can be found again."""
    chance = random.Random(f"{where} {damage.__name__}")
    whole = zip_of(tmp_path / "school.zip", FILES).read_bytes()
    refused = 0
    for _ in range(400):
        if where == "zip":
            raw = bytearray(whole)
            damage(raw, chance)
        else:
            name = chance.choice(sorted(FILES.keys() - {"demographics.csv", "userProfiles.csv"}))
            text = bytearray(FILES[name])
            damage(text, chance)
            raw = bytearray(zipped(FILES | {name: bytes(text)}))
        (tmp_path / "school.zip").write_bytes(raw)
        try:
            read_oneroster(tmp_path / "school.zip", known=Known(), today=TODAY)
        except SourceFaults:
            refused += 1
    assert refused > 50


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()

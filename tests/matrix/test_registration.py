"""The file that makes the homeserver know the bridge."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bridge.config import AppserviceConfig, HomeserverConfig
from bridge.matrix.registration import registration, write_registration

APPSERVICE = AppserviceConfig(as_token="a" * 32, hs_token="b" * 32)
HOMESERVER = HomeserverConfig(server_name="school.test")


@pytest.mark.parametrize(
    ("mxid", "is_ours"),
    [
        ("@school_1:school.test", True),
        ("@school_bot:school.test", True),
        ("@anna:school.test", False),
        ("@school_1:schoolxtest", False),
    ],
)
def test_the_school_s_users_are_the_bridge_s_alone(mxid: str, is_ours: bool) -> None:
    [users] = registration(APPSERVICE, HOMESERVER)["namespaces"]["users"]
    assert users["exclusive"]
    assert bool(re.fullmatch(users["regex"], mxid)) == is_ours


def test_conversations_aliases_cannot_be_taken() -> None:
    [aliases] = registration(APPSERVICE, HOMESERVER)["namespaces"]["aliases"]
    assert aliases["exclusive"]
    assert re.fullmatch(aliases["regex"], "#school_c_x1:school.test")


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "registration.yaml"
    for _ in range(2):
        write_registration(path, APPSERVICE, HOMESERVER)
    assert yaml.safe_load(path.read_text()) == registration(APPSERVICE, HOMESERVER)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["registration.yaml"]

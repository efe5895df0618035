"""The data folder keeps its secrets and follows the command line."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import yaml

from bridge.config import load_config
from bridge.demo.folder import DemoOptions, ensure_folder
from bridge.errors import ConfigError


def test_secrets_are_random_kept_and_readable_by_the_owner_only(tmp_path: Path):
    first = ensure_folder(DemoOptions(tmp_path / "a")).config
    again = ensure_folder(DemoOptions(tmp_path / "a")).config
    other = ensure_folder(DemoOptions(tmp_path / "b")).config
    assert first == again
    secrets = [first.appservice.as_token, first.appservice.hs_token, first.auth.secret, first.files.secret]
    assert len({*secrets, other.appservice.as_token}) == 5
    assert stat.S_IMODE((tmp_path / "a" / "config.yaml").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700


def test_the_registration_and_the_homeserver_have_the_same_secrets_and_ports(tmp_path: Path):
    folder = ensure_folder(DemoOptions(tmp_path, port=8100, homeserver_port=8108))
    registration = yaml.safe_load((tmp_path / "registration.yaml").read_text())
    assert registration["as_token"] == folder.config.appservice.as_token
    assert registration["url"] == folder.config.server.public_url == "http://127.0.0.1:8100"
    assert folder.homeserver.url == folder.config.homeserver.url == "http://127.0.0.1:8108"
    homeserver = yaml.safe_load(folder.homeserver.path.read_text())
    assert homeserver["app_service_config_files"] == [str(tmp_path / "registration.yaml")]
    assert homeserver["server_name"] == folder.config.homeserver.server_name


def test_ports_and_addresses_are_those_of_the_last_start(tmp_path: Path):
    ensure_folder(DemoOptions(tmp_path, database="postgresql://bridge@db/x", redis="redis://r", with_limits=False))
    folder = ensure_folder(DemoOptions(tmp_path, port=8200))
    assert folder.config.server.port == 8200
    assert folder.config.database.url == f"sqlite:///{tmp_path}/classbridge.db"
    assert folder.config.redis.url is None
    assert folder.config.limits.enabled


def test_limits_are_lifted_on_both_sides(tmp_path: Path):
    folder = ensure_folder(DemoOptions(tmp_path, with_limits=False))
    assert not folder.config.limits.enabled
    homeserver = yaml.safe_load(folder.homeserver.path.read_text())
    assert homeserver["rc_message"]["per_second"] > 10_000


def test_the_config_is_one_that_the_bridge_alone_can_be_started_with(tmp_path: Path):
    folder = ensure_folder(DemoOptions(tmp_path))
    assert load_config(tmp_path / "config.yaml") == folder.config
    assert folder.config.sign_in_is_on


@pytest.mark.parametrize("damage", ["- 1", "a: [", "appservice: 5", "\udcff"])
def test_a_damaged_config_is_not_written_over(tmp_path: Path, damage: str):
    ensure_folder(DemoOptions(tmp_path))
    (tmp_path / "config.yaml").write_bytes(damage.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError, match=r"config\.yaml was damaged"):
        ensure_folder(DemoOptions(tmp_path))
    assert (tmp_path / "config.yaml").read_bytes() == damage.encode("utf-8", "surrogateescape")


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot write the data folder"):
        ensure_folder(DemoOptions(tmp_path / "file" / "data"))

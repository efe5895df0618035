"""The config is checked whole; each fault names its key; the example holds every key, explained."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from bridge.config import Config, load_config, parse_config
from bridge.errors import ConfigError

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "config.example.yaml"
SECRET = "0123456789abcdef0123456789abcdef"

Key = tuple[str, ...]


def good() -> dict[str, Any]:
    return {
        "homeserver": {"server_name": "school.test"},
        "appservice": {"as_token": SECRET, "hs_token": SECRET[::-1]},
        "auth": {"secret": SECRET},
        "files": {"secret": SECRET},
    }


def parse(document: dict[str, Any], env: dict[str, str] | None = None, base: Path = ROOT) -> Config:
    return parse_config(document, env or {}, base=base, name="config.yaml")


def faults_of(document: dict[str, Any], env: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(document, env)
    return [line.strip() for line in caught.value.detail.splitlines()[1:]]


def list_keys(model: type[BaseModel], path: Key = ()) -> Iterator[tuple[Key, Any]]:
    """Each key with its default (``PydanticUndefined``: it has none)."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            default = field.default
            for key, value in list_keys(kind, (*path, name)):
                given = default
                for part in key[len(path) + 1 :]:
                    given = getattr(given, part, PydanticUndefined)
                yield key, value if given is PydanticUndefined else given
        else:
            yield (*path, name), field.default


def test_the_least_config_is_enough():
    config = parse(good())
    assert config.homeserver.url == "http://127.0.0.1:8008"
    assert config.limits.send.burst == 30
    assert config.bot_mxid == "@school_bot:school.test"


def test_every_fault_is_told_at_once_with_its_key():
    document = good() | {"server": {"prot": 80, "port": 99999}, "colour": "red"}
    del document["appservice"]["hs_token"]
    document["files"]["secret"] = "short"
    assert sorted(faults_of(document)) == [
        "appservice.hs_token: is missing",
        "colour: unknown key; see config.example.yaml for the keys there are",
        "files.secret: is too short; a secret has at least 16 characters",
        "server.port: Input should be less than or equal to 65535",
        "server.prot: unknown key; see config.example.yaml for the keys there are",
    ]


@pytest.mark.parametrize(
    "left", ["<openssl rand -hex 32>", "CHANGE ME, PLEASE, NOW", "secret-secret-secret", "xxxxxxxxxxxxxxxxx"]
)
def test_a_placeholder_is_no_secret(left: str):
    document = good()
    document["appservice"]["as_token"] = left
    (fault,) = faults_of(document)
    assert fault.startswith("appservice.as_token: is a placeholder")
    assert left not in fault


def test_the_example_as_it_is_names_every_secret_that_is_to_be_filled_in():
    with pytest.raises(ConfigError) as caught:
        load_config(EXAMPLE, {})
    for key in ("appservice.as_token", "appservice.hs_token", "auth.secret", "files.secret"):
        assert f"{key}: is a placeholder" in caught.value.detail


def test_the_example_holds_every_key_with_its_default():
    example = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    for key, default in list_keys(Config):
        value: Any = example
        for part in key:
            assert part in value, f"{'.'.join(key)} is not in config.example.yaml"
            value = value[part]
        if default is not PydanticUndefined and key != ("auth", "secret"):
            assert value == default, f"{'.'.join(key)} is {value} in the example, by default it is {default}"


def test_the_example_explains_every_key():
    """A comment stands right above each key, or above the keys that it explains together."""
    lines = EXAMPLE.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.strip() and not line.lstrip().startswith("#"):
            above = lines[number - 1]
            is_explained = above.lstrip().startswith("#") or (above.strip() and not above.endswith(":"))
            assert is_explained or above.endswith(("send:", "upload:", "other:")), line


def test_the_example_with_its_secrets_filled_in_is_the_default_config():
    example = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    for section, key in (
        ("appservice", "as_token"),
        ("appservice", "hs_token"),
        ("auth", "secret"),
        ("files", "secret"),
    ):
        example[section][key] = SECRET
    minimal = good()
    minimal["homeserver"]["server_name"] = "school.example"
    minimal["appservice"]["hs_token"] = SECRET
    assert parse(example) == parse(minimal)


def test_the_environment_wins():
    env = {
        "CLASSBRIDGE_DATABASE__URL": "postgresql://bridge@db/school",
        "CLASSBRIDGE_SERVER__PORT": "8080",
        "CLASSBRIDGE_SERVER__ALLOWED_ORIGINS": "[https://a.test]",
        "CLASSBRIDGE_AUTH__SECRET": "1234567890123456",
        "CLASSBRIDGE_CONFIG": "no key of a section",
        "PATH": "/bin",
    }
    config = parse(good(), env)
    assert config.database.url == "postgresql://bridge@db/school"
    assert config.server.port == 8080
    assert config.server.allowed_origins == ["https://a.test"]
    assert config.auth.secret == "1234567890123456"


def test_an_unknown_key_in_the_environment_is_named():
    assert faults_of(good(), {"CLASSBRIDGE_SERVER__COLOUR": "red"}) == [
        "server.colour: unknown key; see config.example.yaml for the keys there are"
    ]


def test_a_secret_may_come_from_a_file(tmp_path: Path):
    (tmp_path / "token").write_text(f"{SECRET}\n")
    document = good()
    document["appservice"] = {"as_token_file": "token", "hs_token_file": str(tmp_path / "token")}
    config = parse(document, base=tmp_path)
    assert config.appservice.as_token == config.appservice.hs_token == SECRET


def test_a_secret_file_that_is_not_there_is_named(tmp_path: Path):
    document = good()
    document["auth"] = {"secret_file": "nowhere"}
    with pytest.raises(ConfigError, match=r"auth\.secret_file: cannot read .*nowhere"):
        parse(document, base=tmp_path)


def test_the_school_file_is_found_from_the_config(tmp_path: Path):
    assert parse(good() | {"roster": {"file": "school.yaml"}}, base=tmp_path).roster.file == tmp_path / "school.yaml"


@pytest.mark.parametrize(
    ("auth", "fault"),
    [
        ({}, "HS256 needs `secret`"),
        ({"algorithm": "RS256"}, "RS256 needs `jwks_url`"),
        ({"algorithm": "ES256", "jwks_url": "http://p/jwks", "sign_in": True}, "`sign_in` signs with `secret`"),
        ({"algorithm": "none", "secret": SECRET}, "'HS256', 'RS256' or 'ES256'"),
    ],
)
def test_an_algorithm_needs_its_key(auth: dict[str, Any], fault: str):
    assert fault in faults_of(good() | {"auth": auth})[0]


def test_a_panel_switches_the_own_sign_in_off():
    document = good() | {"auth": {"secret": SECRET, "sign_in": True}}
    assert parse(document).sign_in_is_on
    assert not parse(document | {"panel": {"url": "https://panel.test"}}).sign_in_is_on


@pytest.mark.parametrize(
    ("text", "fault"),
    [("- 1", "must hold sections"), ("a: [", "is not YAML"), ("homeserver: 5", "homeserver: ")],
)
def test_a_file_that_is_no_config_is_refused(tmp_path: Path, text: str, fault: str):
    path = tmp_path / "config.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(path, {})
    assert fault in caught.value.detail


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"cannot read the config .*config\.yaml: No such file"):
        load_config(tmp_path / "config.yaml", {})


def test_the_example_registration_is_what_the_example_config_gives():
    from bridge.matrix.registration import registration

    minimal = good()
    minimal["homeserver"]["server_name"] = "school.example"
    config = parse(minimal)
    written = yaml.safe_load((ROOT / "registration.yaml").read_text("utf-8"))
    made = registration(config.appservice, config.homeserver)
    tokens = {"as_token": "<appservice.as_token>", "hs_token": "<appservice.hs_token>"}
    assert written == made | tokens

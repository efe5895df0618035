"""The way a school runs it: what `deploy/prepare` makes, and that docker-compose.yml fits to it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bridge.config import Config, load_config
from bridge.errors import ConfigError
from bridge.matrix.registration import registration
from bridge.roster.yaml_source import load_roster

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
BRIDGES = ("bridge-1", "bridge-2")
# What the Compose Specification calls a service's keys, as far as they are used here.
KEYS = {"build", "cap_drop", "command", "depends_on", "entrypoint", "environment", "healthcheck", "image", "networks"}
KEYS |= {"ports", "read_only", "restart", "secrets", "security_opt", "stop_grace_period", "tmpfs", "user", "volumes"}
DOMAIN = "lyceum-7.example.org"


def _prepare(folder: Path, domain: str = DOMAIN) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ROOT / "deploy/prepare", domain, folder], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deploy") / "live"
    done = _prepare(folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def config(live: Path) -> Config:
    (live / "bridge/panel_signing_key").write_text("f" * 64)
    return load_config(live / "bridge/config.yaml", {})


def _read(live: Path, name: str) -> Any:
    return yaml.safe_load((live / name).read_text("utf-8"))


def test_nothing_starts_with_the_example_of_a_key(tmp_path: Path) -> None:
    assert _prepare(tmp_path).returncode == 0
    with pytest.raises(ConfigError, match=r"auth\.secret: is a placeholder"):
        load_config(tmp_path / "bridge/config.yaml", {})


def test_bridge_and_synapse_are_told_the_same(live: Path, config: Config) -> None:
    assert _read(live, "synapse/registration.yaml") == registration(config.appservice, config.homeserver)
    homeserver = _read(live, "synapse/homeserver.yaml")
    assert homeserver["server_name"] == config.homeserver.server_name == DOMAIN
    assert homeserver["public_baseurl"].rstrip("/") == config.homeserver.public_url == f"https://matrix.{DOMAIN}"
    assert "school.example" not in yaml.safe_dump(homeserver)
    bridge_password = (live / "bridge_password").read_text("utf-8").strip()
    assert config.database.url == f"postgresql://classbridge:{bridge_password}@postgres:5432/classbridge"
    databases = (live / "databases.sql").read_text("utf-8")
    synapse_password = _read(live, "synapse/container.yaml")["database"]["args"]["password"]
    assert f"'{bridge_password}'" in databases
    assert f"'{synapse_password}'" in databases


def test_every_secret_is_another_and_only_its_owner_reads_it(live: Path) -> None:
    names = ["bridge/as_token", "bridge/hs_token", "bridge/files_secret", "postgres_password", "bridge_password"]
    names += ["synapse_password", "synapse/form_secret", "synapse/macaroon_secret_key"]
    found = {(live / name).read_text("utf-8") for name in names}
    assert len(found) == len(names)
    for path in [*(live / name for name in names), live / "synapse/signing.key", live / "synapse/container.yaml"]:
        assert path.stat().st_mode & 0o077 == 0, path
    assert live.stat().st_mode & 0o077 == 0


def test_a_second_run_keeps_everything(live: Path) -> None:
    before = {path: path.read_bytes() for path in sorted(live.rglob("*")) if path.is_file()}
    assert _prepare(live, "another.example").returncode == 0
    assert {path: path.read_bytes() for path in sorted(live.rglob("*")) if path.is_file()} == before


@pytest.mark.parametrize("domain", ["", "school", "School.Example", "a b.example", "$(id).example", "-x.example"])
def test_what_is_no_domain_is_refused(tmp_path: Path, domain: str) -> None:
    done = _prepare(tmp_path / "live", domain)
    assert done.returncode != 0
    assert done.stderr
    assert not (tmp_path / "live").exists()


def test_the_example_school_is_there_to_begin_with(live: Path, config: Config) -> None:
    assert config.roster.file == live / "bridge/school.yaml"
    assert load_roster(live / "bridge/school.yaml").people


# -- docker-compose.yml ----------------------------------------------------------------------------------------------


def test_services_have_known_keys_and_pinned_images() -> None:
    for name, service in SERVICES.items():
        assert set(service) <= KEYS, name
        assert re.fullmatch(r"[\w./-]+:v?\d+(\.\d+)*(-\w+)?", service["image"]), name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["restart"] == "unless-stopped", name


def test_only_the_proxy_can_be_reached() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["back"] == {"internal": True}
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["back"]
    assert "back" not in SERVICES["proxy"]["networks"]


def test_what_a_service_names_exists() -> None:
    for name, service in SERVICES.items():
        assert set(service["networks"]) <= set(COMPOSE["networks"]), name
        assert set(service.get("depends_on", ())) <= set(SERVICES), name
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"]), name
        for needed, how in _conditions(service):
            assert how == "service_healthy"
            assert "healthcheck" in SERVICES[needed], needed


def _conditions(service: dict[str, Any]) -> Iterator[tuple[str, str]]:
    depends_on = service.get("depends_on", {})
    if isinstance(depends_on, dict):
        yield from ((name, how["condition"]) for name, how in depends_on.items())


def test_what_is_mounted_is_made_by_prepare_or_is_in_the_project(live: Path) -> None:
    sources = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())]
    sources += [secret["file"] for secret in COMPOSE["secrets"].values()]
    for source in sources:
        if source.startswith("./deploy/live/"):
            assert (live / source.removeprefix("./deploy/live/")).exists(), source
        elif source.startswith("./"):
            assert (ROOT / source).exists(), source
        else:
            assert source in COMPOSE["volumes"], source


def test_configs_name_each_other_as_the_services_are_called(live: Path, config: Config) -> None:
    assert config.homeserver.url == "http://synapse:8008"
    assert config.redis.url == "redis://redis:6379/0"
    assert config.server.trusted_proxy
    assert config.server.port == 8000
    container = _read(live, "synapse/container.yaml")
    assert container["database"]["args"]["host"] in SERVICES
    assert container["listeners"][0]["port"] == 8008
    mounted = "/etc/synapse/"
    for key, path in container.items():
        if str(path).startswith(mounted):
            assert (live / "synapse" / path.removeprefix(mounted)).exists(), key
    caddyfile = (ROOT / "deploy/Caddyfile").read_text("utf-8")
    assert f"http://{config.appservice.url.partition('://')[2]} {{" in caddyfile
    assert "reverse_proxy bridge-1:8000 bridge-2:8000 {" in caddyfile
    assert "reverse_proxy synapse:8008" in caddyfile


def test_the_homeservers_version_is_the_tested_one() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    version = SERVICES["synapse"]["image"].partition(":v")[2]
    assert f"matrix-synapse=={version}\n" in lock


def test_the_image_is_of_this_version_and_gets_only_what_it_needs() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    assert {SERVICES[name]["image"] for name in BRIDGES} == {"classbridge:" + _version(project)}
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    copied = [word for line in re.findall(r"^COPY (?!--)(.*) \S+$", dockerfile, re.MULTILINE) for word in line.split()]
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    assert set(copied) == allowed
    assert all((ROOT / name).exists() for name in copied)
    assert "\nUSER 10001\n" in dockerfile


def _version(project: str) -> str:
    found = re.search(r'^version = "(.*)"$', project, re.MULTILINE)
    assert found
    return found[1]

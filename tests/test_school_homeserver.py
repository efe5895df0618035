"""``synapse/homeserver.yaml``, the example for a real school: Synapse starts with it, and it is closed."""

from __future__ import annotations

import secrets
from pathlib import Path

import aiohttp
import pytest
import yaml
from testbed.ports import free_port

from bridge.demo.synapse import SynapseConfig, SynapseProcess
from bridge.demo.synapse_config import SCHOOL, SCHOOL_LIMITS

EXAMPLE = Path(__file__).parents[1] / "synapse"
# What differs from machine to machine; all else must hold as it stands.
PLACES = {
    "/etc/matrix-synapse/classbridge-registration.yaml": "classbridge-registration.yaml",
    "/etc/matrix-synapse": ".",
    "/var/lib/matrix-synapse": ".",
    "/var/log/matrix-synapse": ".",
}


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> SynapseConfig:
    """The example, moved into a folder of the test and onto SQLite."""
    folder = tmp_path_factory.mktemp("school")
    port = free_port()
    for name in ("homeserver.yaml", "log_config.yaml"):
        text = (EXAMPLE / name).read_text()
        for place, here in PLACES.items():
            text = text.replace(place, str(folder / here))
        (folder / name).write_text(text.replace("8008", str(port)))
    config = yaml.safe_load((folder / "homeserver.yaml").read_text())
    for key in ("registration_shared_secret", "macaroon_secret_key", "form_secret"):
        Path(config[f"{key}_path"]).write_text(secrets.token_hex(32))
    (folder / "classbridge-hs-token").write_text(secrets.token_hex(32))
    (folder / "signing.key").write_text("ed25519 a_test " + "A" * 43)
    config["app_service_config_files"] = []
    config["database"] = {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}}
    (folder / "homeserver.yaml").write_text(yaml.safe_dump(config))
    return SynapseConfig(folder, folder / "homeserver.yaml", config["server_name"], port, "")


async def test_the_example_starts_and_is_closed(example: SynapseConfig):
    server = SynapseProcess(example)
    await server.start()
    try:
        async with aiohttp.ClientSession(example.url) as http:
            assert await _status(http, "POST", "/_matrix/client/v3/register") == 403
            assert await _status(http, "POST", "/_matrix/client/v3/register?kind=guest") == 403
            assert await _status(http, "GET", "/_matrix/client/v3/publicRooms") == 401
            assert await _status(http, "GET", "/_matrix/client/v3/profile/@someone:school.example") == 401
            assert await _status(http, "GET", "/_matrix/federation/v1/version") == 404
            assert await _status(http, "GET", "/_matrix/key/v2/server") == 404
    finally:
        await server.stop()
    log = example.data_dir / "homeserver.log"
    assert "synapse.access.http" in log.read_text()
    assert "Traceback" not in log.read_text()


def test_the_demo_makes_the_same_choices():
    school = yaml.safe_load((EXAMPLE / "homeserver.yaml").read_text())
    choices = SCHOOL | SCHOOL_LIMITS
    assert {key: school.get(key) for key in choices} == choices


async def _status(http: aiohttp.ClientSession, method: str, path: str) -> int:
    async with http.request(method, path, json={} if method == "POST" else None) as answer:
        return answer.status

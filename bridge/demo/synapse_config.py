"""
The homeserver's config for the demo, the tests and the benchmarks.

A school's own is ``synapse/homeserver.yaml``, which explains each choice; this one says the same in short.
"""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.engine import make_url

SECRETS = ("registration_shared_secret", "macaroon_secret_key", "form_secret")

# A class of thirty signs in at once from one address; typing one sentence a second is talking, not spam.
SCHOOL_LIMITS: dict[str, Any] = {
    "rc_message": {"per_second": 5, "burst_count": 30},
    "rc_login": {
        "address": {"per_second": 2, "burst_count": 100},
        "account": {"per_second": 0.1, "burst_count": 10},
        "failed_attempts": {"per_second": 0.083, "burst_count": 5},
    },
    "rc_joins": {"local": {"per_second": 1, "burst_count": 30}},
    "rc_joins_per_room": {"per_second": 20, "burst_count": 200},
    "rc_invites": {
        "per_room": {"per_second": 1, "burst_count": 30},
        "per_user": {"per_second": 0.1, "burst_count": 10},
        "per_issuer": {"per_second": 0.5, "burst_count": 30},
    },
}

_OFF = {"per_second": 1_000_000, "burst_count": 1_000_000}

# For load tests and crash tests, which send faster than people. Synapse has no switch: all limits are huge.
NO_LIMITS: dict[str, Any] = {
    "rc_message": _OFF,
    "rc_login": {"address": _OFF, "account": _OFF, "failed_attempts": _OFF},
    "rc_registration": _OFF,
    "rc_joins": {"local": _OFF, "remote": _OFF},
    "rc_joins_per_room": _OFF,
    "rc_invites": {"per_room": _OFF, "per_user": _OFF, "per_issuer": _OFF},
    "rc_room_creation": _OFF,
    "rc_media_create": _OFF,
    "rc_presence": {"per_user": _OFF},
    "rc_profile": _OFF,
    "rc_user_directory": _OFF,
}


@dataclass(frozen=True)
class SynapseConfig:
    """A homeserver that is configured: where its files are, and what others need to reach it."""

    data_dir: Path
    path: Path
    server_name: str
    port: int
    registration_shared_secret: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True)
class Rules:
    """The bridge that the module ``school_rules`` asks, and its ``hs_token``."""

    bridge_url: str
    token: str
    poll_s: float = 1
    stale_after_s: float = 600
    language: str = "ru"


def rules_module(rules: Rules, data_dir: Path) -> dict[str, Any]:
    """The entry under ``modules`` of the homeserver's config."""
    config = {**asdict(rules), "snapshot_file": str(data_dir / "school_rules.json")}
    return {"module": "classbridge_synapse.school_rules.SchoolRules", "config": config}


def write_homeserver_config(
    data_dir: Path,
    *,
    server_name: str,
    port: int,
    registration_path: Path | None,
    bcrypt_rounds: int = 12,
    with_limits: bool = True,
    database_url: str | None = None,
    rules: Rules | None = None,
) -> SynapseConfig:
    """
    Write ``homeserver.yaml``, log config and signing key; secrets and key of an earlier start are kept.

    Args:
        data_dir: Everything of the homeserver is under it; made when it is not there.
        server_name: The part of Matrix ids after the colon; never changes again.
        port: Of 127.0.0.1, for clients and media; there is no federation.
        registration_path: The bridge's registration file; None for a homeserver without a bridge.
        bcrypt_rounds: 12 costs a fifth of a second for each password; 4, the least, a millisecond.
        with_limits: Whether clients are limited as in a school; False for load tests.
        database_url: ``postgresql://user:password@host:port/name`` with ``LC_COLLATE 'C'``; None: SQLite.
        rules: The bridge whose rules hold for every client; None: only rooms' power levels do.
    """
    data_dir = data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = data_dir / "homeserver.yaml"
    keys = _kept_secrets(path)
    document = {
        "server_name": server_name,
        "public_baseurl": f"http://127.0.0.1:{port}/",
        "listeners": [_listener(port)],
        "database": _database(data_dir, database_url),
        "app_service_config_files": [str(registration_path.resolve())] if registration_path else [],
        "signing_key_path": str(_ensure_signing_key(data_dir)),
        "media_store_path": str(data_dir / "media"),
        "log_config": str(_write_log_config(data_dir)),
        "bcrypt_rounds": bcrypt_rounds,
        **keys,
        **SCHOOL,
        "modules": [rules_module(rules, data_dir)] if rules else [],
        **(SCHOOL_LIMITS if with_limits else NO_LIMITS),
    }
    _write_private(path, yaml.safe_dump(document, sort_keys=False))
    return SynapseConfig(data_dir, path, server_name, port, keys["registration_shared_secret"])


# What a closed school server is, in Synapse's words; synapse/homeserver.yaml explains each line.
SCHOOL: dict[str, Any] = {
    "federation_domain_whitelist": [],
    "trusted_key_servers": [],
    "enable_registration": False,
    "allow_guest_access": False,
    "presence": {"enabled": True},
    "allow_per_room_profiles": False,
    "user_directory": {"enabled": True, "search_all_users": False, "prefer_local_users": True},
    "enable_room_list_search": False,
    "room_list_publication_rules": [{"action": "deny"}],
    "require_auth_for_profile_requests": True,
    "limit_profile_requests_to_users_who_share_rooms": True,
    "enable_3pid_lookup": False,
    "enable_3pid_changes": False,
    "url_preview_enabled": False,
    "extra_well_known_client_content": {"io.element.e2ee": {"default": False, "force_disable": True}},
    "max_upload_size": "10M",
    "report_stats": False,
}


def _listener(port: int) -> dict[str, Any]:
    return {
        "port": port,
        "bind_addresses": ["127.0.0.1"],
        "type": "http",
        "tls": False,
        "x_forwarded": False,
        "resources": [{"names": ["client", "media"], "compress": False}],
    }


def _database(data_dir: Path, url: str | None) -> dict[str, Any]:
    if url is None:
        return {"name": "sqlite3", "args": {"database": str(data_dir / "homeserver.db")}}
    where = make_url(url)
    args: dict[str, Any] = {"user": where.username, "password": where.password, "dbname": where.database}
    args |= {"host": where.host, "port": where.port, "cp_min": 2, "cp_max": 10}
    return {"name": "psycopg2", "args": {key: value for key, value in args.items() if value is not None}}


def _kept_secrets(path: Path) -> dict[str, str]:
    """The secrets of the config that is there; new random ones where there is none."""
    old = yaml.safe_load(path.read_text("utf-8")) if path.exists() else {}
    return {key: old.get(key) or secrets.token_hex(32) for key in SECRETS}


def _ensure_signing_key(data_dir: Path) -> Path:
    """The server's own key, in signedjson's format: algorithm, version, unpadded base64 of 32 bytes."""
    path = data_dir / "signing.key"
    if not path.exists():
        seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        _write_private(path, f"ed25519 a_{secrets.token_hex(2)} {seed}\n")
    return path


def _write_log_config(data_dir: Path) -> Path:
    """Warnings only: a line for each request would cost a load test a tenth of the homeserver."""
    path = data_dir / "log_config.yaml"
    document = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
    }
    path.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    return path


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)

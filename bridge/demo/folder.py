"""
The demo's data folder: the bridge's config with its secrets, the registration, the homeserver, the database.

Secrets are made once and kept. Ports and addresses are those of the command line, written anew at each start.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bridge.config import Config, load_config
from bridge.demo.synapse_config import Rules, SynapseConfig, write_homeserver_config
from bridge.errors import ConfigError
from bridge.matrix.registration import write_registration

SERVER_NAME = "school.localhost"
HEADER = "# Written by `classbridge demo` at each start; the secrets stay. See config.example.yaml.\n"
EXAMPLE_ROOMS = {"space": "Школа № 5", "staff_room": "Учительская", "announcements": "Объявления"}


@dataclass(frozen=True)
class DemoOptions:
    """
    What the command line asks for.

    Attributes:
        school: A school file, or ``synthetic:TEACHERS,STUDENTS,GROUP_SIZE,MESSAGES_EACH``; None: the example.
        database: A database URL; None: SQLite in the data folder.
        redis: A Redis URL; None: one process, everything in memory.
        with_limits: Whether people are held to the rate limits; False for load tests.
        target_file: Where to write what clients and load tests need; None: nowhere.
    """

    data_dir: Path
    port: int = 8000
    homeserver_port: int = 8008
    school: str | None = None
    database: str | None = None
    redis: str | None = None
    with_limits: bool = True
    target_file: Path | None = None


@dataclass(frozen=True)
class DemoFolder:
    """What a start needs from the folder."""

    path: Path
    config: Config
    homeserver: SynapseConfig


def ensure_folder(options: DemoOptions) -> DemoFolder:
    """
    Write config, registration and the homeserver's own config.

    Raises:
        ConfigError: The folder cannot be written, or what is in it was damaged.
    """
    path = options.data_dir.resolve()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        config = _write_config(path, options)
        registration = path / "registration.yaml"
        write_registration(registration, config.appservice, config.homeserver)
        homeserver = write_homeserver_config(
            path / "homeserver",
            server_name=SERVER_NAME,
            port=options.homeserver_port,
            registration_path=registration,
            with_limits=options.with_limits,
            rules=Rules(config.appservice.url, config.appservice.hs_token),
        )
    except OSError as error:
        raise ConfigError(f"cannot write the data folder {path}: {error.strerror}") from error
    return DemoFolder(path, config, homeserver)


def _write_config(folder: Path, options: DemoOptions) -> Config:
    path = folder / "config.yaml"
    kept = _kept_secrets(path)
    bridge, homeserver = (f"http://127.0.0.1:{port}" for port in (options.port, options.homeserver_port))
    document: dict[str, Any] = {
        "server": {"host": "127.0.0.1", "port": options.port, "public_url": bridge},
        "homeserver": {"url": homeserver, "public_url": homeserver, "server_name": SERVER_NAME},
        "appservice": {"url": bridge, "as_token": kept["as_token"], "hs_token": kept["hs_token"]},
        "auth": {"secret": kept["auth_secret"], "sign_in": True},
        "files": {"secret": kept["files_secret"]},
        "database": {"url": options.database or f"sqlite:///{folder / 'classbridge.db'}"},
        "redis": {"url": options.redis},
        "limits": {"enabled": options.with_limits},
        # Of the example; in a large synthetic school the way into these takes longer than into all groups together.
        "roster": {"rooms": {} if options.school else EXAMPLE_ROOMS},
        "log": {"level": "WARNING"},
    }
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(HEADER + yaml.safe_dump(document, sort_keys=False, allow_unicode=True))
    new.replace(path)
    return load_config(path)


def _kept_secrets(path: Path) -> dict[str, str]:
    """The secrets of the config that is there; new random ones where there is none."""
    places = {
        "as_token": ("appservice", "as_token"),
        "hs_token": ("appservice", "hs_token"),
        "auth_secret": ("auth", "secret"),
        "files_secret": ("files", "secret"),
    }
    try:
        old = yaml.safe_load(path.read_text("utf-8")) if path.exists() else {}
        return {
            name: (old.get(section) or {}).get(key) or secrets.token_hex(32) for name, (section, key) in places.items()
        }
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError) as error:
        raise ConfigError(f"{path} was damaged; move the data folder away to begin anew") from error

"""From the file and the environment to a checked ``Config``."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from bridge.config.sections import Config
from bridge.errors import ConfigError

ENV_PREFIX = "CLASSBRIDGE_"
TEXT_KEYS = ("token", "secret", "url", "file", "path")  # their values are no YAML
SECRET_FILES = ("token_file", "secret_file", "url_file")


def load_config(path: Path, env: Mapping[str, str] = os.environ) -> Config:
    """
    Read and check the config file.

    Raises:
        ConfigError: All faults at once, a line each, with the key's path.
    """
    try:
        document = yaml.safe_load(path.read_text("utf-8")) or {}
    except OSError as error:
        raise ConfigError(f"cannot read the config {path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path} is not YAML: {error}") from error
    if not isinstance(document, dict):
        raise ConfigError(f"{path} must hold sections such as `homeserver:`; see config.example.yaml")
    return parse_config(document, env, base=path.parent, name=str(path))


def parse_config(document: dict[str, Any], env: Mapping[str, str], *, base: Path, name: str) -> Config:
    """Check a config given as a dict; relative paths are taken from *base*."""
    document = _with_files(_with_environment(document, env), base)
    try:
        return Config.model_validate(document)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])) or 'config'}: {_reason(e)}" for e in error.errors()]
        raise ConfigError(f"{name} is not valid:\n  " + "\n  ".join(lines)) from error


def _reason(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "unknown key; see config.example.yaml for the keys there are"
    if error["type"] == "missing":
        return "is missing"
    return str(error["msg"]).removeprefix("Value error, ")


def _with_environment(document: dict[str, Any], env: Mapping[str, str]) -> dict[str, Any]:
    """``CLASSBRIDGE_SECTION__KEY=value`` wins over the file; values are YAML scalars."""
    merged: dict[str, Any] = copy.deepcopy(document)
    for name, value in env.items():
        *sections, key = name.removeprefix(ENV_PREFIX).lower().split("__")
        if not name.startswith(ENV_PREFIX) or not sections:
            continue
        place: Any = merged
        for section in sections:
            place = place.setdefault(section, {}) if isinstance(place, dict) else None
        if isinstance(place, dict):
            place[key] = value if key.endswith(TEXT_KEYS) else yaml.safe_load(value)
    return merged


def _with_files(document: dict[str, Any], base: Path) -> dict[str, Any]:
    """Replace ``<secret>_file`` by the file's content, white space at the ends removed; paths start at *base*."""
    _read_secrets(document, (), base)
    roster = document.get("roster")
    if isinstance(roster, dict):
        _start_at(base, roster, "file")
        _start_at(base, roster.get("oneroster"), "path")
        _start_at(base, roster.get("rooms"), "avatar_file")
    return document


def _read_secrets(keys: dict[str, Any], place: tuple[str, ...], base: Path) -> None:
    for name, value in list(keys.items()):
        if isinstance(value, dict):
            _read_secrets(value, (*place, name), base)
        elif place and name.endswith(SECRET_FILES):
            path = base / str(keys.pop(name))
            try:
                keys[name.removesuffix("_file")] = path.read_text("utf-8").strip()
            except OSError as error:
                raise ConfigError(f"{'.'.join((*place, name))}: cannot read {path}: {error.strerror}") from error


def _start_at(base: Path, keys: Any, name: str) -> None:
    if isinstance(keys, dict) and keys.get(name):
        keys[name] = str(base / keys[name])

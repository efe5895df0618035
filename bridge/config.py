"""
The typed config: one YAML file, checked whole before anything starts.

An unknown key, a missing secret or a placeholder is an error that names the key. Every key can be given by the
environment (``CLASSBRIDGE_APPSERVICE__AS_TOKEN``), every secret by a file (``as_token_file``).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bridge.errors import ConfigError

ENV_PREFIX = "CLASSBRIDGE_"
PLACEHOLDERS = ("change", "placeholder", "secret", "example", "xxx", "todo", "<")


def _real_secret(value: str) -> str:
    """Refuse what was left from the example, and what is too short to be a secret (under 16 characters)."""
    if any(value.lower().startswith(word) for word in PLACEHOLDERS):
        raise ValueError("is a placeholder; put a random secret here, for example from `openssl rand -hex 32`")
    if len(value) < 16:
        raise ValueError("is too short; a secret has at least 16 characters")
    return value


Secret = Annotated[str, AfterValidator(_real_secret)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ServerConfig(Section):
    """Where the web API listens. ``public_url`` is what browsers see; ``[]`` origins: that one only."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    public_url: str = "http://127.0.0.1:8000"
    allowed_origins: list[str] = []
    trusted_proxy: bool = False


class HomeserverConfig(Section):
    """The homeserver as the bridge reaches it (``url``) and as Matrix clients do (``public_url``)."""

    url: str = "http://127.0.0.1:8008"
    public_url: str = "http://127.0.0.1:8008"
    server_name: str
    timeout_s: float = 30


class AppserviceConfig(Section):
    """What the registration says: Application Service API, "Registration"."""

    id: str = "classbridge"
    url: str = "http://127.0.0.1:8000"
    as_token: Secret = Field(repr=False)
    hs_token: Secret = Field(repr=False)
    bot_localpart: str = "school_bot"
    user_prefix: str = "school_"


class DatabaseConfig(Section):
    """``sqlite:///path`` or ``postgresql://user:password@host/name``."""

    url: str = "sqlite:///classbridge.db"
    pool_size: int = Field(10, ge=1)
    timeout_s: float = 10


class RedisConfig(Section):
    """``url`` null: one bridge process, everything in memory."""

    url: str | None = None


class AuthConfig(Section):
    """
    How the panel's access tokens are checked. The algorithm is fixed here, never taken from the token.

    ``sign_in`` lets the bridge sign tokens for the roster's demo passwords; refused with a panel.
    """

    algorithm: Literal["HS256", "RS256", "ES256"] = "HS256"
    secret: Secret | None = Field(None, repr=False)
    jwks_url: str | None = None
    issuer: str | None = None
    audience: str | None = None
    leeway_s: float = 5
    sign_in: bool = False
    access_lifetime_s: int = 3600
    refresh_lifetime_s: int = 86400

    @model_validator(mode="after")
    def _has_key(self) -> AuthConfig:
        if self.algorithm == "HS256" and not self.secret:
            raise ValueError("HS256 needs `secret` (or `secret_file`), the panel's signing key")
        if self.algorithm != "HS256" and not self.jwks_url:
            raise ValueError(f"{self.algorithm} needs `jwks_url`, the panel's public keys")
        if self.sign_in and self.algorithm != "HS256":
            raise ValueError("`sign_in` signs with `secret`, so it needs HS256")
        return self


class PanelConfig(Section):
    """The teaching panel. With a ``url`` the demo's own sign-in is off."""

    url: str | None = None


class PermissionsConfig(Section):
    students_may_message_students: Literal["nobody", "groupmates", "everybody"] = "nobody"
    edit_window_s: int = Field(86400, ge=0)


class RateConfig(Section):
    per_second: float = Field(gt=0)
    burst: int = Field(ge=1)


class LimitsConfig(Section):
    """For each person; ``enabled: false`` lifts them (load tests)."""

    enabled: bool = True
    send: RateConfig = RateConfig(per_second=5, burst=30)
    upload: RateConfig = RateConfig(per_second=1, burst=10)
    other: RateConfig = RateConfig(per_second=50, burst=300)
    sign_in_per_minute: int = Field(5, ge=1)
    body_bytes: int = Field(262_144, ge=1024)
    text_characters: int = Field(10_000, ge=1, le=12_000)  # four bytes each fit into an event


class FilesConfig(Section):
    """Sizes in bytes; the signed address of a file holds for ``address_lifetime_s``."""

    secret: Secret = Field(repr=False)
    address_lifetime_s: int = Field(43_200, ge=60)
    image_bytes: int = 5 << 20
    document_bytes: int = 10 << 20
    voice_bytes: int = 5 << 20


class LiveConfig(Section):
    """Sockets: how much may wait for a slow reader, and the times of presence and typing in seconds."""

    queue_frames: int = Field(256, ge=8)
    queue_bytes: int = Field(2 << 20, ge=65_536)
    ping_s: float = 25
    offline_after_s: float = 10
    typing_s: float = 5


class OutboxConfig(Section):
    """How many conversations are carried to the homeserver at once, and how long a failed command waits."""

    parallel: int = Field(16, ge=1)
    first_retry_s: float = 0.5
    last_retry_s: float = 60


class RosterConfig(Section):
    """``file``: the school as YAML (people, groups, enrolments), read at each start and by `roster …`."""

    file: Path | None = None


class LogConfig(Section):
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    format: Literal["json", "text"] = "text"


class Config(Section):
    """The whole config. Sections are named as in ``config.example.yaml``."""

    homeserver: HomeserverConfig
    appservice: AppserviceConfig
    auth: AuthConfig
    files: FilesConfig
    server: ServerConfig = ServerConfig()
    database: DatabaseConfig = DatabaseConfig()
    redis: RedisConfig = RedisConfig()
    panel: PanelConfig = PanelConfig()
    permissions: PermissionsConfig = PermissionsConfig()
    limits: LimitsConfig = LimitsConfig()
    live: LiveConfig = LiveConfig()
    outbox: OutboxConfig = OutboxConfig()
    roster: RosterConfig = RosterConfig()
    log: LogConfig = LogConfig()

    @property
    def sign_in_is_on(self) -> bool:
        return self.auth.sign_in and self.panel.url is None

    @property
    def bot_mxid(self) -> str:
        return f"@{self.appservice.bot_localpart}:{self.homeserver.server_name}"


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
    merged = {k: dict(v) if isinstance(v, dict) else v for k, v in document.items()}
    for name, value in env.items():
        section, _, key = name.removeprefix(ENV_PREFIX).lower().partition("__")
        if name.startswith(ENV_PREFIX) and key:
            merged.setdefault(section, {})
            if isinstance(merged[section], dict):
                text_keys = key.endswith(("token", "secret", "url", "file"))
                merged[section][key] = value if text_keys else yaml.safe_load(value)
    return merged


def _with_files(document: dict[str, Any], base: Path) -> dict[str, Any]:
    """Replace ``<secret>_file`` by the file's content, white space at the ends removed."""
    for section, keys in document.items():
        if not isinstance(keys, dict):
            continue
        for key in [k for k in keys if k.endswith("_file")]:
            path = base / str(keys.pop(key))
            try:
                keys[key.removesuffix("_file")] = path.read_text("utf-8").strip()
            except OSError as error:
                raise ConfigError(f"{section}.{key}: cannot read {path}: {error.strerror}") from error
    roster = document.get("roster")
    if isinstance(roster, dict) and roster.get("file"):
        roster["file"] = str(base / roster["file"])
    return document

"""The sections of the config, and the whole."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from bridge.config.panel import PanelConfig
from bridge.config.rooms import DriftConfig, RoomsConfig
from bridge.config.values import FrameOrigin, Secret, Section


class ServerConfig(Section):
    """
    Where the web API listens. ``public_url`` is what browsers see; ``[]`` origins: that one only.

    ``frame_ancestors``: origins whose pages may show ours in a frame, beyond our own.
    """

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    public_url: str = "http://127.0.0.1:8000"
    allowed_origins: list[str] = Field([])
    frame_ancestors: list[FrameOrigin] = Field([])
    trusted_proxy: bool = False


class HomeserverConfig(Section):
    """
    The homeserver as the bridge reaches it (``url``) and as Matrix clients do (``public_url``).

    ``client_url``: a Matrix client in the browser that the web app links to; null: it does not.
    """

    url: str = "http://127.0.0.1:8008"
    public_url: str = "http://127.0.0.1:8008"
    client_url: str | None = None
    server_name: str
    timeout_s: float = 30


class AppserviceConfig(Section):
    """What the registration says: Application Service API, "Registration"."""

    id: str = "classbridge"
    url: str = "http://127.0.0.1:8000"
    as_token: Secret = Field(repr=False)
    hs_token: Secret = Field(repr=False)
    bot_localpart: str = "school_bot"
    bot_name: str = Field("Школа", min_length=1, max_length=255)
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


class OneRosterConfig(Section):
    """``path``: a zip or a folder of OneRoster CSV; the serving bridge reads it again when it has changed."""

    path: Path | None = None
    school: str | None = None
    every_s: float = Field(30, ge=1)
    unpacked_bytes: int = Field(512 << 20, ge=1024)


class RosterConfig(Section):
    """``file``: the school as YAML (people, groups, enrolments), read at each start and by `roster …`."""

    file: Path | None = None
    oneroster: OneRosterConfig = OneRosterConfig()
    brake_percent: float = Field(10, ge=0, le=100)
    follow: bool = True
    rooms: RoomsConfig = RoomsConfig()
    drift: DriftConfig = DriftConfig()


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

    @model_validator(mode="after")
    def _has_one_roster(self) -> Config:
        """Two complete lists would each take out whom the other does not name."""
        named = {
            "roster.file": self.roster.file,
            "roster.oneroster.path": self.roster.oneroster.path,
            "panel.pull.users": self.panel.pull.users,
        }
        found = [key for key, value in named.items() if value]
        if len(found) > 1:
            raise ValueError(f"{' and '.join(found)} are set: the whole roster has one source; keep one of them")
        return self

    @property
    def sign_in_is_on(self) -> bool:
        return self.auth.sign_in and self.panel.url is None

    @property
    def bot_mxid(self) -> str:
        return f"@{self.appservice.bot_localpart}:{self.homeserver.server_name}"

"""
The typed config: one YAML file, checked whole before anything starts.

An unknown key, a missing secret or a placeholder is an error that names the key. Every key can be given by the
environment (``CLASSBRIDGE_APPSERVICE__AS_TOKEN``), every secret by a file (``as_token_file``).
"""

from bridge.config.load import load_config, parse_config
from bridge.config.panel import EnrolmentFieldsConfig, GroupFieldsConfig, PanelConfig, PullConfig, UserFieldsConfig
from bridge.config.rooms import DriftConfig, RoomsConfig
from bridge.config.sections import (
    AppserviceConfig,
    AuthConfig,
    Config,
    DatabaseConfig,
    FilesConfig,
    HomeserverConfig,
    LimitsConfig,
    LiveConfig,
    LogConfig,
    OneRosterConfig,
    OutboxConfig,
    PermissionsConfig,
    RateConfig,
    RedisConfig,
    RosterConfig,
    ServerConfig,
)
from bridge.config.values import Secret, Section

__all__ = [
    "AppserviceConfig",
    "AuthConfig",
    "Config",
    "DatabaseConfig",
    "DriftConfig",
    "EnrolmentFieldsConfig",
    "FilesConfig",
    "GroupFieldsConfig",
    "HomeserverConfig",
    "LimitsConfig",
    "LiveConfig",
    "LogConfig",
    "OneRosterConfig",
    "OutboxConfig",
    "PanelConfig",
    "PermissionsConfig",
    "PullConfig",
    "RateConfig",
    "RedisConfig",
    "RoomsConfig",
    "RosterConfig",
    "Secret",
    "Section",
    "ServerConfig",
    "UserFieldsConfig",
    "load_config",
    "parse_config",
]

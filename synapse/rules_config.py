"""The module's config, checked when Synapse starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from synapse.module_api.errors import ConfigError


@dataclass(frozen=True)
class RulesConfig:
    """
    The keys under ``config`` of the module.

    Attributes:
        bridge_url: The bridge, as this machine reaches it.
        token: The registration's ``hs_token``; ``token_file`` reads it from a file.
        snapshot_file: Where the snapshot is kept, so that a restart without the bridge knows the school.
        poll_s: How often the bridge is asked for news, in seconds.
        stale_after_s: After so long without the bridge nobody makes new contacts; existing rooms go on.
        language: ``ru`` or ``en``: of the sentences that people see.
        sign_in: Whether passwords are asked of the bridge.
    """

    bridge_url: str
    token: str
    snapshot_file: Path
    poll_s: float = 1
    stale_after_s: float = 600
    language: str = "ru"
    sign_in: bool = True
    user_prefix: str = "school_"
    bot_localpart: str = "school_bot"


def parse_rules_config(given: Mapping[str, Any]) -> RulesConfig:
    """
    Check the config.

    Raises:
        ConfigError: It names the key and says what to write.
    """
    values = dict(given)
    if "token_file" in values:
        path = Path(str(values.pop("token_file")))
        try:
            values["token"] = path.read_text("utf-8").strip()
        except OSError as error:
            raise ConfigError(f"school_rules: cannot read token_file {path}: {error.strerror}") from error
    known = {field.name for field in fields(RulesConfig)}
    for key in values.keys() - known:
        raise ConfigError(f"school_rules: unknown key {key}; there are {', '.join(sorted(known))} and token_file")
    for key in ("bridge_url", "token", "snapshot_file"):
        if not isinstance(values.get(key), str) or not values[key]:
            raise ConfigError(f"school_rules: {key} is missing")
    if values.get("language", "ru") not in ("ru", "en"):
        raise ConfigError("school_rules: language must be ru or en")
    for key in ("poll_s", "stale_after_s"):
        value = values.get(key, 1)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise ConfigError(f"school_rules: {key} must be a number of seconds above 0")
    return RulesConfig(**{**values, "snapshot_file": Path(values["snapshot_file"])})

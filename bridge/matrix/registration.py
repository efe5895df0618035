"""The application service's registration: Application Service API, "Registration"."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import yaml

from bridge.config import AppserviceConfig, HomeserverConfig
from bridge.matrix.ids import ALIAS_PREFIX


def registration(appservice: AppserviceConfig, homeserver: HomeserverConfig) -> dict[str, Any]:
    """What the homeserver must know of the bridge."""
    server = re.escape(homeserver.server_name)
    users = f"@{re.escape(appservice.user_prefix)}.*:{server}"
    return {
        "id": appservice.id,
        "url": appservice.url,
        "as_token": appservice.as_token,
        "hs_token": appservice.hs_token,
        "sender_localpart": appservice.bot_localpart,
        "rate_limited": False,
        "receive_ephemeral": True,
        # Devices of ghosts are made without a login (MSC4190): the device is what makes sending exactly-once.
        "io.element.msc4190": True,
        "namespaces": {
            "users": [{"exclusive": True, "regex": users}],
            "aliases": [{"exclusive": True, "regex": f"#{re.escape(ALIAS_PREFIX)}.*:{server}"}],
            "rooms": [],
        },
    }


def write_registration(path: Path, appservice: AppserviceConfig, homeserver: HomeserverConfig) -> None:
    """Write the registration as YAML, whole or not at all, for its owner only: it holds both tokens."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        yaml.safe_dump(registration(appservice, homeserver), file, sort_keys=False)
    new.replace(path)

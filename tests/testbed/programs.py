"""Where the programs of the machine are, and what to say when they are not."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path

from bridge.errors import ConfigError


def require_program(name: str, package: str) -> str:
    """The path of program *name*; the newest PostgreSQL's where Debian hides them from PATH."""
    hidden = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
    found = shutil.which(name) or (str(hidden[-1]) if hidden else None)
    if found is None:
        raise ConfigError(f"{name} is missing; run `make test`, which installs it, or `apt-get install {package}`")
    return found


def unprivileged_user() -> str | None:
    """Whom to run a server as that refuses root; None: as ourselves."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"

"""The command line in the tests' own process: starting Python takes longer than most commands do."""

from __future__ import annotations

import json
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml

from bridge.__main__ import main
from testbed.homeserver import TestedSynapse

SECRET = "0123456789abcdef0123456789abcdef"


def write_config(folder: Path, synapse: TestedSynapse, **sections: Any) -> None:
    """A config for *synapse* with a database beside it; *sections* besides, or in place of these."""
    config = {
        "homeserver": synapse.homeserver.model_dump(),
        "appservice": synapse.appservice.model_dump(),
        "auth": {"secret": SECRET},
        "files": {"secret": SECRET},
        "database": {"url": f"sqlite:///{folder / 'bridge.db'}"},
        "log": {"level": "WARNING"},
        **sections,
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config))


@dataclass(frozen=True)
class Done:
    """What a command wrote."""

    stdout: str
    stderr: str


def run(*arguments: str, cwd: Path, status: int = 0) -> Done:
    """Run ``classbridge`` in *cwd*, which must end with *status*. Not in the event loop's thread: it has its own."""
    told, errors = StringIO(), StringIO()
    with chdir(cwd), redirect_stdout(told), redirect_stderr(errors), pytest.raises(SystemExit) as ended:
        main(list(arguments))
    done = Done(told.getvalue(), errors.getvalue())
    assert (ended.value.code or 0) == status, done
    return done


def tell(*arguments: str, cwd: Path, status: int = 0) -> Any:
    """The command's JSON."""
    return json.loads(run(*arguments, "--json", cwd=cwd, status=status).stdout)

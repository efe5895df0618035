"""What the commands share: options, running, and the statuses that they end with."""

from __future__ import annotations

import getpass
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
import uvloop
from rich.console import Console

Result = TypeVar("Result")

OTHER_ERROR, CONFIG_ERROR, WAITS, INTERRUPTED = 1, 2, 3, 130

CONFIG = Path("config.yaml")
ConfigPath = Annotated[
    Path, typer.Option("--config", "-c", envvar="CLASSBRIDGE_CONFIG", help="The config file, see config.example.yaml.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]

PIPE_WIDTH = 160  # into a file or a pipe lines are not broken where a terminal would


def console(*, to_errors: bool = False) -> Console:
    shown = Console(stderr=to_errors, highlight=False, soft_wrap=True)
    if not shown.is_terminal:
        shown.width = PIPE_WIDTH
    return shown


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    return uvloop.run(coroutine)


def operator() -> str:
    """Who types, for runs and the audit."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # a container's user without a name
        return "cli"

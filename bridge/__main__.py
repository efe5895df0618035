"""The command line: ``classbridge serve``, ``demo``, ``check-config``, ``registration``, ``roster``, ``migrate``."""

from __future__ import annotations

import json
import sys
from collections.abc import Coroutine
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
import uvloop
from rich.console import Console

from bridge import app as bridge_app
from bridge.config import load_config
from bridge.db.engine import Database
from bridge.db.migrate import upgrade
from bridge.demo.folder import DemoOptions
from bridge.demo.run import run_demo
from bridge.errors import BridgeError, ConfigError
from bridge.logs import set_up_logs
from bridge.matrix.registration import write_registration
from bridge.provisioning import from_file
from bridge.provisioning.spec import REMOVALS, Step, step_as_json
from bridge.roster.yaml_source import load_roster

CONFIG_ERROR, OTHER_ERROR = 2, 1
Result = TypeVar("Result")

app = typer.Typer(
    help="Classbridge: a school's web chat and its Matrix rooms are one conversation.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
roster = typer.Typer(help="Compare the school file with Matrix, and make Matrix follow it.", no_args_is_help=True)
app.add_typer(roster, name="roster")

ConfigPath = Annotated[
    Path, typer.Option("--config", "-c", envvar="CLASSBRIDGE_CONFIG", help="The config file, see config.example.yaml.")
]
CONFIG = Path("config.yaml")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


@app.command()
def serve(config: ConfigPath = CONFIG) -> None:
    """Run the bridge until SIGINT or SIGTERM."""
    loaded = load_config(config)
    set_up_logs(loaded.log)

    async def run() -> None:
        await from_file.store_file(loaded)
        await bridge_app.serve(loaded)

    _run(run())


@app.command()
def demo(
    data_dir: Annotated[Path, typer.Option(help="Where all files of the demo are kept.")] = Path("data"),
    port: Annotated[int, typer.Option(help="Port of the web API.")] = 8000,
    homeserver_port: Annotated[int, typer.Option(help="Port of the homeserver.")] = 8008,
    school: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|synthetic:TEACHERS,STUDENTS,GROUP_SIZE,MESSAGES_EACH",
            help="A school file like bridge/demo/school.yaml, or a synthetic school with a history.",
        ),
    ] = None,
    database: Annotated[
        str | None, typer.Option(metavar="URL", help="postgresql://…; without it SQLite in the data folder.")
    ] = None,
    redis: Annotated[str | None, typer.Option(metavar="URL", help="redis://…; without it none.")] = None,
    no_limits: Annotated[bool, typer.Option("--no-limits", help="Lift the rate limits, for load tests.")] = False,
    target_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write addresses, tokens and conversations here when all is ready."),
    ] = None,
) -> None:
    """Start a homeserver, a bridge and a school, and print who can sign in. Ctrl-C stops them."""
    options = DemoOptions(
        data_dir=data_dir,
        port=port,
        homeserver_port=homeserver_port,
        school=school,
        database=database,
        redis=redis,
        with_limits=not no_limits,
        target_file=target_file,
    )
    # Into a file or a pipe lines are not broken: who reads them there looks for whole Matrix ids.
    _run(run_demo(options, Console(width=None if sys.stdout.isatty() else 120)))


@app.command("check-config")
def check_config(config: ConfigPath = CONFIG) -> None:
    """Check the config, and the school file that it names, without starting anything."""
    loaded = load_config(config)
    if loaded.roster.file:
        found = load_roster(loaded.roster.file)
        typer.echo(f"{loaded.roster.file} is good: {len(found.people)} people, {len(found.groups)} groups.")
    typer.echo(f"{config} is good.")


@app.command()
def registration(
    config: ConfigPath = CONFIG,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")] = Path("registration.yaml"),
) -> None:
    """Write the registration that the homeserver must know; it holds secrets."""
    loaded = load_config(config)
    try:
        write_registration(output, loaded.appservice, loaded.homeserver)
    except OSError as error:
        raise ConfigError(f"cannot write {output}: {error.strerror}") from error
    typer.echo(f"{output} is written. Name it in homeserver.yaml under app_service_config_files, restart Synapse.")


@app.command()
def migrate(config: ConfigPath = CONFIG) -> None:
    """Bring the database's schema up to date; `serve` does it too."""
    loaded = load_config(config)
    set_up_logs(loaded.log)

    async def run() -> None:
        db = Database(loaded.database)
        try:
            await upgrade(db)
        finally:
            await db.close()

    _run(run())
    typer.echo("The database is up to date.")


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(installed_version("classbridge"))


@roster.command()
def plan(config: ConfigPath = CONFIG, as_json: AsJson = False) -> None:
    """Show what `roster apply` would do; changes nothing."""
    loaded = load_config(config)
    set_up_logs(loaded.log)
    _show(_run(from_file.plan_file(loaded)), as_json=as_json)


@roster.command()
def apply(
    config: ConfigPath = CONFIG,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask, not even before removing people.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make ghosts, rooms and members follow the school file. Twice equals once."""
    loaded = load_config(config)
    set_up_logs(loaded.log)
    steps = _run(from_file.plan_file(loaded))
    if not as_json:
        _show(steps, as_json=False)
    removals = sum(isinstance(step, REMOVALS) for step in steps)
    if removals and not yes:
        typer.confirm(f"{removals} of these steps remove somebody or close a room. Go on?", abort=True, err=True)
    report = _run(from_file.apply_file(loaded))
    failures = [{**step_as_json(failure.step), "reason": failure.reason} for failure in report.failures]
    if as_json:
        typer.echo(json.dumps({"done": report.done, "failures": failures}, ensure_ascii=False))
    else:
        typer.echo(f"{report.done} steps done, {len(failures)} refused by the homeserver.")
        for failure in failures:
            typer.echo(f"  {failure}", err=True)
    if failures:
        raise typer.Exit(OTHER_ERROR)


def _show(steps: list[Step], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([step_as_json(step) for step in steps], ensure_ascii=False))
        return
    for step in steps:
        document = step_as_json(step)
        what = document.pop("step")
        typer.echo(f"{what:<16}" + ", ".join(f"{key}={value}" for key, value in document.items()))
    typer.echo(f"{len(steps)} steps." if steps else "Nothing to do: Matrix follows the school file.")


def _run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    return uvloop.run(coroutine)


def main() -> None:
    """Run a command. Faults that people can mend are one sentence on standard error and a status of 1 or 2."""
    try:
        app()
    except ConfigError as error:
        typer.echo(f"classbridge: {error.detail}", err=True)
        sys.exit(CONFIG_ERROR)
    except BridgeError as error:
        typer.echo(f"classbridge: {error.detail}", err=True)
        sys.exit(OTHER_ERROR)


if __name__ == "__main__":
    main()

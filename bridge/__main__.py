"""The command line: ``classbridge serve``, ``demo``, ``check-config``, ``roster``, ``audit`` and the others."""

from __future__ import annotations

import sys
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bridge.cli import roster
from bridge.cli.audit import audit
from bridge.cli.running import CONFIG, CONFIG_ERROR, OTHER_ERROR, ConfigPath, run
from bridge.cli.why import why
from bridge.config import load_config
from bridge.db.migrate import opened
from bridge.demo.folder import DemoOptions
from bridge.errors import BridgeError, ConfigError
from bridge.logs import set_up_logs
from bridge.matrix.registration import write_registration
from bridge.provisioning.from_source import store_file
from bridge.roster.sources import look_at
from bridge.roster.yaml_source import load_roster

app = typer.Typer(
    help="Classbridge: a school's web chat and its Matrix rooms are one conversation.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(roster.app, name="roster")
app.command()(audit)
app.command()(why)


@app.command()
def serve(config: ConfigPath = CONFIG) -> None:
    """Run the bridge until SIGINT or SIGTERM."""
    from bridge import app as bridge_app  # noqa: PLC0415 - the web's half of the bridge; other commands need not wait

    loaded = load_config(config)
    set_up_logs(loaded.log)

    async def work() -> None:
        await store_file(loaded)
        await bridge_app.serve(loaded)

    run(work())


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
    from bridge.demo.run import run_demo  # noqa: PLC0415 - as above

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
    run(run_demo(options, Console(width=None if sys.stdout.isatty() else 120)))


@app.command("check-config")
def check_config(config: ConfigPath = CONFIG) -> None:
    """Check the config, and the school file that it names, without starting anything."""
    loaded = load_config(config)
    if loaded.roster.file:
        found = load_roster(loaded.roster.file)
        typer.echo(f"{loaded.roster.file} is good: {len(found.people)} people, {len(found.groups)} groups.")
    if loaded.roster.oneroster.path:
        look_at(loaded.roster.oneroster.path, 0)
        typer.echo(f"{loaded.roster.oneroster.path} is there; `classbridge roster plan` reads it.")
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

    async def work() -> None:
        async with opened(loaded.database):
            pass

    run(work())
    typer.echo("The database is up to date.")


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(installed_version("classbridge"))


def main(arguments: list[str] | None = None) -> None:
    """Run a command. Faults that people can mend are one sentence on standard error and a status of 1 or 2."""
    try:
        app(arguments)
    except ConfigError as error:
        typer.echo(f"classbridge: {error.detail}", err=True)
        sys.exit(CONFIG_ERROR)
    except BridgeError as error:
        typer.echo(f"classbridge: {error.detail}", err=True)
        sys.exit(OTHER_ERROR)


if __name__ == "__main__":
    main()

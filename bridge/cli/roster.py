"""``classbridge roster``: what the roster's source would change, the change, and what became of earlier ones."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bridge.cli.plan_tables import plan_table, runs_table, warnings_of
from bridge.cli.running import (
    CONFIG,
    CONFIG_ERROR,
    INTERRUPTED,
    OTHER_ERROR,
    WAITS,
    AsJson,
    ConfigPath,
    console,
    operator,
    run,
)
from bridge.config import Config, load_config
from bridge.db.migrate import opened
from bridge.errors import HomeserverUnavailable, Invalid
from bridge.logs import set_up_logs
from bridge.provisioning.from_source import Applied, Planned, apply_source, plan_source
from bridge.provisioning.provision import Plan
from bridge.provisioning.spec import name_step, step_as_json
from bridge.provisioning.summary import sentence
from bridge.roster.panel_pages import PanelUnreadable
from bridge.roster.runs import Run, list_runs
from bridge.roster.words import counted, counts_in_words

app = typer.Typer(
    help=(
        "Compare the roster's source with Matrix, and make Matrix follow it. Status 0: done; 1: the homeserver refused "
        "a step or is away; 2: the config or the list has faults; 3: the list removes so much that it waits for "
        "--confirm; 130: interrupted, and the next run finishes the rest."
    ),
    no_args_is_help=True,
)

KEPT = "What was taken in is kept; run it again when the homeserver is there, it finishes the rest."
WAITING_FOR_OTHERS = (
    "classbridge: another process applies the roster (or was killed a moment ago); waiting until it has finished"
)

Confirm = Annotated[
    bool, typer.Option("--confirm", help="I have seen what goes: no brake, and what the list lacks goes at once.")
]
Look = Annotated[bool, typer.Option("--look", help="Look at every room in Matrix instead of trusting the records.")]


@app.command()
def plan(config: ConfigPath = CONFIG, *, confirm: Confirm = False, look: Look = False, as_json: AsJson = False) -> None:
    """Show what `roster apply` would do; changes nothing."""
    loaded = _load(config)
    planned = _of_source(plan_source(loaded, is_confirmed=confirm, look=look))
    if as_json:
        typer.echo(json.dumps(_planned_as_json(planned), ensure_ascii=False))
    else:
        _show_plan(planned)
    if planned.brake:
        raise typer.Exit(WAITS)


@app.command()
def apply(
    config: ConfigPath = CONFIG, *, confirm: Confirm = False, look: Look = False, as_json: AsJson = False
) -> None:
    """Make rooms and members follow the roster. Twice equals once; interrupted, the next run finishes the rest."""
    loaded = _load(config)
    bar = Progress(
        TextColumn("rooms follow the roster"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console(to_errors=True),
        disable=as_json,
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=None)

        def begin(made: Plan) -> None:
            bar.reset(task, total=len(made.steps))

        applying = apply_source(
            loaded,
            actor=operator(),
            on_plan=begin,
            on_step=lambda _: bar.advance(task),
            on_wait=lambda: typer.echo(WAITING_FOR_OTHERS, err=True),
            is_confirmed=confirm,
            look=look,
        )
        try:
            applied = _of_source(applying)
        except (KeyboardInterrupt, asyncio.CancelledError):
            typer.echo("classbridge: interrupted; run it again, it finishes the rest.", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except HomeserverUnavailable as error:
            typer.echo(f"classbridge: {loaded.homeserver.url}: {error.detail} {KEPT}", err=True)
            raise typer.Exit(OTHER_ERROR) from None
    _tell(applied, as_json=as_json)


@app.command()
def runs(
    config: ConfigPath = CONFIG,
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show what was taken in lately, by whom, and what became of it."""
    found = run(_list(_load(config), limit))
    if as_json:
        typer.echo(json.dumps([_run_as_json(each) for each in found], ensure_ascii=False))
    else:
        console().print(runs_table(found))


def _load(path: Path) -> Config:
    loaded = load_config(path)
    set_up_logs(loaded.log)
    return loaded


def _of_source(coroutine: Any) -> Any:
    """Run it. A list that nobody can believe is a fault of the same rank as one that cannot be read."""
    try:
        return run(coroutine)
    except (Invalid, PanelUnreadable) as error:
        typer.echo(f"classbridge: {error.detail}", err=True)
        raise typer.Exit(CONFIG_ERROR) from None


async def _list(config: Config, limit: int) -> list[Run]:
    async with opened(config.database) as db, db.reading() as conn:
        return await list_runs(conn, limit=limit)


def _show_plan(planned: Planned) -> None:
    table = plan_table(planned.plan.steps)
    if table:
        console().print(table)
    for line in warnings_of(planned):
        typer.echo(line)
    typer.echo(sentence(planned.plan.summary))


def _planned_as_json(planned: Planned) -> dict[str, Any]:
    return {
        "source": planned.source,
        "counts": asdict(planned.counts),
        "brake": planned.brake.sentence if planned.brake else None,
        "is_known": planned.is_known,
        "left_out": dict(planned.left_out),
        "others_waiting": [_run_as_json(run) for run in planned.others],
        "sentence": sentence(planned.plan.summary),
        "summary": asdict(planned.plan.summary),
        "steps": [step_as_json(step) for step in planned.plan.steps],
    }


def _tell(applied: Applied, *, as_json: bool) -> None:
    report = applied.report
    failures = [{"step": name_step(f.step), "reason": f.reason} for f in report.failures]
    if as_json:
        told = {
            "run": _run_as_json(applied.run) if applied.run else None,
            "sentence": sentence(applied.plan.summary),
            "is_by_others": applied.is_by_others,
            "done": report.done,
            "failures": failures,
        }
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        _tell_people(applied, failures)
    if applied.is_waiting:
        raise typer.Exit(WAITS)
    if failures:
        raise typer.Exit(OTHER_ERROR)


def _tell_people(applied: Applied, failures: list[dict[str, str]]) -> None:
    if applied.run:
        typer.echo(f"The list: {counts_in_words(applied.run.counts)}.")
        if applied.is_waiting:
            told = applied.run.brake.sentence if applied.run.brake else ""
            typer.echo(f"It waits and nothing of it is stored. {told}")
            typer.echo("Look at it with `roster plan`, then: classbridge roster apply --confirm")
    if applied.is_by_others:
        typer.echo("Another process, a serving bridge perhaps, applied the roster meanwhile: `roster runs` tells.")
    typer.echo(sentence(applied.plan.summary))
    typer.echo(f"{counted(applied.report.done, 'step')} done, {len(failures)} refused by the homeserver.")
    for failure in failures:
        typer.echo(f"  {failure['step']}: {failure['reason']}", err=True)


def _run_as_json(found: Run) -> dict[str, Any]:
    return {**asdict(found), "brake": found.brake.sentence if found.brake else None}

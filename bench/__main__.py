"""``python -m bench``: measure, print, stop everything."""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console

from bench import delivery, lists, memory, report, rules, throughput
from bench.machine import facts, load, loop_ms
from bench.options import GRACE_S, SECTIONS, STAGED, Options
from bench.sampling import Profile, read_profiles
from bench.stage import Stage, set_up
from bridge.errors import BridgeError

Found = dict[str, Any]


class Run:
    """One run: its sections in order, what they found, and how it is shown."""

    def __init__(self, options: Options, console: Console) -> None:
        self._options, self._console = options, console
        self._began = time.monotonic()
        self._end = self._began + options.limit_s
        self._windows: list[throughput.Window] = []
        self.found: Found = {"machine": facts(), "options": _plain(asdict(options)), "skipped": {}, "loop_ms": {}}
        self.found |= {"set_up_s": 0.0, "bridge_log": []}
        self._shows: list[Callable[[], None]] = []

    async def all(self) -> None:
        if self._options.wants(*STAGED):
            await self._staged()
        if self._options.wants("rules"):
            await self._section("rules", self.rules)
        self.found["machine"]["load_after"] = load()
        self.found["took_s"] = round(time.monotonic() - self._began, 1)

    async def _staged(self) -> None:
        sections: dict[str, Callable[[Stage], Awaitable[None]]] = {
            "delivery": self.delivery,
            "list": self.list,
            "history": self.history,
            "throughput": self.throughput,
            "memory": self.memory,
        }
        async with set_up(self._options, self.say) as stage:
            self.found["set_up_s"] = round(time.monotonic() - self._began, 1)
            for name, measure in sections.items():
                if self._options.wants(name):
                    await self._section(name, partial(measure, stage))
            self.found["bridge_log"] = _tail(stage.servers.bridge.command.log_path)
            self.say("Stopping all servers")

    async def _section(self, name: str, measure: Callable[[], Awaitable[None]]) -> None:
        """A section that goes wrong is told, and the others go on."""
        if time.monotonic() > self._end:
            self.found["skipped"][name] = "out of time"
            return
        self.say(f"Measuring: {name}")
        self.found["loop_ms"][name] = loop_ms()
        try:
            async with asyncio.timeout(self._end + GRACE_S - time.monotonic()):
                await measure()
        except TimeoutError:
            self.found["skipped"][name] = "broken off, out of time"
        except (RuntimeError, OSError) as error:
            self.found["skipped"][name] = str(error) or type(error).__name__

    def say(self, what: str) -> None:
        self._console.print(f"[dim]{time.monotonic() - self._began:5.0f} s  {what} …[/dim]", highlight=False)

    async def delivery(self, stage: Stage) -> None:
        series = await delivery.measure(stage)
        arrivals = [each for each in series if not each.name.endswith("answered")]
        answers = [each for each in series if each.name.endswith("answered")]
        names = ("web to socket", "socket to socket", "web to Matrix", "Matrix to socket")
        seen = report.Comparison(arrivals, dict.fromkeys(names, delivery.DIRECT), {"web to socket": "≤ 0.33"})
        answered = report.Comparison(answers, dict.fromkeys(names, delivery.DIRECT), {})
        self.found["delivery"] = seen.as_json() | answered.as_json()
        self._shows.append(lambda: seen.print(self._console, "Delivery: seen by the other", report.DELIVERY))
        self._shows.append(lambda: answered.print(self._console, "Delivery: the sender's wait"))

    async def list(self, stage: Stage) -> None:
        series = await lists.measure_list(stage)
        bases = {"first": "Matrix sliding", "all of": "Matrix initial"}
        if self._options.rooms < 500:
            bases = {"first": "Matrix sliding", "all of 100": "Matrix initial"}
        self._compare("list", "Chat list of a teacher", series, bases)

    async def history(self, stage: Stage) -> None:
        series = await lists.measure_history(stage)
        bases = dict.fromkeys(("first page", "page ", "before"), "page of a short")
        aims = {"first page": "about 1", "page ": "about 1", "before": "about 1", "page of": ""}
        self._compare("history", "History page, against the page of a short conversation", series, bases, aims)
        against = report.Comparison(series, {"page of a short": "Matrix"}, {})
        ratio = against.ratios(series[0])[0]
        self.found["history_ratio_to_matrix"] = ratio.as_json() if ratio else None
        self._shows.append(lambda: self._console.print(f"  a page of a short one ÷ Matrix /messages: {ratio}"))

    def _compare(
        self, name: str, title: str, series: Any, bases: dict[str, str], aims: dict[str, str] | None = None
    ) -> None:
        comparison = report.Comparison(series, bases, aims or {})
        self.found[name] = comparison.as_json()
        self._shows.append(lambda: comparison.print(self._console, title, report.LIST))

    async def throughput(self, stage: Stage) -> None:
        try:
            await throughput.measure(stage, self._end, self._windows)
        finally:
            self._keep_throughput()

    def _keep_throughput(self) -> None:
        """Also of a section that was broken off: sizes of which all sides were measured."""
        shown = report.Throughput(self._windows)
        self.found["throughput"] = {"windows": [window.as_json() for window in self._windows]}
        for senders in shown.sizes:
            ratios = {name: ratio.as_json() if ratio else None for name, ratio in shown.ratios(senders).items()}
            self.found["throughput"][f"{senders} senders"] = ratios | {"cpu_ms": shown.cpu_ms(senders)}
        self._shows.append(lambda: shown.print(self._console))
        profiles = [each for each in read_profiles(self._options.profile) if each.senders in shown.sizes]
        self.found["profiles"] = [profile.as_json() for profile in profiles]
        self._shows += [partial(self._show_profile, shown, profile) for profile in profiles]

    def _show_profile(self, shown: report.Throughput, profile: Profile) -> None:
        cpu_ms = shown.cpu_ms(profile.senders)[profile.what]["bridge"]
        report.print_profile(self._console, profile, cpu_ms)

    async def memory(self, stage: Stage) -> None:
        found = await memory.measure(stage)
        self.found["memory"] = asdict(found)
        self._shows.append(lambda: report.print_memory(self._console, found))

    async def rules(self) -> None:
        loaded = await rules.measure_snapshot()
        self.found["snapshot"] = asdict(loaded)
        self._shows.append(lambda: report.print_snapshot(self._console, loaded))
        series, cpu_ms = await rules.measure(self._options)
        bases = {"with the module: answered": "without: answered", "with the module: seen": "without: seen"}
        comparison = report.Comparison(series, bases, {"with the module": "≤ 1.05"})
        self.found["rules"] = comparison.as_json() | {"cpu_ms": cpu_ms}
        self._shows.append(
            lambda: comparison.print(self._console, "A message in Synapse", report.rules_caption(cpu_ms))
        )

    def show(self) -> None:
        machine = self.found["machine"]
        self._console.print(
            f"\n[bold]Classbridge beside its homeserver[/bold], {machine['date']}: {machine['cores']} cores "
            f"({machine['processor']}), {machine['memory_gb']} GB, Python {machine['python']}; load before "
            f"{machine['load_before'][0]}, after {machine['load_after'][0]}; "
            f"a fixed loop took {machine['loop_ms']} ms before, "
            f"{', '.join(f'{ms} at {name}' for name, ms in self.found['loop_ms'].items())}; "
            f"the bridge on {'SQLite' if self._options.sqlite else 'PostgreSQL and Redis'}; "
            f"{self.found['set_up_s']} s to set up, {self.found['took_s']} s in all.\n",
            highlight=False,
        )
        for show in self._shows:
            show()
        for name, why in self.found["skipped"].items():
            self._console.print(f"[bold]Not measured: {name}[/bold]: {why}")
        if self.found["bridge_log"]:
            self._console.print(
                "The bridge's log, which should be empty, ends with:", *self.found["bridge_log"], sep="\n  "
            )


def _tail(log_path: Path) -> list[str]:
    return log_path.read_text("utf-8", "replace").splitlines()[-10:] if log_path.exists() else []


def _plain(options: Found) -> Found:
    return {name: str(value) if isinstance(value, Path) else value for name, value in options.items()}


def measure(
    only: Annotated[str, typer.Option(help="Which sections, by commas.")] = ",".join(SECTIONS),
    scale: Annotated[float, typer.Option(min=0.05, help="Of durations and repetitions.")] = 1.0,
    senders: Annotated[str, typer.Option(help="Who write at once, by commas; at most 128.")] = "16,64",
    matrix_rooms: Annotated[int, typer.Option(help="Rooms of the Matrix user of the list; 500 takes longer.")] = 100,
    sqlite: Annotated[bool, typer.Option("--sqlite", help="The bridge on SQLite and without Redis.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write all numbers here.")] = None,
    profile: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Sample the bridge's stacks during throughput, into here.")
    ] = None,
    limit: Annotated[float, typer.Option(help="Begin nothing more after so many seconds.")] = 250,
) -> None:
    """Measure the bridge and, in the same run and by turns, the same Synapse spoken to directly."""
    chosen = tuple(only.split(","))
    if set(chosen) - set(SECTIONS):
        raise typer.BadParameter(f"--only knows {', '.join(SECTIONS)}")
    sizes = tuple(sorted(int(size) for size in senders.split(",")))
    folder = profile.resolve() if profile else None
    options = Options(chosen, scale, sizes, matrix_rooms, sqlite, json_file, folder, limit)
    for old in folder.glob("*.folded") if folder else ():
        old.unlink()
    console = Console(width=None if sys.stdout.isatty() else 160)
    run = Run(options, console)
    _prepare_process()
    try:
        uvloop.run(_until_stopped(run))
    except BridgeError as error:
        console.print(f"bench: {error.detail}")
        raise typer.Exit(1) from None
    except asyncio.CancelledError:
        console.print("bench: stopped")
        raise typer.Exit(130) from None
    run.show()
    if options.json:
        options.json.write_text(json.dumps(run.found, ensure_ascii=False, indent=1), "utf-8")


def _prepare_process() -> None:
    """Many sockets; and no pause of ours shall look like the servers'."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    gc.disable()


async def _until_stopped(run: Run) -> None:
    """SIGTERM ends it as Ctrl-C does: with all servers stopped."""
    task = asyncio.ensure_future(run.all())
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    await task


if __name__ == "__main__":
    typer.run(measure)

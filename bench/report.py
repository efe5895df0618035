"""What a run prints: a table for each section, the bridge beside the homeserver spoken to directly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.marks import Faults
from bench.memory import Memory
from bench.rules import GROUPS, PEOPLE, Loaded
from bench.sampling import Profile
from bench.stats import Ratio, Series, ratio_at, ratio_of
from bench.throughput import BRIDGE, DIRECT, SCHOOL, Window

MOST_LINES = 18


def ms(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def new_table(title: str, first: str, *columns: str, caption: str = "") -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", caption=caption, caption_justify="left")
    table.add_column(first)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _base(series: Sequence[Series], start: str) -> Series:
    return next(each for each in series if each.name.startswith(start))


class Comparison:
    """Rows of milliseconds, each with the ratio to its base: the same thing done without the bridge."""

    def __init__(self, series: Sequence[Series], base_of: dict[str, str], aims: dict[str, str]) -> None:
        """*base_of* and *aims* are by the beginning of a row's name; the longest that fits counts."""
        self._series, self._aims = series, aims
        self._base_of = {name: _base(series, start) for name, start in base_of.items()}

    def ratios(self, one: Series) -> tuple[Ratio | None, Ratio | None]:
        base = _find(self._base_of, one.name)
        if base is None or base is one:
            return None, None
        return ratio_at(one, base, 0.5), ratio_at(one, base, 0.95)

    def print(self, console: Console, title: str, caption: str = "") -> None:
        sizes = any(each.more for each in self._series)
        columns = ["n", "p50 ms", "p95 ms", *(["KB", "things"] if sizes else []), "p50 ratio", "p95 ratio", "aim"]
        table = new_table(title, "", *columns, caption=caption)
        for one in self._series:
            middle, high = self.ratios(one)
            more = [str(one.more.get("kb", "")), str(one.more.get("things", ""))] if sizes else []
            numbers = [str(len(one.all)), ms(one.at(0.5)), ms(one.at(0.95)), *more]
            faults = f", {len(one.errors)} errors" if one.errors else ""
            ratios = [str(middle or ""), f"{high.middle:.2f}" if high else ""]
            table.add_row(one.name + faults, *numbers, *ratios, _find(self._aims, one.name) or "")
        console.print(table)

    def as_json(self) -> dict[str, Any]:
        found = {}
        for one in self._series:
            middle, high = self.ratios(one)
            found[one.name] = one.as_json() | {
                "p50_ratio": middle.as_json() if middle else None,
                "p95_ratio": high.as_json() if high else None,
            }
        return found


def _find(by_start: dict[str, Any], name: str) -> Any:
    fitting = [start for start in by_start if name.startswith(start)]
    return by_start[max(fitting, key=len)] if fitting else None


class Throughput:
    """Windows of all sides, brought together by the number of senders."""

    def __init__(self, windows: Sequence[Window]) -> None:
        self._windows = windows
        self.sizes = sorted(
            size
            for size in {window.senders for window in windows}
            if all(self.of(side, size) for side in (DIRECT, SCHOOL, BRIDGE))
        )

    def of(self, side: str, senders: int) -> list[Window]:
        return [window for window in self._windows if window.side == side and window.senders == senders]

    def ratios(self, senders: int) -> dict[str, Ratio | None]:
        """What was accepted and what was drained, divided by the rates of the same round."""
        direct, school = ([w.rate for w in self.of(side, senders)] for side in (DIRECT, SCHOOL))
        ours = self.of(BRIDGE, senders)
        drained = [w.drain_rate for w in ours]
        return {
            "accepted": ratio_of([w.rate for w in ours], direct),
            "drained": ratio_of(drained, direct),
            "drained_to_school": ratio_of(drained, school),
        }

    def print(self, console: Console) -> None:
        columns = (
            "accepted",
            "÷ direct",
            "drained",
            "÷ direct",
            "÷ school's",
            "empty after",
            "direct",
            "school's rooms",
        )
        table = new_table("Messages a second", "senders", *columns, "lost, doubled, disordered", caption=THROUGHPUT)
        for senders in self.sizes:
            ours, ratios = self.of(BRIDGE, senders), self.ratios(senders)
            table.add_row(
                str(senders),
                f"{median(w.rate for w in ours):.0f}",
                str(ratios["accepted"]),
                f"{median(w.drain_rate for w in ours):.1f}",
                str(ratios["drained"]),
                str(ratios["drained_to_school"]),
                f"{median(w.drain_s for w in ours):.1f} s",
                *(f"{median(w.rate for w in self.of(side, senders)):.1f}" for side in (DIRECT, SCHOOL)),
                self._faults(senders),
            )
        console.print(table)
        self._print_cpu(console)
        for error in sorted({error for window in self._windows for error in window.errors}):
            console.print(f"  error: {error}")

    def _faults(self, senders: int) -> str:
        ours = self.of(BRIDGE, senders)
        counted = (
            ("web to web", [window.on_sockets for window in ours]),
            ("web to Matrix", [window.in_matrix for window in ours]),
            ("Matrix to web", [window.on_sockets for window in self.of(SCHOOL, senders)]),
        )
        totals = [(name, sum(found, Faults())) for name, found in counted]
        return "\n".join(f"{name} {all_.lost}, {all_.doubled}, {all_.out_of_order}" for name, all_ in totals)

    def cpu_ms(self, senders: int) -> dict[str, dict[str, float]]:
        """Medians of processor time of each message, by what was done and by process."""
        ours = self.of(BRIDGE, senders)
        done = {
            "direct": [window.cpu_ms for window in self.of(DIRECT, senders)],
            "school's rooms": [window.cpu_ms for window in self.of(SCHOOL, senders)],
            "accepting": [window.cpu_ms for window in ours],
            "draining": [window.drain_cpu_ms for window in ours],
        }
        return {what: {name: median(each[name] for each in found) for name in found[0]} for what, found in done.items()}

    def _print_cpu(self, console: Console) -> None:
        names = list(self._windows[0].cpu_ms)
        table = new_table("Processor time of each message, ms", "", *names, "all", caption=CPU)
        for senders in self.sizes:
            for what, spent in self.cpu_ms(senders).items():
                cells = [f"{spent[name]:.1f}" for name in names]
                table.add_row(f"{what}, {senders} senders", *cells, f"{sum(spent.values()):.1f}")
        console.print(table)


def print_memory(console: Console, memory: Memory) -> None:
    table = new_table("Memory of the bridge", "", "sockets", "before MB", "after MB", "KB each", "to open, ms")
    cells = (memory.sockets, memory.before_mb, memory.after_mb, memory.kb_each, memory.open_ms)
    table.add_row("idle sockets", *map(str, cells))
    console.print(table)


def rules_caption(cpu_ms: Mapping[str, float]) -> str:
    spent = ", ".join(f"{value:.1f} {name}" for name, value in cpu_ms.items())
    return (
        "Two homeservers, written to by turns; ratios are with ÷ without the module, within a round: the median of the "
        f"rounds, the lowest and highest. Processor time of Synapse for a message, in ms, polling included: {spent}."
    )


def print_snapshot(console: Console, loaded: Loaded) -> None:
    title = f"The module's snapshot: {PEOPLE:,} people, {GROUPS:,} groups"
    table = new_table(title, "", "KB", "to load, s", "worst, s", "memory MB", "at its highest, MB")
    cells = (loaded.kb, loaded.load_s, loaded.worst_s, loaded.growth_mb, loaded.peak_mb)
    table.add_row("each in a new process", *map(str, cells))
    table.add_row("aim", "", "< 1", "< 1", "< 100", "< 100")
    console.print(table)


def print_profile(console: Console, profile: Profile, cpu_ms: float) -> None:
    """*cpu_ms*: what the bridge's process needed for each message in that window."""
    title = f"Where the bridge's {cpu_ms:.1f} ms of each message go: {profile.label} ({profile.total} samples)"
    table = new_table(title, "function, with all that it calls", "share", "ms")
    table.add_column("own time, by package")
    table.add_column("share", justify="right")
    functions, libraries = profile.inside.most_common(MOST_LINES), profile.libraries.most_common(MOST_LINES)
    for (name, samples), (package, own) in zip_longest(functions, libraries, fillvalue=("", 0)):
        share = samples / profile.total
        left = (name, f"{share:.1%}", f"{share * cpu_ms:.2f}") if name else ("", "", "")
        table.add_row(*left, package, f"{own / profile.total:.1%}" if package else "")
    console.print(table)


RATIOS = (
    "Ratios are bridge ÷ direct within a round: the median of the rounds, in brackets the lowest and highest. "
    "Only ratios within a run count: the machine's speed drifts."
)
DELIVERY = (
    "From the send until the other has it. direct: a Matrix client's PUT until another one's long-poll /sync brings "
    "it, in a room that the bridge knows nothing of. answered: how long the sender waits. " + RATIOS
)
THROUGHPUT = (
    "accepted: 201 from the bridge, while its outbox works too. drained: what waited when the senders stopped ÷ time "
    "until the outbox was empty; the aim is ≥ 0.95 of direct. direct: Matrix clients write, each into a room that the "
    "bridge knows nothing of; nobody syncs. school's rooms: Matrix clients write into the bridge's rooms, so that "
    "Synapse also pushes every event to the bridge, as it does what the outbox sent. " + RATIOS
)
CPU = "PostgreSQL with its children, for the bridge alone: Synapse is on SQLite. generator: this process."
LIST = "things: conversations, rooms or messages in the answer. " + RATIOS

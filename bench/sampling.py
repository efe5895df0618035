"""The profile of the bridge's process, seen from here: windows with a label, and what was found in them."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from testbed.waiting import until

from bench.servers import BridgeProcess

WRITE_LIMIT_S = 10
MOST_FUNCTIONS = 30


class Sampler:
    """Does nothing without a folder: then the bridge does not run under ``bench.profiled``."""

    def __init__(self, bridge: BridgeProcess, folder: Path | None) -> None:
        self._bridge, self._folder = bridge, folder
        self._numbers = count(1)

    @asynccontextmanager
    async def window(self, what: str, senders: int) -> AsyncIterator[None]:
        """Sample while the block runs; windows of the same are written together, as ``<what>-<senders>.folded``."""
        if self._folder is None:
            yield
            return
        os.kill(self._bridge.pid, signal.SIGUSR1)
        try:
            yield
        finally:
            os.kill(self._bridge.pid, signal.SIGUSR2)
            await self._keep(self._folder, f"{what}-{senders}.folded")

    async def _keep(self, folder: Path, name: str) -> None:
        path = folder / f"{next(self._numbers)}.folded"
        await until(path.exists, limit_s=WRITE_LIMIT_S)
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(path.read_text("utf-8"))
        path.unlink()


@dataclass
class Profile:
    """
    What the windows of one kind found, in samples.

    Attributes:
        inside: By function of the bridge: it, and all that it calls.
        libraries: By package: the innermost frame's own time.
    """

    what: str
    senders: int
    total: int = 0
    inside: Counter[str] = field(default_factory=Counter)
    libraries: Counter[str] = field(default_factory=Counter)

    @property
    def label(self) -> str:
        return f"{self.what}, {self.senders} senders"

    def as_json(self) -> dict[str, Any]:
        shares = {
            kind: {name: round(samples / self.total, 3) for name, samples in found.most_common(MOST_FUNCTIONS)}
            for kind, found in (("inside", self.inside), ("libraries", self.libraries))
            if self.total
        }
        return {"label": self.label, "samples": self.total, **shares}


def read_profiles(folder: Path | None) -> list[Profile]:
    """What was written into the folder, by the number of senders."""
    found = [_read(path) for path in folder.glob("*-*.folded")] if folder else []
    return sorted((each for each in found if each.total), key=lambda each: (each.senders, each.what))


def _read(path: Path) -> Profile:
    what, _, senders = path.stem.partition("-")
    profile = Profile(what, int(senders))
    for line in path.read_text("utf-8").splitlines():
        stack, _, samples = line.rpartition(" ")
        frames = stack.split(";")
        profile.total += int(samples)
        for name in {frame for frame in frames if _is_ours(frame)}:
            profile.inside[name] += int(samples)
        profile.libraries[frames[-1].partition(":")[0].partition(".")[0]] += int(samples)
    return profile


def _is_ours(frame: str) -> bool:
    """Not what holds everything: the command line and the wiring."""
    return frame.startswith("bridge.") and not frame.startswith(("bridge.__main__:", "bridge.app:serve"))

"""What the numbers depend on besides the code: the machine, and who uses its processors."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Any

import psutil


def loop_ms() -> float:
    """How fast the machine is right now: a fixed loop of Python, in ms, the median of nine."""
    times = []
    for _ in range(9):
        began = time.perf_counter()
        sum(number * number for number in range(100_000))
        times.append((time.perf_counter() - began) * 1000)
    return round(median(times), 2)


def facts() -> dict[str, Any]:
    return {
        "date": time.strftime("%F %T"),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_gb": round(psutil.virtual_memory().total / (1 << 30), 1),
        "python": platform.python_version(),
        "load_before": load(),
        "loop_ms": loop_ms(),
    }


def load() -> list[float]:
    return [round(average, 2) for average in os.getloadavg()]


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


class CpuMeter:
    """Processor seconds of servers and their children, by name; ``generator`` is this process."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = {**pids, "generator": os.getpid()}
        self._before = self._read()

    def _read(self) -> dict[str, float]:
        return {name: _seconds(pid, with_children=name != "generator") for name, pid in self._pids.items()}

    def lap(self) -> dict[str, float]:
        """Seconds since the last lap."""
        now = self._read()
        spent = {name: now[name] - self._before[name] for name in now}
        self._before = now
        return spent


def _seconds(pid: int, *, with_children: bool) -> float:
    process = psutil.Process(pid)
    total = 0.0
    for each in [process, *(process.children(recursive=True) if with_children else [])]:
        with suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            total += times.user + times.system
    return total


def rss_kb(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss) / 1024

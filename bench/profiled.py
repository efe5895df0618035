"""
``python -m bench.profiled FOLDER serve …``: the bridge's command line, with a sampler of its stacks.

SIGUSR1 begins a window, SIGUSR2 ends it and writes ``FOLDER/<number>.folded``, a stack and its samples in each line,
outermost frame first: as speedscope and flamegraph.pl read it. While a window is open, the kernel interrupts every
4 ms of processor time that the process uses; so waiting costs nothing and what is fast is not made slow, as it is by
a profiler that traces calls. What C code does counts for the Python function that called it.
"""

from __future__ import annotations

import signal
import sys
from collections import Counter
from itertools import count
from pathlib import Path
from types import CodeType, FrameType

from greenlet import getcurrent

EVERY_S = 0.004


class Stacks:
    """Counts what the main thread is doing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._numbers = folder, count(1)
        self._found: Counter[tuple[CodeType, ...]] = Counter()
        signal.signal(signal.SIGPROF, self._sample)
        signal.signal(signal.SIGUSR1, self._begin)
        signal.signal(signal.SIGUSR2, self._end)

    def _begin(self, _signal: int, _frame: FrameType | None) -> None:
        self._found.clear()
        signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)

    def _sample(self, _signal: int, frame: FrameType | None) -> None:
        stack = []
        greenlet = getcurrent()
        while frame:
            stack.append(frame.f_code)
            frame = frame.f_back
            if frame is None and greenlet.parent:  # SQLAlchemy runs statements in greenlets: go on below
                greenlet = greenlet.parent
                frame = greenlet.gr_frame
        self._found[tuple(stack)] += 1

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        lines = [
            ";".join(_name_of(code) for code in reversed(stack)) + f" {samples}"
            for stack, samples in self._found.most_common()
        ]
        path = self._folder / f"{next(self._numbers)}.folded"
        new = path.with_suffix(".new")
        new.write_text("\n".join(lines) + "\n", "utf-8")
        new.replace(path)


def _name_of(code: CodeType) -> str:
    """``package.module:function``."""
    path = code.co_filename
    for mark in ("/site-packages/", "/lib/python3.", f"{Path(__file__).parents[1]}/"):
        if mark in path:
            path = path.rpartition(mark)[2]
            break
    if path.partition("/")[0].isdigit():  # python3.11/asyncio/…
        path = "python/" + path.partition("/")[2]
    return f"{path.removesuffix('.py').replace('/', '.')}:{code.co_qualname}"


def main() -> None:
    folder = Path(sys.argv[1])
    sys.argv = ["classbridge", *sys.argv[2:]]
    from bridge.__main__ import main as run_bridge  # noqa: PLC0415 - reads sys.argv when it runs, not before

    Stacks(folder)
    run_bridge()


if __name__ == "__main__":
    main()

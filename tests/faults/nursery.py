"""
A process that has loaded the bridge and forks a child for each start: `classbridge serve`, with fault points.

A start takes a twentieth of what an interpreter takes to load everything. Talks in lines of JSON on its standard
streams: ``{"start": config path, "arm": path, "log": path}`` gives a process id, ``{"reap": pid}`` an exit status.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import traceback
from pathlib import Path

from fault_points import Faults

import bridge.app  # noqa: F401 - `serve` imports it when it runs; here it is to be there before the fork
from bridge import __main__ as command_line

PR_SET_PDEATHSIG = 1


def main() -> None:
    _die_with_parent()
    for line in sys.stdin:
        wish = json.loads(line)
        answer = _start(wish) if "start" in wish else os.waitstatus_to_exitcode(os.waitpid(wish["reap"], 0)[1])
        print(answer, flush=True)


def _start(wish: dict[str, str]) -> int:
    pid = os.fork()
    if pid == 0:
        _become_bridge(wish)
    return pid


def _become_bridge(wish: dict[str, str]) -> None:
    """Never returns: what comes after a fork must not go on as the parent."""
    status = 1
    try:
        _die_with_parent()
        os.setsid()
        log = os.open(wish["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for stream in (1, 2):
            os.dup2(log, stream)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        Faults(Path(wish["arm"])).install()
        for target, value in wish.get("constants", {}).items():
            module, _, name = target.partition(":")
            setattr(sys.modules[module], name, value)
        sys.argv = ["classbridge", "serve", "--config", wish["start"]]
        command_line.main()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stderr.flush()
        os._exit(status)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))


if __name__ == "__main__":
    main()

"""
The inside of a nursery: a process that has loaded a program once and forks a child for each start of it.

Talks in lines of JSON on its standard streams: a wish gives a process id, ``{"reap": pid}`` an exit status.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

PR_SET_PDEATHSIG = 1

Wish = dict[str, Any]


def serve(become: Callable[[Wish], None]) -> None:
    """Fork whenever the parent wishes it, until it closes our standard input; ``become`` runs in the child."""
    die_with_parent()
    gc.freeze()  # what is loaded stays: children need neither look at it again nor copy it for that
    for line in sys.stdin:
        wish = json.loads(line)
        answer = _fork(become, wish) if "log" in wish else os.waitstatus_to_exitcode(os.waitpid(wish["reap"], 0)[1])
        print(answer, flush=True)


def _fork(become: Callable[[Wish], None], wish: Wish) -> int:
    pid = os.fork()
    if pid == 0:
        _live(become, wish)
    return pid


def _live(become: Callable[[Wish], None], wish: Wish) -> None:
    """Never returns: what comes after a fork must not go on as the parent."""
    status = 1
    try:
        die_with_parent()
        os.setsid()
        log = os.open(wish["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for stream in (1, 2):
            os.dup2(log, stream)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        become(wish)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))

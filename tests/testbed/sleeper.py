"""The least that a nursery can start: a program that waits for its end, or ends at once with the status it is told."""

from __future__ import annotations

import signal
import sys

from testbed.forks import Wish, serve


def _sleep(wish: Wish) -> None:
    print("here", flush=True)
    if wish["status"] is not None:
        sys.exit(wish["status"])
    signal.pause()


if __name__ == "__main__":
    serve(_sleep)

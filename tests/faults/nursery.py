"""
A process that has loaded the bridge and forks a child for each start: `classbridge serve`, with fault points.

A start takes a twentieth of what an interpreter takes to load everything.
"""

from __future__ import annotations

import sys
from pathlib import Path

from testbed.forks import Wish, serve

import bridge.app  # noqa: F401 - `serve` imports it when it runs; here it is to be there before the fork
from bridge import __main__ as command_line
from faults.fault_points import Faults


def _become_bridge(wish: Wish) -> None:
    Faults(Path(wish["arm"])).install()
    for target, value in wish["constants"].items():
        module, _, name = target.partition(":")
        setattr(sys.modules[module], name, value)
    command_line.main(["serve", "--config", wish["config"]])


if __name__ == "__main__":
    serve(_become_bridge)

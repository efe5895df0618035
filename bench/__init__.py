"""
Side-by-side measurements: the bridge against the same Synapse spoken to directly, in one run (``make bench``).

Real parts only, on 127.0.0.1. The bridge is a process of its own; this one generates the load. A machine's speed
drifts, so both sides are measured by turns and only ratios within a run count.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))  # the tests' servers are ours too: ``testbed``

"""``python bench/snapshot_load.py FILE``: what a process pays for a snapshot, as the module reads it; prints JSON."""

from __future__ import annotations

import gc
import json
import sys
import time
from pathlib import Path

import psutil

from bridge.permissions.snapshot import Identity, read_snapshot

MB = 1 << 20


def _highest() -> int:
    """Bytes of this program at its highest; ``ru_maxrss`` would count who started it too."""
    status = Path("/proc/self/status").read_text("utf-8")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def main() -> None:
    body = Path(sys.argv[1]).read_bytes()
    identity = Identity("school.test", "school_", "@school_bot:school.test")
    process = psutil.Process()
    gc.collect()
    before = process.memory_info().rss
    began = time.perf_counter()
    snapshot = read_snapshot(json.loads(body), identity)
    load_s = time.perf_counter() - began
    peak = _highest()
    gc.collect()
    after = process.memory_info().rss
    found = {
        "load_s": load_s,
        "growth_mb": (after - before) / MB,
        "peak_mb": (peak - before) / MB,
        "people": len(snapshot.school.people),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()

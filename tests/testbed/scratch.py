"""Where the tests' servers and databases write: in memory, if this machine has a file system for that."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import psutil

MEMORY = Path("/dev/shm")
ROOM_BYTES = 3 << 30  # several times what a run takes; a container's whole file system is often 64 MB


def write_to_memory() -> None:
    """
    Let temporary files be in memory, unless ``TMPDIR`` says where or there is too little of it.

    On a disk a third of the processor's time would be the kernel's, for journals of files that nobody keeps. No test
    cuts the power: what a killed process has written is the kernel's, there as on a disk.
    """
    if "TMPDIR" in os.environ or not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK)):
        return
    if min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available) < ROOM_BYTES:
        return
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

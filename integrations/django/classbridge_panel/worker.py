"""With ``SEND: "thread"``: one thread of the process sends, after the commit, and never in a request's way."""

from __future__ import annotations

import logging
import os
import threading

from django.db import connections

log = logging.getLogger(__name__)


class Worker:
    """Sleeps until it is woken; goes on by itself, ever more slowly, while the bridge does not answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._process: int | None = None

    def wake(self) -> None:
        """There is something to send. Returns at once."""
        self._wake.set()
        with self._lock:
            if self._process != os.getpid():  # none yet, or it stayed behind when the server forked
                self._process = os.getpid()
                threading.Thread(target=self._run, name="classbridge-panel", daemon=True).start()

    def _run(self) -> None:
        from classbridge_panel.sending import pause_s, send_pending  # noqa: PLC0415 - sending wakes this too

        failures = 0
        while True:
            self._wake.wait(pause_s(failures) if failures else None)
            self._wake.clear()
            try:
                outcome = send_pending()
                failures = failures + 1 if outcome.failure or outcome.is_busy else 0
            except Exception:
                log.exception("Classbridge could not be told; it will be tried again")
                failures += 1
            finally:
                connections.close_all()


WORKER = Worker()

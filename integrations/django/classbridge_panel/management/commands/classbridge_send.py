"""``manage.py classbridge_send``: the worker that tells the bridge what has changed."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from classbridge_panel.sending import Outcome, describe, pause_s, send_pending


class Command(BaseCommand):
    help = "Tells Classbridge what has changed in the panel: for ever, or once with --once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="send what waits and end; 1 if it cannot be sent")
        parser.add_argument("--every", type=float, default=1.0, help="seconds between looks (%(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        if options["once"]:
            outcome = send_pending()
            self._say(outcome)
            if outcome.failure:
                raise CommandError(outcome.failure)
            return
        end = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: end.set())
        self._run(end, options["every"])

    def _run(self, end: threading.Event, every_s: float) -> None:
        failures = 0
        while not end.is_set():
            close_old_connections()
            outcome = send_pending()
            self._say(outcome)
            failures = failures + 1 if outcome.failure else 0
            end.wait(max(every_s, pause_s(failures)) if failures else every_s)

    def _say(self, outcome: Outcome) -> None:
        if outcome.failure:
            self.stderr.write(outcome.failure)
        elif outcome.sent or outcome.refused:
            self.stdout.write(describe(outcome))

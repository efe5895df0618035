"""``manage.py classbridge_sync``: tell the bridge the whole roster; at the beginning and each night."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from classbridge_panel.client import BridgeAway, WrongRequest
from classbridge_panel.syncing import Busy, UnfitRoster, sync


class Command(BaseCommand):
    help = "Tells Classbridge everybody, every group and who is in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would come of it")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        try:
            answer = sync(is_dry_run=options["dry_run"])
        except Busy:
            raise CommandError("Another process is sending at this moment; try again in a minute.") from None
        except (BridgeAway, UnfitRoster) as error:
            raise CommandError(str(error)) from error
        except WrongRequest as error:
            raise CommandError(f"The bridge refuses the roster: {error}") from error
        self.stdout.write(f"{answer.get('state')}: {answer.get('sentence')}")
        if answer.get("state") == "waiting":
            raise CommandError(f"{answer.get('brake')} Confirm it: POST {answer.get('confirm')}")

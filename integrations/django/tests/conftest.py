"""A real panel: its database in a file, its models, and a bridge's door to talk to."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# Models can be imported only when Django is set up, and test files import them while they are collected.
FOLDER = tempfile.TemporaryDirectory(prefix="classbridge-panel-")
os.environ["PANEL_DATABASE"] = str(Path(FOLDER.name) / "panel.sqlite3")
os.environ["DJANGO_SETTINGS_MODULE"] = "panel.settings"
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

import django  # noqa: E402

django.setup()

from bridge_door import BridgeDoor  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: E402
from django.db.backends.signals import connection_created  # noqa: E402
from django.dispatch import receiver  # noqa: E402
from django.test import override_settings  # noqa: E402
from django.test.utils import setup_test_environment, teardown_test_environment  # noqa: E402
from panel_settings import changed  # noqa: E402


@receiver(connection_created)
def forget_the_disk(connection: BaseDatabaseWrapper, **_: object) -> None:
    """The database of a test need not outlive a power cut."""
    connection.cursor().execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def panel() -> Iterator[None]:
    """The panel's tables."""
    setup_test_environment()
    call_command("migrate", verbosity=0)
    yield
    teardown_test_environment()


@pytest.fixture(autouse=True)
def empty(panel: None) -> Iterator[None]:
    """Every test leaves an empty panel behind."""
    yield
    call_command("flush", interactive=False, verbosity=0)
    connection.close()


@pytest.fixture
def door() -> Iterator[BridgeDoor]:
    """A bridge that answers, and the panel's settings pointing at it."""
    running = BridgeDoor()
    with override_settings(CLASSBRIDGE=changed(URL=running.start())):
        yield running
    running.stop()

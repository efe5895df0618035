"""Who sends: a worker process, a thread, or Celery; the panel's requests never wait for the bridge."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from bridge_door import TOKEN, BridgeDoor
from django.db import transaction
from django.test import Client, override_settings
from panel.school.models import User
from panel_settings import changed
from panel_world import make_user, panel_now, waiting

from classbridge_panel import tasks, worker
from classbridge_panel.worker import Worker

MANAGE = Path(__file__).with_name("manage.py")


def until(condition: Callable[[], Any], limit_s: float = 30) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "it never became so"
        time.sleep(0.02)


@pytest.fixture
def process() -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """``process(url)``: the worker, as a process of its own."""
    started: list[subprocess.Popen[str]] = []

    def start(url: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(MANAGE), "classbridge_send", "--every", "0.05"]
        environment = {**os.environ, "PANEL_BRIDGE": url, "PANEL_TOKEN": TOKEN, "PYTHONUNBUFFERED": "1"}
        started.append(subprocess.Popen(command, env=environment, text=True, stdout=-1, stderr=-1))
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.communicate()


def test_the_worker_sends_what_comes_and_ends_when_it_is_asked_to(door: BridgeDoor, process):
    running = process(door.url)
    make_user("orlov")
    until(lambda: door.things == panel_now())
    make_user("belova")
    until(lambda: len(door.things) == 2)
    until(lambda: not waiting())
    running.send_signal(signal.SIGTERM)
    out, _ = running.communicate(timeout=10)
    assert running.returncode == 0
    assert sum(int(line.removesuffix(" sent")) for line in out.splitlines()) == 2


def test_the_worker_goes_on_when_the_bridge_is_back(process):
    door = BridgeDoor()
    url = door.start()
    door.fails = [503]
    make_user("orlov")
    running = process(url)
    until(lambda: door.things == panel_now())
    door.stop()
    running.send_signal(signal.SIGTERM)
    assert "answered 503" in running.communicate(timeout=10)[1]


@pytest.fixture
def own_worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    """A worker of this test's own; its thread sleeps for ever afterwards, as in a server."""
    fresh = Worker()
    monkeypatch.setattr(worker.WORKER, "wake", fresh.wake)
    return fresh


def test_a_thread_sends_after_the_commit_and_not_before(door: BridgeDoor, own_worker: Worker):
    with override_settings(CLASSBRIDGE=changed(URL=door.url, SEND="thread")):
        with transaction.atomic():
            make_user("orlov")
            assert door.requests == []
        until(lambda: door.things == panel_now() and not waiting())


def test_a_bridge_that_hangs_makes_no_request_of_the_panel_wait(door: BridgeDoor, own_worker: Worker):
    door.hold = threading.Event()
    with override_settings(CLASSBRIDGE=changed(URL=door.url, SEND="thread")):
        browser = Client()
        browser.force_login(User.objects.create_superuser("admin", role="завуч"))
        began = time.monotonic()
        for number in range(5):
            make_user(f"user{number}")
            assert browser.get("/chat/token/").status_code == 200
        assert time.monotonic() - began < 4, "the door holds each request for ten seconds"
        door.hold.set()
        until(lambda: door.things == panel_now() and not waiting())


def test_without_celery_there_is_no_task():
    assert "celery" in sys.modules or not hasattr(tasks, "send")


def test_with_celery_the_task_sends(door: BridgeDoor, monkeypatch: pytest.MonkeyPatch):
    """Celery's decorator is the only part of it that is asked for."""
    celery, names = ModuleType("celery"), []
    celery.shared_task = lambda name: names.append(name) or (lambda function: function)
    monkeypatch.setitem(sys.modules, "celery", celery)
    try:
        task = importlib.reload(tasks).send
    finally:
        monkeypatch.undo()
    make_user("orlov")
    assert task() == "1 sent"
    assert names == ["classbridge_panel.send"]
    del tasks.send

"""The admin shows what waits and why something was refused, and lets it be tried again; nothing is written by hand."""

from __future__ import annotations

import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.test import Client
from panel.school.models import User
from panel_world import forget

import classbridge_panel
from classbridge_panel.models import OutboxEntry, Sender

PO = "locale/ru/LC_MESSAGES/django.po"
LIST = "/admin/classbridge_panel/outboxentry/"


@pytest.fixture
def admin() -> Client:
    browser = Client()
    browser.force_login(User.objects.create_superuser("admin", role="завуч"))
    forget()
    return browser


def test_the_list_shows_the_reason(admin: Client):
    OutboxEntry.objects.create(kind="user", user_id=7, state="refused", reason="This field may not be blank.")
    page = admin.get(LIST).content.decode()
    assert "user 7" in page
    assert "This field may not be blank." in page


def test_the_admin_speaks_russian_in_a_russian_panel(admin: Client):
    OutboxEntry.objects.create(kind="user", user_id=7)
    page = admin.get(LIST).content.decode()
    assert "ждёт отправки" in page
    assert "Отправить выбранные ещё раз" in page


def test_every_word_of_the_app_is_translated_and_compiled():
    """``msgfmt`` makes django.mo of django.po; the two must not part."""
    folder = Path(classbridge_panel.__file__).parent
    code = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    words = set(re.findall(r'\b_\(\s*"([^"]+)"', code))
    messages = dict(re.findall(r'msgid "(.+)"\nmsgstr "(.+)"', (folder / PO).read_text("utf-8")))
    assert words == messages.keys()
    with (folder / PO).with_suffix(".mo").open("rb") as compiled:
        catalog = GNUTranslations(compiled)
    assert {word: catalog.gettext(word) for word in words} == messages


def test_a_refused_entry_can_be_tried_again(admin: Client):
    entry = OutboxEntry.objects.create(kind="user", user_id=7, state="refused", reason="No.")
    answer = admin.post(LIST, {"action": "try_again", "_selected_action": [entry.pk]}, follow=True)
    entry.refresh_from_db()
    assert answer.status_code == 200
    assert (entry.state, entry.reason) == ("waiting", "")


def test_nobody_writes_by_hand(admin: Client):
    entry = OutboxEntry.objects.create(kind="user", user_id=7)
    assert admin.get(f"{LIST}add/").status_code == 403
    assert admin.post(f"{LIST}{entry.pk}/change/", {"user_id": 8}).status_code == 403
    assert admin.get("/admin/classbridge_panel/sender/add/").status_code == 403


def test_the_admin_shows_that_the_bridge_does_not_answer(admin: Client):
    Sender.objects.create(failures=3, reason="the bridge does not answer")
    page = admin.get("/admin/classbridge_panel/sender/").content.decode()
    assert "the bridge does not answer" in page
    assert "failing" in page

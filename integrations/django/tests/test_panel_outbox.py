"""Every change of the panel that matters is noted, in its own transaction, and nothing else is."""

from __future__ import annotations

import logging

import pytest
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from panel.school.models import Profile, Pupil, User
from panel_settings import changed
from panel_world import TEACHER, enrol, forget, make_group, make_user, waiting

from classbridge_panel.models import OutboxEntry
from classbridge_panel.outbox import mark_enrolment, mark_group, mark_user


def test_a_saved_and_a_deleted_person_or_group_is_noted():
    user, group = make_user("orlov"), make_group()
    user_id, group_id = user.pk, group.pk
    assert waiting() == [f"user {user_id}", f"group {group_id}"]
    forget()
    user.delete()
    group.delete()
    assert waiting() == [f"user {user_id}", f"group {group_id}"]


def test_a_change_and_its_note_are_one_transaction():
    with pytest.raises(RuntimeError), transaction.atomic():
        make_user("orlov")
        raise RuntimeError
    assert waiting() == []
    assert not User.objects.exists()


def test_a_proxy_of_the_user_is_a_user():
    pupil = Pupil.objects.create(username="orlov")
    assert waiting() == [f"user {pupil.pk}"]


def test_a_row_of_a_membership_is_an_enrolment():
    group, user = make_group(), make_user("orlov")
    forget()
    membership = enrol(group, user)
    assert waiting() == [f"enrolment {user.pk} in {group.pk}"]
    forget()
    membership.delete()
    assert waiting() == [f"enrolment {user.pk} in {group.pk}"]


def test_a_membership_that_moves_ends_the_old_enrolment_too():
    old, new, user = make_group("7А"), make_group("7Б"), make_user("orlov")
    membership = enrol(old, user)
    forget()
    membership.group = new
    membership.save()
    assert set(waiting()) == {f"enrolment {user.pk} in {old.pk}", f"enrolment {user.pk} in {new.pk}"}


def test_a_tutor_who_is_replaced_is_noted_with_the_one_who_comes():
    old, new = make_user("petrova", TEACHER), make_user("kozlov", TEACHER)
    group = make_group(tutor=old)
    forget()
    group.tutor = new
    group.save()
    assert set(waiting()) == {
        f"group {group.pk}",
        f"enrolment {old.pk} in {group.pk}",
        f"enrolment {new.pk} in {group.pk}",
    }


@pytest.mark.parametrize("side", ["group", "user"])
@pytest.mark.parametrize("change", ["add", "remove", "clear", "set"])
def test_a_many_to_many_field_is_heard_from_both_its_sides(side: str, change: str):
    group, user = make_group(), make_user("petrova", TEACHER)
    field, other = (group.assistants, user) if side == "group" else (user.assisted_groups, group)
    if change in {"remove", "clear"}:
        field.add(other)
    forget()
    calls = {
        "add": lambda: field.add(other),
        "remove": lambda: field.remove(other),
        "clear": field.clear,
        "set": lambda: field.set([other]),
    }
    calls[change]()
    assert waiting() == [f"enrolment {user.pk} in {group.pk}"]


def test_a_related_model_changes_its_user():
    user = make_user("orlov")
    forget()
    profile = Profile.objects.create(user=user, first_name="Пётр")
    assert waiting() == [f"user {user.pk}"]
    forget()
    profile.delete()
    assert waiting() == [f"user {user.pk}"]


def test_everything_that_goes_with_a_deleted_group_is_noted():
    group, user = make_group(), make_user("orlov")
    enrol(group, user)
    group_id = group.pk
    forget()
    group.delete()
    assert set(waiting()) == {f"group {group_id}", f"enrolment {user.pk} in {group_id}"}


def test_what_sends_no_signal_can_be_marked_by_hand():
    make_user("orlov")
    forget()
    User.objects.update(role=TEACHER)
    assert waiting() == []
    mark_user(1)
    mark_group(2)
    mark_enrolment(2, 1)
    assert waiting() == ["user 1", "group 2", "enrolment 1 in 2"]


def test_the_outbox_holds_no_name():
    make_user("orlov")
    assert "orlov" not in repr([*OutboxEntry.objects.values()]).lower()


def test_a_saved_person_costs_one_more_query():
    user = make_user("orlov")
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        user.save()
    own = [query["sql"] for query in queries if "classbridge" in query["sql"]]
    assert len(own) == 1
    assert own[0].startswith("INSERT")


def test_wrong_settings_stop_nothing_of_the_panel(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.ERROR), override_settings(CLASSBRIDGE=changed(GROUP_MODEL="school.Klass")):
        make_user("orlov")
    assert User.objects.count() == 1
    assert waiting() == []
    assert "CLASSBRIDGE['GROUP_MODEL'] must name a model" in caplog.text


def test_a_change_of_one_field_in_the_admin_is_noted():
    browser = Client()
    browser.force_login(User.objects.create_superuser("admin", role="завуч"))
    user = make_user("orlov")
    forget()
    assert browser.post(f"/admin/school/user/{user.pk}/delete/", {"post": "yes"}).status_code == 302
    assert waiting() == [f"user {user.pk}"]

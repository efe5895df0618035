"""``manage.py check`` says what is wrong with the settings, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from panel_settings import changed, without

from classbridge_panel.checks import check_settings

MEMBERSHIP = {"MODEL": "school.Membership", "GROUP": "group", "USER": "user", "ROLE": "role"}


def found(given: Any) -> list[str]:
    with override_settings(CLASSBRIDGE=given):
        return [f"{message.id}: {message.msg}" for message in check_settings()]


def test_good_settings_are_good():
    assert found(settings.CLASSBRIDGE) == []


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"URL": "chat.school.example"}, "E002: CLASSBRIDGE['URL'] is no http or https address."),
        ({"URL": "http://chat.school.example"}, "W001: CLASSBRIDGE['URL'] is not https"),
        ({"TOKEN": "short"}, "E003: CLASSBRIDGE['TOKEN'] is missing or too short."),
        ({"SEND": "celery"}, "E004: CLASSBRIDGE['SEND'] must be 'command' or 'thread'."),
        ({"USER_ROW": "panel.chat.nothing"}, "E005: CLASSBRIDGE['USER_ROW'] leads nowhere"),
        ({"GROUP_ROW": "panel.chat"}, "E005: CLASSBRIDGE['GROUP_ROW'] is no function."),
        ({"GROUP_MODEL": ""}, "E006: CLASSBRIDGE['GROUP_MODEL'] is missing."),
        ({"GROUP_MODEL": "school.Klass"}, "E008: CLASSBRIDGE['GROUP_MODEL'] must name a model as 'app.Model'"),
        ({"USER_MODEL": "Nobody"}, "E008: CLASSBRIDGE['USER_MODEL'] must name a model as 'app.Model'"),
        ({"RELATED": {"school.Card": "user"}}, "E008: CLASSBRIDGE['RELATED'] must name a model as 'app.Model'"),
        ({"ENROLMENTS": []}, "E007: CLASSBRIDGE['ENROLMENTS'] is missing."),
        ({"ENROLMENTS": [{"ROLE": "student"}]}, "E008: ENROLMENTS[0] needs ROLE and one of MODEL, MANY_TO_MANY, FIELD"),
        ({"ENROLMENTS": [MEMBERSHIP | {"ROLE": "rank"}]}, "E008: ENROLMENTS[0]: ROLE is 'rank'"),
        (
            {"ENROLMENTS": [MEMBERSHIP | {"GROUP": "user"}]},
            "E008: ENROLMENTS[0]: school.Membership.user is no foreign key",
        ),
        (
            {"ENROLMENTS": [{"MANY_TO_MANY": "school.StudyGroup.members", "ROLE": "student"}]},
            "E008: ENROLMENTS[0]: school.StudyGroup.members goes through school.Membership; name that as MODEL",
        ),
        (
            {"ENROLMENTS": [{"MANY_TO_MANY": "school.User.groups", "ROLE": "student"}]},
            "E008: ENROLMENTS[0]: school.User.groups does not join school.StudyGroup and school.User",
        ),
        (
            {"ENROLMENTS": [{"FIELD": "school.StudyGroup.name", "ROLE": "teacher"}]},
            "E008: ENROLMENTS[0]: school.StudyGroup.name is no foreign key to school.User",
        ),
        (
            {"ENROLMENTS": [{"FIELD": "school.Membership.user", "ROLE": "teacher"}]},
            "E008: ENROLMENTS[0]: school.Membership.user is no field of school.StudyGroup",
        ),
        (
            {"GROUP_MODEL": "sessions.Session", "ENROLMENTS": []},
            "E009: The primary key of sessions.Session is no integer.",
        ),
        ({"TOKEN_KEY": "short"}, "E011: CLASSBRIDGE['TOKEN_KEY'] is too short."),
        ({"TOKEN_KEY": settings.SECRET_KEY}, "W002: CLASSBRIDGE['TOKEN_KEY'] is the panel's SECRET_KEY."),
        ({"TOKEN_LIFETIME": timedelta(days=2)}, "W003: CLASSBRIDGE['TOKEN_LIFETIME'] is more than a day."),
    ],
)
def test_a_wrong_key_is_named_with_what_it_must_be(keys: dict[str, Any], message: str):
    assert any(line.startswith(f"classbridge.{message}") for line in found(changed(**keys))), found(changed(**keys))


def test_a_user_without_a_role_needs_a_function_that_knows_it():
    lines = found(changed(USER_MODEL="auth.Group", ENROLMENTS=[]))
    assert "classbridge.E010: auth.Group has no field `role`." in lines
    assert "classbridge.E010: auth.Group has no field `role`." not in found(
        changed(USER_MODEL="auth.Group", ENROLMENTS=[], ROLE="panel.chat.user_row")
    )


def test_the_migrations_are_those_of_the_models():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_unknown_and_missing_settings_are_one_fault():
    (line,) = found(changed(TOKKEN="x"))
    assert line.startswith("classbridge.E001: settings.CLASSBRIDGE has the unknown key TOKKEN; there are URL, TOKEN,")
    (line,) = found(None)
    assert line.startswith("classbridge.E001: settings.CLASSBRIDGE must be a dict")
    assert found(without("URL"))[0].startswith("classbridge.E002")


def test_a_panel_without_atomic_requests_is_warned(monkeypatch: pytest.MonkeyPatch):
    from django.db import connection

    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", False)
    assert [line.partition(":")[0] for line in found(settings.CLASSBRIDGE)] == ["classbridge.W004"]

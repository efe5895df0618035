"""What a request may say, field by field."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from bridge.api import bodies
from bridge.api.parse import check
from bridge.config import LimitsConfig
from bridge.errors import Invalid

LIMITS = LimitsConfig()


def _faults(model: type[BaseModel], **data: Any) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refused:
        check(model, data, LIMITS)
    return refused.value.fields


BLANK = ["", " ", "\n\t ", "\u00a0\u2003", "\u200b\u200d\u2060\ufeff", "\u202e", "\u00ad"]


@pytest.mark.parametrize("text", BLANK)
def test_a_message_of_nothing_visible_is_refused_without_a_file(text: str):
    blank = {"text": ["This field may not be blank."]}
    assert _faults(bodies.SendMessage, conversation_id=1, text=text) == blank
    assert _faults(bodies.EditMessage, text=text) == blank
    sent = check(bodies.SendMessage, {"conversation_id": 1, "text": text, "file_id": "abc"}, LIMITS)
    assert sent.text == ""


@pytest.mark.parametrize("text", ["a", "😀", "👩\u200d🏫", " a ", "  код\n    с отступом", "ё" * 10_000])
def test_a_text_is_kept_as_it_was_written(text: str):
    assert check(bodies.SendMessage, {"conversation_id": 1, "text": text}, LIMITS).text == text


def test_ten_thousand_and_one_characters_are_too_many():
    faults = _faults(bodies.SendMessage, conversation_id=1, text="😀" * 10_001)
    assert faults == {"text": ["Ensure this field has no more than 10000 characters."]}
    assert _faults(bodies.EditMessage, text="a" * 10_001) == faults


def test_null_counts_as_not_given():
    data = {
        "conversation_id": 1,
        "text": None,
        "file_id": "a",
        "reply_to": None,
        "mentions": None,
        "client_id": None,
    }
    sent = check(bodies.SendMessage, data, LIMITS)
    assert (sent.text, sent.reply_to, sent.mentions, sent.client_id) == ("", None, [], None)
    assert _faults(bodies.SendMessage, conversation_id=None, text="a") == {
        "conversation_id": ["A valid integer is required."]
    }


def test_no_text_and_a_wrong_file_is_one_fault():
    assert list(_faults(bodies.SendMessage, conversation_id=1, file_id="../x")) == ["file_id"]


@pytest.mark.parametrize("value", [True, 0, -1, 1.0, 2**53, "x", "", "-1", "١", [1], {"id": 1}, "9" * 5000, 1e300])
def test_what_is_not_an_id_is_refused(value: Any):
    assert _faults(bodies.OpenDirect, participant=value) == {"participant": ["A valid integer is required."]}


@pytest.mark.parametrize("value", [5, "5", "005"])
def test_an_id_may_come_as_digits(value: Any):
    assert check(bodies.OpenDirect, {"participant": value}, LIMITS).participant == 5


def test_a_client_id_has_at_most_64_characters():
    check(bodies.SendMessage, {"conversation_id": 1, "text": "a", "client_id": "x" * 64}, LIMITS)
    faults = _faults(bodies.SendMessage, conversation_id=1, text="a", client_id="x" * 65)
    assert faults == {"client_id": ["Ensure this field has no more than 64 characters."]}
    assert check(bodies.SendMessage, {"conversation_id": 1, "text": "a", "client_id": ""}, LIMITS).client_id is None


def test_a_name_is_one_visible_line():
    assert check(bodies.CreateGroup, {"name": "  7Б \n алгебра\t", "participants": [2]}, LIMITS).name == "7Б алгебра"
    for blank in BLANK:
        assert _faults(bodies.CreateGroup, name=blank) == {"name": ["This field may not be blank."]}
    assert check(bodies.CreateGroup, {"name": "a" * 255}, LIMITS).participants == []
    assert _faults(bodies.CreateGroup, name="a" * 256) == {
        "name": ["Ensure this field has no more than 255 characters."]
    }


def test_everybody_is_named_once_and_not_more_than_500():
    group = check(bodies.CreateGroup, {"name": "a", "participants": [3, "2", 3, 2, 1]}, LIMITS)
    assert group.participants == [3, 2, 1]
    faults = _faults(bodies.CreateGroup, name="a", participants=list(range(1, 502)))
    assert faults == {"participants": ["Ensure this field has no more than 500 elements."]}
    assert "participants" in _faults(bodies.CreateGroup, name="a", participants={"1": 2})


def test_people_are_added_by_one_key_or_the_other():
    assert check(bodies.AddParticipants, {"user_id": "4"}, LIMITS).ids == [4]
    assert check(bodies.AddParticipants, {"user_ids": [4, 5]}, LIMITS).ids == [4, 5]
    assert check(bodies.AddParticipants, {"user_id": 5, "user_ids": [4, 5]}, LIMITS).ids == [5, 4]
    for nobody in ({}, {"user_ids": []}, {"user_id": None}):
        assert list(_faults(bodies.AddParticipants, **nobody)) == ["non_field_errors"]


def test_a_change_of_a_conversation_says_something():
    assert check(bodies.PatchConversation, {"is_muted": False}, LIMITS).is_muted is False
    assert list(_faults(bodies.PatchConversation)) == ["non_field_errors"]
    assert _faults(bodies.PatchConversation, is_muted="maybe") == {"is_muted": ["Must be a valid boolean."]}


def test_a_block_ends_at_a_time():
    ms = 1_763_116_200_000
    for text in ("2025-11-14T10:30:00Z", "2025-11-14T13:30:00+03:00", "2025-11-14T10:30:00"):
        assert check(bodies.Block, {"until": text}, LIMITS).until_ms == ms
    assert check(bodies.Block, {}, LIMITS).until_ms is None
    for wrong in ("tomorrow", [], "2025-13-01T00:00:00Z", "9" * 400, 10**300):
        assert list(_faults(bodies.Block, until=wrong)) == ["until"]
    for far in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        assert isinstance(check(bodies.Block, {"until": far}, LIMITS).until_ms, int)


def test_quiet_hours_are_times_of_a_clock():
    settings = {"quiet_hours": {"from": "22:00", "to": "07:30"}, "language": "en"}
    change = check(bodies.PatchMe, {"settings": settings}, LIMITS).settings
    assert change.model_dump(by_alias=True, exclude_unset=True) == settings
    for wrong in (
        {"from": "24:00", "to": "1:00"},
        {"from": "22:00"},
        "22:00",
        {"from": "22:00\n", "to": "07:00"},
    ):
        assert list(_faults(bodies.PatchMe, settings={"quiet_hours": wrong})) == ["settings"]
    assert list(_faults(bodies.PatchMe, settings={"language": "fr"})) == ["settings"]
    assert list(_faults(bodies.PatchMe, settings=None)) == ["settings"]

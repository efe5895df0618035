"""What is no message becomes one, whatever a stranger has put into it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.matrix.content import parse_message
from bridge.matrix.fallback import MOST_ANSWERS, POLL_STARTS, as_message

KEYS = st.sampled_from(
    ("body", "url", "info", "geo_uri", "m.poll", "m.poll.start", "org.matrix.msc3381.poll.start", "m.new_content")
) | st.sampled_from(
    ("question", "answers", "m.text", "org.matrix.msc1767.text", "mimetype", "m.location", "uri", "description")
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(["geo:1,2", "mxc://a/b"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
CONTENTS = st.dictionaries(KEYS, VALUES, max_size=6)


@given(st.sampled_from(["m.sticker", *POLL_STARTS]), CONTENTS)
def test_stickers_and_polls_always_say_what_they_are(event_type: str, content: dict[str, Any]) -> None:
    text = parse_message(as_message(event_type, content)).text
    assert text.startswith("Стикер" if event_type == "m.sticker" else "Опрос")


@given(CONTENTS)
def test_a_place_always_says_that_it_is_one(content: dict[str, Any]) -> None:
    shown = as_message("m.room.message", {**content, "msgtype": "m.location"})
    assert parse_message(shown).text.startswith("Место")


@pytest.mark.parametrize("msgtype", ["m.text", "m.image", "m.emote", "org.example.kind"])
def test_a_message_stays_what_it_is(msgtype: str) -> None:
    content = {"msgtype": msgtype, "body": "x", "geo_uri": "geo:1,2"}
    assert as_message("m.room.message", content) is content


def test_a_poll_of_thousands_is_cut() -> None:
    answers = [{"org.matrix.msc1767.text": f"Ответ {number}"} for number in range(3000)]
    poll = {POLL_STARTS[1]: {"question": {"body": "Сколько?"}, "answers": answers}}
    assert parse_message(as_message(POLL_STARTS[1], poll)).text.count("•") == MOST_ANSWERS


def test_a_sticker_keeps_what_it_answers() -> None:
    relation = {"m.in_reply_to": {"event_id": "$question"}}
    parsed = parse_message(as_message("m.sticker", {"body": "Кот", "m.relates_to": relation}))
    assert (parsed.reply_to_event_id, parsed.text) == ("$question", "Стикер: Кот")


@pytest.mark.parametrize(
    ("is_falling_back", "reply"), [(True, None), (False, "$last"), (None, "$last"), ("x", "$last")]
)
def test_only_a_fallback_of_a_thread_is_no_reply(is_falling_back: object, reply: str | None) -> None:
    relation = {"rel_type": "m.thread", "event_id": "$root", "m.in_reply_to": {"event_id": "$last"}}
    if is_falling_back is not None:
        relation["is_falling_back"] = is_falling_back
    parsed = parse_message({"msgtype": "m.text", "body": "x", "m.relates_to": relation})
    assert (parsed.reply_to_event_id, parsed.thread_event_id) == (reply, "$root")

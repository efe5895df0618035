"""What we write into events, and what we make of the events that others write."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.matrix.content import (
    MESSAGE_ID,
    MessageType,
    ParsedFile,
    ParsedMessage,
    edit,
    file_message,
    message,
    parse_message,
)

PICTURE = ParsedFile(
    "mxc://school.test/abc", "tree.png", "image/png", 2048, 640, 480, None, None, "mxc://school.test/t"
)
VOICE = ParsedFile("mxc://school.test/v", "voice.ogg", "audio/ogg", 99, duration_ms=1500, waveform=[0, 512, 1024])
ANNA = "@school_5:school.test"


def test_a_message_says_whose_message_it_is() -> None:
    assert message("hi **you**", message_id=7) == {
        "msgtype": "m.text",
        "body": "hi **you**",
        "format": "org.matrix.custom.html",
        "formatted_body": "<p>hi <strong>you</strong></p>",
        "m.mentions": {},
        MESSAGE_ID: 7,
    }


def test_plain_text_has_no_html() -> None:
    assert "formatted_body" not in message("a_b_c <3", message_id=7)


@pytest.mark.parametrize("text", ["hi", "a_b_c", "one\ntwo", "https://a.b/c?d=e", "**b**", "2*3*4", "`<script>`"])
def test_what_was_written_is_read_back(text: str) -> None:
    written = message(text, message_id=7, reply_to_event_id="$old", mention_mxids=[ANNA])
    parsed = parse_message(written)
    assert parsed.body == text
    assert (parsed.type, parsed.reply_to_event_id, parsed.message_id) == (MessageType.TEXT, "$old", 7)
    assert parsed.mention_mxids == (ANNA,)
    assert parsed.replaces_event_id is None


def test_an_edit_names_the_first_event_and_the_same_message() -> None:
    written = edit("*new*", message_id=7, replaces_event_id="$first", mention_mxids=[ANNA])
    assert written["body"] == "* *new*"
    assert written["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$first"}
    parsed = parse_message(written)
    assert (parsed.text, parsed.body, parsed.replaces_event_id) == ("*new*", "*new*", "$first")
    assert (parsed.message_id, parsed.mention_mxids, parsed.reply_to_event_id) == (7, (ANNA,), None)


@pytest.mark.parametrize(("kind", "file"), [(MessageType.IMAGE, PICTURE), (MessageType.VOICE, VOICE)])
def test_a_file_is_read_back(kind: MessageType, file: ParsedFile) -> None:
    parsed = parse_message(file_message(kind, file, message_id=8))
    assert (parsed.type, parsed.file, parsed.text, parsed.message_id) == (kind, file, "", 8)


def test_a_caption_is_the_text_of_a_file() -> None:
    parsed = parse_message(file_message(MessageType.IMAGE, PICTURE, message_id=8, caption="my *tree*"))
    assert (parsed.text, parsed.file) == ("my *tree*", PICTURE)
    edited = edit("a tree", message_id=8, replaces_event_id="$f", file=(MessageType.IMAGE, PICTURE))
    assert (parse_message(edited).text, parse_message(edited).file) == ("a tree", PICTURE)


def test_clients_show_a_voice_message_as_one() -> None:
    content = file_message(MessageType.VOICE, VOICE, message_id=8)
    assert content["msgtype"] == "m.audio"
    assert content["org.matrix.msc3245.voice"] == {}
    assert content["org.matrix.msc1767.audio"] == {"duration": 1500, "waveform": [0, 512, 1024]}


def test_a_reply_from_an_old_client_loses_its_quotation() -> None:
    content = {
        "msgtype": "m.text",
        "body": "> <@a:b> old\n\nnew",
        "format": "org.matrix.custom.html",
        "formatted_body": "<mx-reply><blockquote>old</blockquote></mx-reply>new",
        "m.relates_to": {"m.in_reply_to": {"event_id": "$old"}},
    }
    parsed = parse_message(content)
    assert (parsed.text, parsed.body, parsed.reply_to_event_id) == ("new", "new", "$old")


def test_without_a_reply_a_quotation_is_text() -> None:
    parsed = parse_message({"msgtype": "m.text", "body": "> <@a:b> old\n\nnew"})
    assert parsed.body == "> <@a:b> old\n\nnew"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"msgtype": "m.notice", "body": "lunch is ready"}, "lunch is ready"),
        ({"msgtype": "m.emote", "body": "waves"}, r"\* Anna\_ waves"),
        ({"msgtype": "m.location", "body": "Here", "geo_uri": "geo:1,2"}, "Here"),
        ({"msgtype": "com.example.poll", "body": "A poll"}, "A poll"),
        ({"msgtype": "m.image", "body": "secret.png", "file": {"url": "mxc://a/b"}}, "secret.png"),
        ({"msgtype": "m.image", "body": "x.png", "url": "https://evil.test/x.png"}, "x.png"),
        ({"msgtype": "m.text", "body": "b", "format": "other", "formatted_body": "<b>c</b>"}, "b"),
        ({"msgtype": "m.text", "body": "b", "format": "org.matrix.custom.html", "formatted_body": ""}, "b"),
        ({"msgtype": "m.text", "body": "<script>"}, r"\<script>"),
        ({"msgtype": "m.text", "body": "  \0x\ud800 "}, "x�"),
    ],
)
def test_what_the_web_does_not_know_is_its_text(content: dict[str, Any], text: str) -> None:
    parsed = parse_message(content, sender_name="Anna_")
    assert (parsed.type, parsed.text, parsed.file) == (MessageType.TEXT, text, None)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"msgtype": "m.text"},
        {"body": "x"},
        {"msgtype": 5, "body": "x"},
        {"msgtype": "m.text", "body": ["x"]},
        {"msgtype": "m.text", "body": "x", "m.relates_to": {"rel_type": "m.replace", "event_id": "$e"}},
        {
            "msgtype": "m.text",
            "body": "x",
            "m.relates_to": {"rel_type": "m.replace", "event_id": "$e"},
            "m.new_content": "x",
        },
    ],
)
def test_what_is_no_message_is_an_error(content: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="msgtype"):
        parse_message(content)


def test_a_stranger_s_numbers_and_names_are_not_believed() -> None:
    content = {
        "msgtype": "m.file",
        "body": "../../etc/pass\0wd \n.pdf",
        "url": "mxc://school.test/abc",
        "info": {"size": -1, "w": True, "h": 2**40, "mimetype": "text/html; x=<b>", "thumbnail_url": "http://a"},
        "org.matrix.msc1767.audio": {"waveform": [5000, "x", -3, 7]},
        "m.mentions": {"user_ids": [ANNA, ANNA, 5, None]},
        MESSAGE_ID: True,
    }
    parsed = parse_message(content)
    assert parsed.file == ParsedFile(
        "mxc://school.test/abc", "passwd .pdf", "application/octet-stream", waveform=[1024, 0, 0, 7]
    )
    assert (parsed.mention_mxids, parsed.message_id) == ((ANNA,), None)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=()), max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
KEYS = [
    *("msgtype", "body", "format", "formatted_body", "url", "info", "filename", "m.relates_to", "m.new_content"),
    *("m.mentions", "org.matrix.msc1767.audio", MESSAGE_ID),
]
RELATIONS = {
    "rel_type": json | st.just("m.replace"),
    "event_id": json | st.just("$e"),
    "m.in_reply_to": json | st.fixed_dictionaries({"event_id": json}),
}
contents = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(KEYS, json)
    | {
        "msgtype": json | st.sampled_from(["m.text", "m.image", "m.audio", "m.emote"]),
        "body": st.text() | json,
        "url": json | st.just("mxc://a/b"),
        "info": json | st.dictionaries(st.sampled_from(["size", "w", "mimetype", "thumbnail_url"]), json),
        "m.relates_to": json | st.fixed_dictionaries({}, optional=RELATIONS),
        "m.mentions": json | st.fixed_dictionaries({"user_ids": json}),
    },
)


@given(contents)
def test_any_content_is_read_or_refused(content: dict[str, Any]) -> None:
    try:
        parsed = parse_message(content)
    except ValueError:
        return
    assert isinstance(parsed, ParsedMessage)
    repr(parsed).encode()
    assert (parsed.file is None) == (parsed.type == MessageType.TEXT)

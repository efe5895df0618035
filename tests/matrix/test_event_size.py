"""Whatever a person may write fits into an event."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.config import LimitsConfig
from bridge.matrix.content import MessageType, ParsedFile, edit, file_message, message
from bridge.matrix.event_size import MAX_CONTENT_BYTES, size_of

LONGEST = LimitsConfig.model_fields["text_characters"].default
MOST = max(bound.le for bound in LimitsConfig.model_fields["text_characters"].metadata if hasattr(bound, "le"))
CLASS = [f"@school_{number}:a-school-with-a-long-name.example" for number in range(1000, 1030)]
NOTES = ParsedFile("mxc://school.test/abc", "конспект.pdf", "application/pdf", 2048)

# Texts that grow: four bytes a character, escapes in JSON, entities and tags in HTML.
HEAVY = ["😀", "**ж** ", '"', "&", "<", "\\", "\n", "*a*", "- a\n", "> ж\n\n", "`<`", "~~я~~", "|a|\n|-|\n", "漢"]


def _filled(pattern: str, length: int) -> str:
    return (pattern * length)[:length]


@pytest.mark.parametrize("pattern", HEAVY)
def test_the_longest_text_fits(pattern: str) -> None:
    _require_fit(_filled(pattern, MOST))


@given(st.text())
@example("")
def test_any_text_fits(text: str) -> None:
    _require_fit(text)


def _require_fit(text: str) -> None:
    """The largest contents there are: with a file, which adds to a text."""
    event_id, file = f"${'e' * 43}", (MessageType.FILE, NOTES)
    contents = [
        file_message(*file, message_id=2**53 - 1, caption=text, mention_mxids=CLASS, reply_to_event_id=event_id),
        edit(text, message_id=2**53 - 1, replaces_event_id=event_id, mention_mxids=CLASS, file=file),
    ]
    assert [size_of(content) for content in contents if size_of(content) > MAX_CONTENT_BYTES] == []


def test_the_whole_text_is_always_there() -> None:
    for pattern in HEAVY:
        text = _filled(pattern, LONGEST)
        assert message(text, message_id=1)["body"] == text
        assert edit(text, message_id=1, replaces_event_id="$e")["m.new_content"]["body"] == text


def test_formatting_is_kept_where_it_fits() -> None:
    text = _filled("**важно** ", LONGEST)
    assert "formatted_body" in message(text, message_id=1)


def test_an_edit_gives_up_the_older_clients_first() -> None:
    content = edit(_filled("**важно** ", LONGEST * 3 // 4), message_id=1, replaces_event_id="$e")
    assert "formatted_body" in content["m.new_content"]
    assert "formatted_body" not in content
    assert content["body"].startswith("* **важно**")
    assert content["body"].endswith("…")


def test_what_does_not_fit_with_formatting_goes_without() -> None:
    content = message(_filled("**😀** ", MOST), message_id=1)
    assert "formatted_body" not in content
    assert "format" not in content

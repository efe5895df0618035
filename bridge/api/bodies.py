"""
The bodies that the web API takes. The same models check requests and appear in the OpenAPI schema.

The longest text is the config's: it reaches the models as the validation's context (see ``parse.check``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from bridge.config import LimitsConfig
from bridge.matrix.text import sanitize_text

MAX_ID = 2**53 - 1  # the largest integer that JavaScript holds exactly
TEXT_CHARACTERS = 10_000  # where no config is at hand


def _whole_number(value: Any) -> int:
    """Take an id as a number or, as DRF does, as digits in a string (addresses of a router hold strings)."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 16:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_ID:
        raise ValueError("A valid integer is required.")
    return value


def _once(ids: list[int]) -> list[int]:
    return list(dict.fromkeys(ids))


def _nothing_as(default: Any) -> BeforeValidator:
    return BeforeValidator(lambda value: default() if value is None else value)


# Letters and symbols by their category, but nothing is drawn: Hangul fillers, the empty Braille pattern.
FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
MARKS = frozenset({"Mn", "Me"})  # they change the character before them; variation selectors are such


def is_blank(text: str) -> bool:
    """Whether nothing of *text* would be seen: white space, joiners and other characters without a shape."""
    return not any(_has_shape(character) for character in text)


def _has_shape(character: str) -> bool:
    is_drawn = character.isprintable() and not character.isspace() and character not in FILLERS
    return is_drawn and unicodedata.category(character) not in MARKS


def _fits(text: str, info: ValidationInfo) -> str:
    longest = info.context.text_characters if isinstance(info.context, LimitsConfig) else TEXT_CHARACTERS
    if len(text) > longest:
        raise ValueError(f"Ensure this field has no more than {longest} characters.")
    return text


def _visible(text: str) -> str:
    if is_blank(text):
        raise ValueError("This field may not be blank.")
    return text


def _one_line(text: str) -> str:
    return " ".join(_visible(text).split())


Id = Annotated[int, BeforeValidator(_whole_number), Field(ge=1, le=MAX_ID)]
Ids = Annotated[list[Id], AfterValidator(_once), Field(max_length=500)]
Text = Annotated[str, AfterValidator(sanitize_text), AfterValidator(_fits)]  # as Matrix has it
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=255),
    AfterValidator(sanitize_text),
    AfterValidator(_one_line),
]
VisibleText = Annotated[Text, AfterValidator(_visible)]
ClientId = Annotated[str, Field(max_length=64)]
FileId = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9_-]+$")]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["22:00"])]


class Body(BaseModel):
    """What a request may say; unknown keys are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class SignIn(Body):
    username: str = Field(min_length=1, max_length=150)
    password: str = Field(min_length=1, max_length=1024, repr=False)


class BeginInMatrix(Body):
    """What the homeserver's module passes on of a ``/createRoom``."""

    person_id: Id
    people: list[Id] = Field(default=[], max_length=1000)
    name: str = Field("", max_length=255)
    topic: str = Field("", max_length=1000)
    is_direct: bool = False


class Refresh(Body):
    """Without ``refresh`` the page's cookie counts."""

    refresh: str | None = Field(None, min_length=1, max_length=8192, repr=False)


class QuietHours(Body):
    """No sound and no desktop notification between these times of the reader's own clock."""

    model_config = ConfigDict(populate_by_name=True)

    start: Clock = Field(alias="from")
    end: Clock = Field(alias="to")


class SettingsChange(Body):
    """What is not named stays as it is."""

    sound: bool = True
    desktop: bool = False
    language: Literal["ru", "en"] = "ru"
    quiet_hours: QuietHours | None = None


class PatchMe(Body):
    settings: SettingsChange = SettingsChange()


class OpenDirect(Body):
    participant: Id


class CreateGroup(Body):
    name: Name
    participants: Annotated[Ids, _nothing_as(list)] = []


class PatchConversation(Body):
    """``name`` for everybody, by a manager; ``is_muted`` for the caller alone."""

    name: Name | None = None
    is_muted: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> PatchConversation:
        if self.name is None and self.is_muted is None:
            raise ValueError("Send `name` or `is_muted`.")
        return self


class AddParticipants(Body):
    user_id: Id | None = None
    user_ids: Ids | None = None

    @model_validator(mode="after")
    def _names_somebody(self) -> AddParticipants:
        if not self.ids:
            raise ValueError("Send `user_id` or `user_ids`.")
        return self

    @property
    def ids(self) -> list[int]:
        """Everybody named, each once."""
        single: Iterable[int] = () if self.user_id is None else (self.user_id,)
        return _once([*single, *(self.user_ids or ())])


class RemoveParticipant(Body):
    """``user_id`` may stand in the query instead: some proxies drop the body of a DELETE."""

    user_id: Id | None = None


class MarkRead(Body):
    """Without ``message_id``: all that is there."""

    message_id: Id | None = None


class Typing(Body):
    is_typing: bool = True


class Block(Body):
    """``until`` null: until it is lifted."""

    until: datetime | None = None

    @property
    def until_ms(self) -> int | None:
        """Milliseconds since 1970; a time without a zone is UTC."""
        if self.until is None:
            return None
        aware = self.until if self.until.tzinfo else self.until.replace(tzinfo=UTC)
        return round(aware.timestamp() * 1000)


class MessageContent(Body):
    """
    A message to send: a text, a file, or both.

    ``file_id`` stands before ``text``, whose check asks for it.
    """

    file_id: FileId | None = None
    text: Annotated[Text, _nothing_as(str)] = Field("", validate_default=True)
    reply_to: Id | None = None
    mentions: Annotated[Ids, _nothing_as(list)] = []
    client_id: ClientId | None = None

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str, info: ValidationInfo) -> str:
        if not is_blank(text):
            return text
        if info.data.get("file_id") is None and "file_id" in info.data:
            raise ValueError("This field may not be blank.")
        return ""

    @field_validator("client_id")
    @classmethod
    def _empty_is_none(cls, client_id: str | None) -> str | None:
        return client_id or None


class SendMessage(MessageContent):
    conversation_id: Id


class EditMessage(Body):
    text: VisibleText

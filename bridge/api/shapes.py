"""
The shapes that the web API answers with, for the OpenAPI schema and for tests.

Answers are plain dicts built by ``chat.shapes``; they are not validated on their way out. Every key is always
there: ``null`` rather than a missing key.
"""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2025-11-14T10:30:00.000Z"])]
Address = Annotated[str, Field(json_schema_extra={"format": "uri"})]
Role = Literal["teacher", "student", "admin"]
MessageType = Literal["TEXT", "IMAGE", "FILE", "VOICE", "SYSTEM"]


class Shape(BaseModel):
    """Tests refuse a key that is not described here."""

    model_config = ConfigDict(extra="forbid")


class User(Shape):
    """A person of the school; ``id`` is the panel's own."""

    id: int
    name: str
    first_name: str
    last_name: str
    role: Role
    avatar_color: str
    is_online: bool
    last_seen: Time | None


class LastMessage(Shape):
    """``text`` is plain and has at most 50 characters, then …"""

    id: int
    text: str
    message_type: MessageType
    sender_id: int | None
    sender_name: str
    timestamp: Time
    is_read: bool


class Conversation(Shape):
    """
    A conversation as the caller sees it.

    ``is_managed``: its members follow the roster; ``is_blocked``: by a teacher, who may write all the same.
    """

    id: int
    type: Literal["DIRECT", "GROUP"]
    is_group: bool
    name: str
    participant: User | None
    participants_count: int
    can_write: bool
    cannot_write_reason: str | None
    is_blocked: bool
    can_manage: bool
    is_managed: bool
    is_archived: bool
    is_muted: bool
    last_message: LastMessage | None
    unread_count: int
    mention_count: int
    updated_at: Time
    room_id: str | None
    rev: int


class File(Shape):
    """``file_url`` and ``thumbnail_url`` are signed and hold for some hours."""

    file_id: str
    file_url: Address
    file_name: str
    file_size: int | None
    mime_type: str
    thumbnail_url: Address | None
    width: int | None
    height: int | None
    duration_ms: int | None
    waveform: list[int] | None


class RefusedFile(Shape):
    file_name: str
    error: str


class ManyFiles(Shape):
    """In the order in which they were sent."""

    results: list[File | RefusedFile]


class Reply(Shape):
    id: int
    sender_name: str
    text: str


class Forwarded(Shape):
    conversation_id: int
    sender_name: str | None


class Reaction(Shape):
    key: str
    count: int
    mine: bool
    users: list[int]


class Message(Shape):
    """``status``: pending until the homeserver has it, sent, read by somebody, or failed with ``error``."""

    id: int
    conversation_id: int
    sender: User | None
    message_type: MessageType
    text: str
    file: File | None
    created_at: Time
    edited_at: Time | None
    is_deleted: bool
    is_read: bool
    read_count: int
    status: Literal["pending", "sent", "read", "failed"]
    error: str | None
    reply_to: Reply | None
    forwarded_from: Forwarded | None
    reactions: list[Reaction]
    mentions: list[int]
    is_pinned: bool
    client_id: str | None
    event_id: str | None
    rev: int


class Contact(User):
    """Somebody whom the caller may write to; ``conversation_id`` is null before the first word."""

    conversation_id: int | None


class Participant(User):
    is_manager: bool
    last_read_message_id: int | None


class ReadUpTo(Shape):
    status: Literal["ok"]
    unread_count: int


class Sync(Shape):
    """All that changed after ``since``; ``reset``: it is too long ago, load the lists again."""

    rev: int
    conversations: list[Conversation]
    messages: list[Message]
    removed_conversation_ids: list[int]
    reset: bool


class Ticket(Shape):
    """Opens one socket, once; ``expires_in`` seconds."""

    ticket: str
    expires_in: int


class TokenPair(Shape):
    """``refresh`` is null where it went into the page's cookie."""

    access: str
    refresh: str | None


class AccessToken(Shape):
    access: str


class DemoSignIn(Shape):
    """Somebody of the demo's school, as its sign-in screen offers them."""

    username: str
    password: str
    role: Role
    name: str
    mxid: str


class DemoSignIns(Shape):
    """``count`` of all; a large school is not listed whole."""

    count: int
    results: list[DemoSignIn]


class QuietTimes(Shape):
    model_config = ConfigDict(populate_by_name=True)

    start: str = Field(alias="from")
    end: str = Field(alias="to")


class Settings(Shape):
    sound: bool
    desktop: bool
    language: Literal["ru", "en"]
    quiet_hours: QuietTimes | None


class Permissions(Shape):
    """What the caller may do, for showing and hiding buttons; every call is checked again."""

    can_create_groups: bool
    can_block: bool
    can_message_students: bool
    edit_window_s: int


class MatrixAccount(Shape):
    """Where the same conversations are found with a Matrix client; ``client``: one in the browser, or null."""

    mxid: str
    homeserver: Address
    client: Address | None


class Me(User):
    settings: Settings
    unread_total: int
    permissions: Permissions
    matrix: MatrixAccount


class Error(Shape):
    """Every error but 400. ``code`` is a stable word; ``request_id`` of a 500 finds it in the log."""

    model_config = ConfigDict(extra="ignore")

    detail: str
    code: str


Item = TypeVar("Item")


class Page(Shape, Generic[Item]):
    """A DRF page. ``next`` and ``previous`` are whole addresses."""

    count: int
    next: Address | None
    previous: Address | None
    results: list[Item]


class ConversationPage(Page[Conversation]):
    """Last activity first."""


class MessagePage(Page[Message]):
    """Oldest first; ``next`` leads to older messages, ``previous`` to newer ones."""


class ParticipantPage(Page[Participant]):
    """Managers first."""


class ContactPage(Page[Contact]):
    """Staff first, then by name."""

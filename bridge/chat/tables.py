"""
The read model's tables; only this folder reads or writes them.

``rev`` is a hybrid clock in microseconds: it grows with every change of its row, see ``chat.revision``. Times are
integers, milliseconds since 1970 UTC, as Matrix's ``origin_server_ts``.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bridge.db.engine import GrowingId, metadata

conversations = Table(
    "conversations",
    metadata,
    Column("id", GrowingId, primary_key=True),
    Column("is_direct", Boolean, nullable=False),
    Column("name", String(255), nullable=False, server_default=""),
    Column("roster_key", String(32), nullable=True),  # group:70, staff, announcements: it follows the roster
    Column("direct_key", String(48), nullable=True, unique=True),  # "smaller id:larger id": one for each pair
    Column("created_by", BigInteger, nullable=True),
    Column("alias", String(64), nullable=False, unique=True),  # reserved before the room is made
    Column("room_id", String(255), nullable=True, unique=True),
    Column("last_message_id", BigInteger, nullable=True),
    Column("messages_count", Integer, nullable=False, server_default="0"),
    Column("participants_count", Integer, nullable=False, server_default="0"),
    Column("is_archived", Boolean, nullable=False, server_default=text("false")),
    Column("blocked_by", BigInteger, nullable=True),
    Column("blocked_until_ms", BigInteger, nullable=True),
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
    Column("rev", BigInteger, nullable=False, index=True),
    # The name is that of the first version: SQLite cannot change it.
    UniqueConstraint("roster_key", name="conversations_group_id_key"),
    sqlite_autoincrement=True,
)

participants = Table(
    "participants",
    metadata,
    Column("conversation_id", BigInteger, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", BigInteger, primary_key=True),
    Column("is_manager", Boolean, nullable=False, server_default=text("false")),
    Column("joined_ms", BigInteger, nullable=False),
    Column("left_ms", BigInteger, nullable=True),
    Column("is_muted", Boolean, nullable=False, server_default=text("false")),
    Column("is_hidden", Boolean, nullable=False, server_default=text("false")),  # left the list, until news come
    Column("cleared_id", BigInteger, nullable=False, server_default="0"),  # history up to here is hidden
    Column("start_id", BigInteger, nullable=False, server_default="0"),  # came after this message
    Column("read_id", BigInteger, nullable=False, server_default="0"),  # read up to this message
    Column("shown_id", BigInteger, nullable=False, server_default="0"),  # as read_id, without what was read privately
    Column("unread_count", Integer, nullable=False, server_default="0"),
    Column("mention_count", Integer, nullable=False, server_default="0"),
    Column("rev", BigInteger, nullable=False, index=True),
    Index(None, "person_id", "rev"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", GrowingId, primary_key=True),
    Column("conversation_id", BigInteger, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),  # 1, 2, 3 … in its conversation: pages need no counting
    Column("sender_id", BigInteger, nullable=True),
    Column("type", String(16), nullable=False),  # TEXT, IMAGE, FILE, VOICE, SYSTEM
    Column("text", Text, nullable=False, server_default=""),
    Column("preview", String(128), nullable=False, server_default=""),  # plain, at most PREVIEW_CHARACTERS
    Column("file_id", String(32), nullable=True),
    Column("reply_to_id", BigInteger, nullable=True),
    Column("thread_id", BigInteger, nullable=True),  # the message with which its thread began
    Column("forwarded_from", JSON(none_as_null=True), nullable=True),
    Column("mentions", JSON(none_as_null=True), nullable=True),  # [person id]
    Column("reactions", JSON, nullable=True),  # {key: [person id]}, the sum of the table reactions
    Column("is_pinned", Boolean, nullable=False, server_default=text("false")),
    Column("created_ms", BigInteger, nullable=False),
    Column("edited_ms", BigInteger, nullable=True),
    Column("deleted_ms", BigInteger, nullable=True),
    Column("status", String(8), nullable=False),  # pending, sent, failed
    Column("error", String(64), nullable=True),
    Column("origin", String(8), nullable=False),  # web, matrix, seed (written straight into the read model)
    Column("client_id", String(64), nullable=True),
    Column("event_id", String(255), nullable=True, unique=True),
    Column("rev", BigInteger, nullable=False, index=True),
    UniqueConstraint("sender_id", "client_id"),
    Index(None, "conversation_id", "id"),
    Index(None, "conversation_id", "number"),
    Index(None, "conversation_id", "rev"),
    sqlite_autoincrement=True,
)

# Every event of our rooms and where it stands: a receipt on any event means "read up to message_id", a redaction of
# an edit means that message, and an event that is here was taken in already.
events = Table(
    "events",
    metadata,
    Column("event_id", String(255), primary_key=True),
    Column("conversation_id", BigInteger, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("edited_id", BigInteger, nullable=True),  # of an edit: the message that it changes
)

# Reactions from Matrix clients, one for each event: who takes one back redacts its event.
reactions = Table(
    "reactions",
    metadata,
    Column("event_id", String(255), primary_key=True),
    Column("message_id", BigInteger, ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("person_id", BigInteger, nullable=False),
    Column("key", String(64), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

# Receipts of Matrix clients that read thread by thread; only those ahead of the read pointer are kept.
thread_reads = Table(
    "thread_reads",
    metadata,
    Column("conversation_id", BigInteger, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", BigInteger, primary_key=True),
    Column("thread_id", BigInteger, primary_key=True, autoincrement=False),
    Column("read_id", BigInteger, nullable=False),
)

# Rooms that were upgraded: messages up to the last one are there, newer ones in the room of the conversation.
former_rooms = Table(
    "former_rooms",
    metadata,
    Column("room_id", String(255), primary_key=True),
    Column(
        "conversation_id", BigInteger, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("last_message_id", BigInteger, nullable=False),
)

# Each step of each reader, append-only: who read which messages when.
reads = Table(
    "reads",
    metadata,
    Column("id", GrowingId, primary_key=True),
    Column("conversation_id", BigInteger, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("person_id", BigInteger, nullable=False),
    Column("after_id", BigInteger, nullable=False),  # messages after this one …
    Column("read_id", BigInteger, nullable=False),  # … up to this one
    Column("read_ms", BigInteger, nullable=False),
    Column("rev", BigInteger, nullable=False, index=True),
    Index(None, "conversation_id", "rev"),
    Index(None, "conversation_id", "person_id", "read_id"),
)

files = Table(
    "files",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("uploader_id", BigInteger, nullable=True),
    Column("message_id", BigInteger, nullable=True, index=True),  # set when it was sent
    Column("mxc", String(255), nullable=False),
    Column("kind", String(8), nullable=False),  # IMAGE, FILE, VOICE
    Column("name", String(255), nullable=False),
    Column("size", BigInteger, nullable=True),  # bytes
    Column("mime_type", String(127), nullable=False),
    Column("width", Integer, nullable=True),
    Column("height", Integer, nullable=True),
    Column("duration_ms", Integer, nullable=True),
    Column("waveform", JSON, nullable=True),
    Column("thumbnail_mxc", String(255), nullable=True),
    Column("created_ms", BigInteger, nullable=False),
)

person_settings = Table(
    "person_settings",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("settings", JSON, nullable=False),
)

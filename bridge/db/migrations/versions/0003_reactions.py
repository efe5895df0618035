"""What Matrix clients say beside messages: reactions, threads, receipts of threads, edits, and rooms that were left."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("thread_id", sa.BigInteger(), nullable=True))
    op.add_column("messages", sa.Column("reactions", sa.JSON(), nullable=True))
    op.add_column("events", sa.Column("edited_id", sa.BigInteger(), nullable=True))
    op.add_column("participants", sa.Column("shown_id", sa.BigInteger(), server_default="0", nullable=False))
    op.execute("UPDATE participants SET shown_id = read_id")
    op.create_table(
        "reactions",
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("reactions_message_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("reactions_pkey")),
    )
    op.create_index(op.f("reactions_message_id_idx"), "reactions", ["message_id"], unique=False)
    op.create_table(
        "thread_reads",
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("read_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("thread_reads_conversation_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "person_id", "thread_id", name=op.f("thread_reads_pkey")),
    )
    op.create_table(
        "former_rooms",
        sa.Column("room_id", sa.String(length=255), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("last_message_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("former_rooms_conversation_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("room_id", name=op.f("former_rooms_pkey")),
    )
    op.create_index(op.f("former_rooms_conversation_id_idx"), "former_rooms", ["conversation_id"], unique=False)

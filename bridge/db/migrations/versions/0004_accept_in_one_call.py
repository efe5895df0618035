"""
Two functions for PostgreSQL: a plain text and its outgoing command are accepted in one call.

SQLite needs none: its statements do not travel. Each function touches the tables of one folder, and says the same as
that folder's statements: ``chat.messages``, ``outbox.store``. They are PL/pgSQL because each statement in it sees what
was committed while the one before it waited for the conversation's lock; a single statement would not.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ACCEPT_MESSAGE = """
CREATE FUNCTION accept_message(
    conversation bigint, sender bigint, words text, plain text, given_id text, at_ms bigint, is_current boolean
) RETURNS TABLE (id bigint, number integer, rev bigint, readers bigint[], unread integer[])
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    room conversations%ROWTYPE;
BEGIN
    -- No row: the rules have to be asked, or there is nothing to write into. Nothing is written then.
    PERFORM FROM conversations c
        WHERE c.id = conversation AND is_current AND NOT c.is_archived AND c.blocked_by IS NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    PERFORM FROM participants p
        WHERE p.conversation_id = conversation AND p.person_id = sender AND p.left_ms IS NULL;
    IF NOT FOUND THEN RETURN; END IF;

    UPDATE conversations c
        SET rev = greatest(c.rev + 1, at_ms * 1000), last_message_id = nextval('messages_id_seq'),
            messages_count = c.messages_count + 1, updated_ms = greatest(c.updated_ms, at_ms)
        WHERE c.id = conversation RETURNING c.* INTO room;
    INSERT INTO messages (id, conversation_id, number, sender_id, type, text, preview, client_id, created_ms, status,
                          origin, rev)
        VALUES (room.last_message_id, conversation, room.messages_count, sender, 'TEXT', words, plain, given_id, at_ms,
                'pending', 'web', room.rev);
    WITH counted AS (
        UPDATE participants p
            SET unread_count = p.unread_count + CASE WHEN p.person_id = sender THEN 0 ELSE 1 END, is_hidden = false
            WHERE p.conversation_id = conversation AND p.left_ms IS NULL RETURNING p.person_id, p.unread_count
    )
    SELECT array_agg(counted.person_id), array_agg(counted.unread_count) FROM counted INTO readers, unread;
    id := room.last_message_id; number := room.messages_count; rev := room.rev;
    RETURN NEXT;
END $$
"""

APPEND_COMMAND = """
CREATE FUNCTION append_command(
    lane bigint, person bigint, what text, message bigint, at_ms bigint, until_ms bigint, holder text
) RETURNS TABLE (command_id bigint, ready_ms bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    is_first boolean := NOT EXISTS (SELECT FROM outbox o WHERE o.conversation_id = lane);
BEGIN
    RETURN QUERY INSERT INTO outbox AS o
        (conversation_id, person_id, kind, message_id, payload, ready_ms, taken_by, attempts, created_ms)
        VALUES (lane, person, what, message, '{}', CASE WHEN is_first THEN until_ms END,
                CASE WHEN is_first THEN holder END, is_first::integer, at_ms)
        RETURNING o.id, o.ready_ms;
END $$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(ACCEPT_MESSAGE)
        op.execute(APPEND_COMMAND)

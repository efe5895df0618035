"""What a Matrix client sees of a room, read by matrix-nio."""

from __future__ import annotations

from typing import Any

from nio import AsyncClient, MessageDirection, RoomMessagesResponse, RoomMessageText

PAGE = 100


async def texts_in_matrix(client: AsyncClient, room_id: str, prefix: str) -> list[str]:
    """The room's texts that begin with *prefix*, edited and without those deleted, oldest first."""
    originals: list[tuple[str, str]] = []
    edits: dict[str, str] = {}
    for content, event_id in await _newest(client, room_id):
        relation = content.get("m.relates_to", {})
        if relation.get("rel_type") == "m.replace":
            edits[relation["event_id"]] = content["m.new_content"]["body"]
        else:
            originals.append((event_id, content["body"]))
    shown = [edits.get(event_id, body) for event_id, body in originals]
    return [body for body in shown if body.startswith(prefix)]


async def _newest(client: AsyncClient, room_id: str) -> list[tuple[dict[str, Any], str]]:
    page = await client.room_messages(room_id, limit=PAGE, direction=MessageDirection.back)
    assert isinstance(page, RoomMessagesResponse), page
    texts = [event for event in page.chunk if isinstance(event, RoomMessageText)]
    return [(event.source["content"], event.event_id) for event in reversed(texts)]

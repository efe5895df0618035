"""
What the web shows of an event that it has no shape for: the school's own words.

The read model holds one text for all readers, so it is in the school's language and not in each reader's.
"""

from __future__ import annotations

STICKER = "Стикер"
PLACE = "Место"
POLL = "Опрос"
VOTE = "Проголосовать можно в приложении Matrix."
NOT_READABLE = "Это сообщение зашифровано, здесь его нельзя прочитать."
TOPIC = "{name} меняет тему чата: {topic}"
NO_TOPIC = "{name} убирает тему чата."

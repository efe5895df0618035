"""What the people of the synthetic school have said to each other so far. Pure, the same at every call."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.chat.seed import SeedMessage

MINUTE_MS = 60_000
LAST_AGO_MS = 7 * MINUTE_MS

OF_STAFF = (
    "Добрый день! Посмотрел вашу работу: решение верное, но опишите, пожалуйста, ход мысли",
    "Напоминаю: домашнее задание сдаём до пятницы, вопросы можно задавать прямо здесь",
    "Разберём эту задачу завтра в начале урока, возьмите с собой тетрадь и чертёж",
    "Хорошая работа! Осталось исправить знак во второй строке и записать ответ",
)
OF_STUDENTS = (
    "Добрый день! Не получается задача из домашней работы, посмотрите, пожалуйста",
    "Спасибо, теперь понятно! А можно сдать работу завтра утром, до первого урока?",
    "Подскажите, пожалуйста, какой параграф читать к следующему занятию по этой теме",
    "Я приложил решение к прошлому сообщению, проверьте, пожалуйста, верно ли оно",
)


def make_history(members: Sequence[int], staff: int, count: int, end_ms: int) -> list[SeedMessage]:
    """
    The last *count* messages before *end_ms*, a few a day, by the members in turn.

    Args:
        members: Person ids; the first *staff* of them are teachers.
    """
    step_ms = 47 * MINUTE_MS
    history = []
    for index in range(count):
        place = index % len(members)
        phrases = OF_STAFF if place < staff else OF_STUDENTS
        text = f"{phrases[(index // len(members) + place) % len(phrases)]} ({index + 1})"
        created_ms = end_ms - LAST_AGO_MS - (count - 1 - index) * step_ms
        history.append(SeedMessage(members[place], text, created_ms))
    return history

"""`kill -9` of the bridge between every two steps of the outbox and of a transaction: nothing lost, doubled, moved."""

from __future__ import annotations

import pytest
from testbed.world import ANNA, BORIS, DASHA, GLEB, TEACHER, TEACHER_2, TEACHER_3, VERA

from faults.crash import CrashSchool, texts_of
from faults.fault_points import CALLING, PUSHED, ROOM, SENDING, TAKING, Arm, Point

# Each makes the room of two who have none yet.
PAIRS = [
    (TEACHER, ANNA),
    (TEACHER, BORIS),
    (TEACHER, VERA),
    (TEACHER, GLEB),
    (TEACHER_2, BORIS),
    (TEACHER_2, VERA),
    (TEACHER_3, GLEB),
    (TEACHER_3, DASHA),
]


@pytest.mark.parametrize("point", CALLING, ids=str)
async def test_what_was_said_is_said_once_and_in_order(school: CrashSchool, point: Point):
    prefix, texts = texts_of(4)

    await school.survive(Arm(point.name, nth=2), school.teacher.say_all(texts))

    await school.expect(texts, prefix)


@pytest.mark.parametrize("point", SENDING, ids=str)
async def test_so_is_what_is_more_than_a_plain_text(school: CrashSchool, point: Point):
    prefix, texts = texts_of(4)

    await school.survive(Arm(point.name, nth=2), school.teacher.say_all(texts, mentions=[ANNA]))

    await school.expect(texts, prefix)


@pytest.mark.parametrize("point", TAKING, ids=str)
async def test_edits_and_deletions_never_overtake_and_never_get_lost(school: CrashSchool, point: Point):
    prefix, texts = texts_of(4)
    first, second, _ = await school.teacher.say_all(texts[:3])
    await school.settled()

    async def change() -> None:
        await school.teacher.edit(first, f"{prefix}edited")
        await school.teacher.delete(second)
        await school.teacher.say(texts[3])

    await school.survive(Arm(point.name), change())

    await school.expect([f"{prefix}edited", texts[2], texts[3]], prefix)


@pytest.mark.parametrize(("point", "pair"), list(zip(ROOM, PAIRS, strict=True)), ids=str)
async def test_a_conversation_has_one_room_and_its_words_are_in_it(
    any_school: CrashSchool, point: Point, pair: tuple[int, int]
):
    prefix, texts = texts_of(3)

    page = await any_school.survive(Arm(point.name), any_school.talk_to(*pair, texts))

    await any_school.expect_direct(page, pair[1], texts, prefix)


@pytest.mark.parametrize("point", PUSHED, ids=str)
async def test_what_came_from_matrix_is_taken_in_once_and_in_order(school: CrashSchool, point: Point):
    prefix, texts = texts_of(8)

    await school.survive(Arm(point.name, nth=2), school.say_in_element(texts))

    await school.expect_as_in_matrix(texts, prefix)

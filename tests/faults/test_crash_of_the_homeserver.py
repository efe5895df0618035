"""`kill -9` of Synapse, alone or together with the bridge, while the two speak to each other."""

from __future__ import annotations

import pytest
from testbed.world import TEACHER, TEACHER_2, TEACHER_3

from faults.crash import CrashSchool, texts_of
from faults.fault_points import SELF, Arm

ABOUT_TO_SEND, ANSWERED = "lane: about to send", "lane: the homeserver has answered"


@pytest.mark.parametrize("delay_s", [0, 0.004, 0.012, 0.03])
async def test_it_dies_while_messages_are_sent(any_school: CrashSchool, delay_s: float):
    """The third of six is about to be sent, has been read, is being stored, is stored."""
    prefix, texts = texts_of(6)

    await any_school.survive(
        any_school.arm_homeserver(ABOUT_TO_SEND, nth=3, delay_s=delay_s), any_school.teacher.say_all(texts)
    )

    await any_school.expect(texts, prefix)


async def test_both_die_after_the_answer_and_before_the_record(any_school: CrashSchool):
    prefix, texts = texts_of(4)
    arm = Arm(ANSWERED, nth=2, victims=(any_school.world.synapse.pid, SELF))

    await any_school.survive(arm, any_school.teacher.say_all(texts))

    await any_school.expect(texts, prefix)


@pytest.mark.parametrize(
    ("delay_s", "pair"),
    [(0.02, (TEACHER, TEACHER_2)), (0.08, (TEACHER, TEACHER_3)), (0.2, (TEACHER_2, TEACHER_3))],
)
async def test_it_dies_while_a_room_is_made(any_school: CrashSchool, delay_s: float, pair: tuple[int, int]):
    prefix, texts = texts_of(3)
    arm = any_school.arm_homeserver("room: about to create", delay_s=delay_s)

    page = await any_school.survive(arm, any_school.talk_to(*pair, texts))

    await any_school.expect_direct(page, pair[1], texts, prefix)


@pytest.mark.parametrize("with_bridge", [False, True], ids=["alone", "with the bridge"])
@pytest.mark.parametrize("nth", [1, 3])
async def test_it_dies_while_it_pushes(any_school: CrashSchool, nth: int, with_bridge: bool):
    """It forgets what it has queued, and goes on with what comes next; the order is kept all the same."""
    prefix, texts = texts_of(12)
    arm = any_school.arm_homeserver("push: before an event", nth=nth, with_bridge=with_bridge)

    await any_school.survive(arm, any_school.say_in_element(texts))

    await any_school.expect_as_in_matrix(texts, prefix)

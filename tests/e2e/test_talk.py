"""The story of the product: a teacher and a student in the web app, a second teacher in a Matrix client."""

from __future__ import annotations

from testbed.waiting import until
from testbed.world import ANNA, TEACHER, TEACHER_2, World


async def test_web_and_matrix_are_one_conversation(world: World) -> None:
    teacher, anna = await world.api(TEACHER), await world.api(ANNA)
    group = await teacher.group("7Б класс")
    heard = await anna.socket(group["id"])
    element = await world.matrix(TEACHER_2)

    said = await teacher.say(group["id"], "Здравствуйте, **класс**!")
    assert said["status"] == "pending"
    await heard.expect("message.new", message__id=said["id"], message__text="Здравствуйте, **класс**!")

    room = group["room_id"]

    async def seen_in_element() -> bool:
        await element.sync(timeout=0)
        page = await element.room_messages(room, limit=10)
        return any(
            getattr(e, "formatted_body", None) == "<p>Здравствуйте, <strong>класс</strong>!</p>" for e in page.chunk
        )

    await until(seen_in_element)
    await element.room_send(room, "m.room.message", {"msgtype": "m.text", "body": "Добрый день из Element"})
    frame = await heard.expect("message.new", message__text="Добрый день из Element")
    assert frame["message"]["sender"]["id"] == TEACHER_2
    history = await teacher.history(group["id"])
    assert [m["text"] for m in history][-2:] == ["Здравствуйте, **класс**!", "Добрый день из Element"]
    assert history[-2]["status"] in ("sent", "read")
    await heard.close()

"""The roster is a desired state: applying it twice equals applying it once."""

from __future__ import annotations

from testbed.element import done
from testbed.waiting import until
from testbed.world import ADMIN, ANNA, TEACHER

from e2e.story import Story


async def test_applying_the_roster_twice_changes_nothing_and_writes_no_event(story: Story) -> None:
    await story.apply_roster()
    await story.world.quiet()
    element = await story.element(TEACHER)
    before = await element.sync()
    assert await story.apply_roster() == 0
    assert _events(await element.sync()) == _events(before)


async def test_what_people_changed_in_matrix_is_put_right(story: Story) -> None:
    group, element = await story.class_7b(), await story.element(TEACHER)
    room, ghost = group["room_id"], story.bridge.homeserver.ids.ghost(ANNA)
    await done(element.client.room_put_state(room, "m.room.name", {"name": "Не 7Б"}))
    await done(element.client.room_kick(room, ghost))

    async def is_out() -> bool:
        return (await (await story.web(ANNA)).call("GET", f"conversations/{group['id']}/"))[0] == 404

    await until(is_out)
    assert await story.apply_roster() == 2
    assert (await element.state(room))["m.room.name", ""] == {"name": "7Б класс"}
    assert ghost in await element.members(room)
    assert (await story.seen(ANNA, group["id"]))["name"] == "7Б класс"
    assert await story.apply_roster() == 0


async def test_an_admin_who_has_joined_stays(story: Story) -> None:
    group = await (await story.web(ADMIN)).group("8А класс")
    await (await story.web(ADMIN)).history(group["id"])
    await story.world.quiet()
    assert await story.apply_roster() == 0
    ghost = story.bridge.homeserver.ids.ghost(ADMIN)
    assert (await story.bridge.homeserver.get_members(group["room_id"]))[ghost] == "join"


def _events(sync_token: str) -> str:
    """Where the stream of all events stands: the first number of a sync token."""
    return sync_token.partition("_")[0]

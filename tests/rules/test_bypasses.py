"""Ways around the rules that somebody with a Matrix client may try; each is tried, by a student unless it says."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from testbed.waiting import until
from testbed.world import ANNA, BORIS, DASHA, GLEB, TEACHER, World

from bridge.permissions.policy import Reason
from rules.client import reason_of
from rules.conftest import Clients


async def room_of(world: World, person_id: int, name: str) -> str:
    return (await (await world.api(person_id)).group(name))["room_id"]


# -- making rooms ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", ["private_chat", "trusted_private_chat", "public_chat"])
@pytest.mark.parametrize("is_direct", [True, False])
async def test_no_preset_makes_a_room_of_ones_own(ruled: World, client: Clients, preset: str, is_direct: bool):
    anna = await client(ANNA)
    body: dict[str, Any] = {"preset": preset, "is_direct": is_direct, "invite": [ruled.synapse.ghost(BORIS)]}
    assert reason_of(await anna.create(**body)) == Reason.STUDENTS_ONLY_TO_TEACHERS
    assert reason_of(await anna.create(preset=preset, is_direct=is_direct)) == Reason.ROLE


async def test_what_a_request_wants_for_its_room_is_not_had(ruled: World, client: Clients):
    anna = await client(ANNA)
    status, body = await anna.create(
        is_direct=True,
        invite=[ruled.synapse.ghost(TEACHER)],
        visibility="public",
        room_alias_name="mine",
        room_version="10",
        power_level_content_override={"users": {anna.mxid: 100}},
        creation_content={"additional_creators": [anna.mxid], "m.federate": True},
        initial_state=[
            {"type": "m.room.join_rules", "content": {"join_rule": "public"}},
            {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}},
            {"type": "m.room.member", "state_key": ruled.synapse.ghost(BORIS), "content": {"membership": "invite"}},
        ],
    )
    assert status == 200, body
    state = await anna.state(body["room_id"])
    assert state["m.room.create", ""]["sender"] == ruled.config.bot_mxid
    assert state["m.room.create", ""]["content"] == {"room_version": "12", "m.federate": False}
    assert state["m.room.join_rules", ""]["content"]["join_rule"] == "invite"
    assert state["m.room.power_levels", ""]["content"]["users"].get(anna.mxid, 0) == 0
    assert not {("m.room.encryption", ""), ("m.room.member", ruled.synapse.ghost(BORIS))} & state.keys()


@pytest.mark.parametrize("person_id", [ANNA, TEACHER])
async def test_nobody_makes_a_space(client: Clients, person_id: int):
    someone = await client(person_id)
    answer = await someone.create(creation_content={"type": "m.space"}, name="Наше пространство")
    assert reason_of(answer) == Reason.ONLY_THE_SCHOOL


@pytest.mark.parametrize(
    "path",
    [
        "/_matrix/client/r0/createRoom",
        "/_matrix/client/v3/createRoom",
        "/_matrix/client/api/v1/createRoom",
        "/_matrix/client/v3/createRoom/",
        "/_matrix/client/v3//createRoom",
        "/_matrix/client/unstable/createRoom",
        "/_matrix/client/v3/createRoom/some-txn",
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_no_spelling_of_a_path_leads_past_the_rules(ruled: World, client: Clients, method: str, path: str):
    anna = await client(ANNA)
    before = await anna.joined()
    status, body = await anna.raw(method, path, {"invite": [ruled.synapse.ghost(BORIS)]})
    assert status in (403, 404, 405), (status, body)
    assert await anna.joined() == before


# -- inviting and coming in --------------------------------------------------------------------------------------------


async def test_nobody_is_brought_in_by_an_invite_or_by_state(ruled: World, client: Clients):
    room_id, stranger = await room_of(ruled, ANNA, "7Б класс"), ruled.synapse.ghost(DASHA)
    anna, teacher, dasha = await client(ANNA), await client(TEACHER), await client(DASHA)
    path = f"rooms/{quote(room_id)}"
    for actor, reason in ((anna, Reason.NOT_MANAGER), (teacher, Reason.NO_SHARED_GROUP)):
        assert reason_of(await actor.call("POST", f"{path}/invite", {"user_id": stranger})) == reason
        for version in ("r0", "v3", "api/v1"):
            got = await actor.call("POST", f"{path}/invite", {"user_id": stranger}, version=version)
            assert got[0] == 403
        by_state = await actor.set_state(room_id, "m.room.member", {"membership": "invite"}, stranger)
        assert reason_of(by_state) == reason
        joined = await actor.set_state(room_id, "m.room.member", {"membership": "join"}, stranger)
        assert joined[0] == 403
    third = {"medium": "email", "address": "a@b.example", "id_server": "x.example", "id_access_token": "x"}
    assert (await teacher.call("POST", f"{path}/invite", third))[0] in (400, 403)
    assert room_id not in await dasha.joined()


@pytest.mark.parametrize(
    "how", ["join/{room}", "join/{room}?via=evil.example", "rooms/{room}/join", "knock/{room}", "knock/{room}?via=x.y"]
)
async def test_a_closed_room_stays_closed(ruled: World, client: Clients, how: str):
    gleb, room_id = await client(GLEB), await room_of(ruled, ANNA, "7Б класс")
    answer = await gleb.call("POST", how.format(room=quote(room_id)), {"reason": "Пустите"})
    assert reason_of(answer) == Reason.NOT_A_PARTICIPANT
    assert room_id not in await gleb.joined()


async def test_a_direct_conversation_takes_no_third(ruled: World, client: Clients):
    anna, teacher, boris = await client(ANNA), await client(TEACHER), await client(BORIS)
    room_id = (await anna.create(is_direct=True, invite=[teacher.mxid]))[1]["room_id"]
    path = f"rooms/{quote(room_id)}"
    for actor in (anna, teacher):
        assert reason_of(await actor.call("POST", f"{path}/invite", {"user_id": boris.mxid})) == Reason.DIRECT
        other = teacher if actor is anna else anna
        assert (await actor.call("POST", f"{path}/kick", {"user_id": other.mxid}))[0] == 403
    assert (await boris.call("POST", f"{path}/join"))[0] == 403


async def test_no_alias_no_list_no_upgrade(ruled: World, client: Clients):
    teacher, room_id = await client(TEACHER), await room_of(ruled, TEACHER, "7Б класс")
    alias = quote("#class:school.test")
    assert (await teacher.call("PUT", f"directory/room/{alias}", {"room_id": room_id}))[0] == 403
    listed = await teacher.call("PUT", f"directory/list/room/{quote(room_id)}", {"visibility": "public"})
    assert listed[0] == 403
    upgraded = await teacher.call("POST", f"rooms/{quote(room_id)}/upgrade", {"new_version": "11"})
    assert upgraded[0] == 403
    assert (await teacher.set_state(room_id, "m.room.tombstone", {"body": "x", "replacement_room": "!x"}))[0] == 403


async def test_the_space_lets_nobody_into_a_room(ruled: World, client: Clients):
    """The hierarchy shows the rooms' names to who is in the space; it opens none of them."""
    gleb = await client(GLEB)
    rooms: set[str] = set()
    state = {room: await gleb.state(room) for room in await gleb.joined()}
    spaces = [room for room, events in state.items() if events["m.room.create", ""]["content"].get("type") == "m.space"]
    for space in spaces:
        rooms |= {key for kind, key in state[space] if kind == "m.space.child"}
    own = await gleb.joined()
    for room_id in sorted(rooms - own):
        assert (await gleb.call("POST", f"join/{quote(room_id)}?via=school.test"))[0] == 403
    assert await gleb.joined() == own


# -- being somebody else -----------------------------------------------------------------------------------------------


async def test_a_name_is_the_rosters(ruled: World, client: Clients):
    anna, room_id = await client(ANNA), await room_of(ruled, ANNA, "7Б класс")
    false = {"displayname": "Мария Петрова"}
    own = await anna.set_state(room_id, "m.room.member", {"membership": "join", **false}, anna.mxid)
    assert reason_of(own) == Reason.ONLY_THE_SCHOOL
    await anna.call("PUT", f"profile/{quote(anna.mxid)}/displayname", false)

    async def is_put_back() -> bool:
        return (await anna.call("GET", f"profile/{quote(anna.mxid)}"))[1].get("displayname") == "Анна Ученик"

    await until(is_put_back)


async def test_synapses_own_directory_shows_nobody(client: Clients):
    """It leaves out the accounts of an application service; the proxy asks the bridge instead."""
    teacher = await client(TEACHER)
    status, body = await teacher.call("POST", "user_directory/search", {"search_term": "school", "limit": 50})
    assert (status, body["results"]) == (200, [])


# -- what is sent ------------------------------------------------------------------------------------------------------

FORGED = [
    (
        {"msgtype": "m.file", "body": "работа.pdf", "filename": "virus.exe", "url": "mxc://school.test/x"},
        Reason.FILE_TYPE,
    ),
    (
        {"msgtype": "m.image", "body": "x", "info": {"mimetype": "text/html"}, "url": "mxc://school.test/x"},
        Reason.FILE_TYPE,
    ),
    (
        {"msgtype": "m.file", "body": "a.pdf", "info": {"size": 11 << 20}, "url": "mxc://school.test/x"},
        Reason.FILE_SIZE,
    ),
    ({"msgtype": "m.image", "body": "x", "file": {"url": "mxc://school.test/x", "key": {}}}, Reason.NO_ENCRYPTION),
    ({"msgtype": "org.example.hidden", "body": "x"}, Reason.NOT_OFFERED),
    (
        {"msgtype": "m.text", "body": "x", "m.new_content": {"msgtype": "m.file", "body": "virus.exe"}},
        Reason.FILE_TYPE,
    ),
]


@pytest.mark.parametrize(("content", "reason"), FORGED, ids=lambda value: str(value)[:40])
async def test_forged_content_is_looked_at(ruled: World, client: Clients, content: dict[str, Any], reason: Reason):
    anna = await client(ANNA)
    assert reason_of(await anna.send(await room_of(ruled, ANNA, "7Б класс"), content)) == reason


@pytest.mark.parametrize(
    ("event_type", "reason"),
    [
        ("m.room.encrypted", Reason.NO_ENCRYPTION),
        ("m.call.invite", Reason.NOT_OFFERED),
        ("org.example.note", Reason.NOT_OFFERED),
    ],
)
async def test_only_known_events_pass(ruled: World, client: Clients, event_type: str, reason: Reason):
    anna = await client(ANNA)
    answer = await anna.send(await room_of(ruled, ANNA, "7Б класс"), {"body": "x"}, event_type)
    assert reason_of(answer) == reason


@pytest.mark.parametrize(
    "event_type", ["m.room.power_levels", "m.room.encryption", "m.room.join_rules", "m.space.child"]
)
@pytest.mark.parametrize("person_id", [ANNA, TEACHER])
async def test_a_room_is_the_schools(ruled: World, client: Clients, person_id: int, event_type: str):
    someone, room_id = await client(person_id), await room_of(ruled, person_id, "7Б класс")
    answer = await someone.set_state(room_id, event_type, {"users": {someone.mxid: 100}})
    assert reason_of(answer) == Reason.ONLY_THE_SCHOOL


async def test_an_upload_is_what_its_bytes_are(client: Clients):
    anna = await client(ANNA)
    for data in (b"MZ\x90\x00" + bytes(100), b"<html><script>", b"<svg xmlns='x'/>", b"\x7fELF" + bytes(60)):
        answer = await anna.upload(data, "image/png")
        assert reason_of(answer) == Reason.FILE_TYPE
    assert (await anna.upload("Домашнее задание".encode(), "text/plain"))[0] == 200


async def test_anothers_file_can_be_shown_again_but_is_checked_again(ruled: World, client: Clients):
    """Who knows an ``mxc://`` address has the file, as with any link; what an event says of it is still asked about."""
    teacher, anna = await client(TEACHER), await client(ANNA)
    room_id = await room_of(ruled, ANNA, "7Б класс")
    address = (await teacher.upload("Секрет".encode(), "text/plain"))[1]["content_uri"]
    shown = {"msgtype": "m.file", "body": "secret.txt", "url": address}
    assert (await anna.send(room_id, shown))[0] == 200
    assert reason_of(await anna.send(room_id, {**shown, "body": "secret.exe"})) == Reason.FILE_TYPE


async def test_an_upload_that_comes_later_is_looked_at_too(client: Clients):
    """Client-Server API, "Asynchronous uploads"."""
    anna = await client(ANNA)
    status, body = await anna.raw("POST", "/_matrix/media/v1/create")
    assert status == 200, body
    path = f"/_matrix/media/v3/upload/{body['content_uri'].removeprefix('mxc://')}"
    headers = {"Content-Type": "image/png"}
    async with anna.session.put(path, data=b"MZ\x90\x00" + bytes(100), headers=headers) as got:
        assert reason_of((got.status, await got.json())) == Reason.FILE_TYPE


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"body": "x", "url": "mxc://school.test/x", "info": {"mimetype": "text/html"}}, Reason.FILE_TYPE),
        ({"body": "x", "file": {"url": "mxc://school.test/x", "key": {}}}, Reason.NO_ENCRYPTION),
        ({"body": "x", "url": "https://evil.example/who-has-read-it.png"}, Reason.NOT_OFFERED),
    ],
    ids=["a page", "encrypted", "elsewhere"],
)
async def test_a_sticker_is_a_picture(ruled: World, client: Clients, content: dict[str, Any], reason: Reason):
    anna = await client(ANNA)
    assert reason_of(await anna.send(await room_of(ruled, ANNA, "7Б класс"), content, "m.sticker")) == reason


async def test_a_reaction_is_no_letter(ruled: World, client: Clients):
    anna, room_id = await client(ANNA), await room_of(ruled, ANNA, "7Б класс")
    event_id = (await anna.say(room_id, "Нравится?"))[1]["event_id"]
    relation = {"rel_type": "m.annotation", "event_id": event_id, "key": "Встретимся за школой в три часа, " * 2}
    assert reason_of(await anna.send(room_id, {"m.relates_to": relation}, "m.reaction")) == Reason.NOT_OFFERED


# -- deleting ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person_id", [ANNA, TEACHER])
@pytest.mark.parametrize("kind", ["org.classbridge.conversation", "m.room.power_levels", "m.room.name"])
async def test_what_the_room_is_cannot_be_deleted(ruled: World, client: Clients, person_id: int, kind: str):
    """Without the bridge's own words in it the rules would not know the room after the next restart."""
    someone, room_id = await client(person_id), await room_of(ruled, person_id, "7Б класс")
    before = await someone.state(room_id)
    path = f"rooms/{quote(room_id)}/redact/{quote(before[kind, '']['event_id'])}/{kind}-{person_id}"
    assert reason_of(await someone.call("PUT", path)) == Reason.ONLY_THE_SCHOOL
    own = before["m.room.member", someone.mxid]["event_id"]
    by_event = await someone.send(room_id, {"redacts": own}, "m.room.redaction")
    assert reason_of(by_event) == Reason.ONLY_THE_SCHOOL
    assert (await someone.state(room_id))[kind, ""]["content"] == before[kind, ""]["content"]


@pytest.mark.parametrize("membership", ["leave", "ban"])
async def test_a_member_of_the_roster_is_not_removed_however_it_is_said(ruled: World, client: Clients, membership: str):
    teacher, room_id = await client(TEACHER), await room_of(ruled, TEACHER, "7Б класс")
    boris = ruled.synapse.ghost(BORIS)
    call = {"leave": "kick", "ban": "ban"}[membership]
    for version in ("r0", "v3", "api/v1"):
        got = await teacher.call("POST", f"rooms/{quote(room_id)}/{call}", {"user_id": boris}, version=version)
        assert reason_of(got) == Reason.ROSTER_MANAGED
    by_state = await teacher.set_state(room_id, "m.room.member", {"membership": membership}, boris)
    assert reason_of(by_state) == Reason.ROSTER_MANAGED
    assert (await teacher.state(room_id))["m.room.member", boris]["content"]["membership"] == "join"


async def test_who_was_added_on_top_of_the_roster_can_be_removed(ruled: World, client: Clients):
    """What the school allows goes on: an invite into the group, a kick, a ban of somebody who is not in it."""
    teacher, room_id = await client(TEACHER), await room_of(ruled, TEACHER, "7Б класс")
    gleb, path = ruled.synapse.ghost(GLEB), f"rooms/{quote(room_id)}"
    assert (await teacher.call("POST", f"{path}/invite", {"user_id": gleb}))[0] == 200

    async def is_in() -> bool:
        found = (await teacher.state(room_id)).get(("m.room.member", gleb))
        return found is not None and found["content"]["membership"] == "join"

    await until(is_in)
    for call in ("kick", "ban", "unban"):
        assert reason_of(await teacher.call("POST", f"{path}/{call}", {"user_id": gleb})) is None


async def test_an_edit_is_ones_own_and_has_its_time(ruled: World, client: Clients):
    anna, boris = await client(ANNA), await client(BORIS)
    room_id = await room_of(ruled, ANNA, "7Б класс")
    event_id = (await anna.say(room_id, "Моё"))[1]["event_id"]
    new = {"msgtype": "m.text", "body": "Чужое"}
    edit = {**new, "m.new_content": new, "m.relates_to": {"rel_type": "m.replace", "event_id": event_id}}
    assert reason_of(await boris.send(room_id, edit)) == Reason.NOT_SENDER
    assert (await anna.send(room_id, edit))[0] == 200

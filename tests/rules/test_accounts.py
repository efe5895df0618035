"""What a person's own account lets its person do in a Matrix client, and what would harm the school's."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from testbed.waiting import until
from testbed.world import ANNA, BORIS, PASSWORD, VERA, World

from bridge.matrix.ids import DEVICE_ID
from bridge.permissions.policy import Reason
from rules.client import Answer, RawClient, log_in, reason_of
from rules.conftest import Clients

CLASS = "7Б класс"
OWN_PASSWORD = "a password that somebody has made up"


async def with_password(client: RawClient, username: str, method: str, path: str, body: dict[str, Any]) -> Answer:
    """Do what needs the password once more: Client-Server API, "User-Interactive Authentication"."""
    status, answer = await client.call(method, path, body)
    assert status == 401, answer
    auth = {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": username}, "password": PASSWORD}
    return await client.call(method, path, {**body, "auth": {**auth, "session": answer["session"]}})


async def is_sent(world: World, person_id: int, text: str) -> None:
    """The web still speaks as that person."""
    web = await world.api(person_id)
    group = await web.group(CLASS)
    said = await web.say(group["id"], text)

    async def sent() -> bool:
        page = await web.history(group["id"])
        return next(each for each in page if each["id"] == said["id"])["status"] in ("sent", "read")

    await until(sent)


@pytest.mark.parametrize("erase", [True, False])
async def test_nobody_ends_their_own_account_and_with_it_what_they_have_said(
    ruled: World, client: Clients, erase: bool
):
    boris = await client(BORIS)
    status, body = await with_password(boris, "student12", "POST", "account/deactivate", {"erase": erase})
    assert (status, body["errcode"]) == (403, "M_FORBIDDEN")
    assert await boris.joined()
    await is_sent(ruled, BORIS, "Я ещё здесь")


async def test_a_password_set_in_a_client_opens_nothing(ruled: World, client: Clients):
    boris = await client(BORIS)
    body = {"new_password": OWN_PASSWORD, "logout_devices": False}
    await with_password(boris, "student12", "POST", "account/password", body)

    async def is_refused() -> bool:  # the school's own password, given a moment ago, counts for that moment
        return (await log_in(ruled.synapse.url, "school_12", OWN_PASSWORD))[0] == 403

    await until(is_refused)
    for user in ("student12", "school_12", boris.mxid):
        status, answer = await log_in(ruled.synapse.url, user, OWN_PASSWORD)
        assert (status, answer["errcode"]) == (403, "M_FORBIDDEN"), user
    for user in ("student12", "school_12", boris.mxid):
        assert (await log_in(ruled.synapse.url, user, PASSWORD))[0] == 200, user


@pytest.mark.parametrize("user", ["student11", "school_11"])
async def test_the_device_of_the_bridge_is_nobodys(ruled: World, user: str):
    """What comes through it was asked about on the web, so the module asks no more."""
    answer = await log_in(ruled.synapse.url, user, PASSWORD, device_id=DEVICE_ID)
    assert reason_of(answer) == Reason.ONLY_THE_SCHOOL


async def test_who_signs_out_every_device_goes_on_writing_on_the_web(ruled: World, client: Clients):
    vera = await client(VERA)
    ended = await with_password(vera, "student13", "DELETE", f"devices/{DEVICE_ID}", {})
    assert ended[0] == 200
    await is_sent(ruled, VERA, "Без устройства моста")
    assert (await vera.call("POST", "logout/all"))[0] == 200
    await is_sent(ruled, VERA, "После выхода отовсюду")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "register", {"username": "evil", "password": OWN_PASSWORD, "auth": {"type": "m.login.dummy"}}),
        ("POST", "register?kind=guest", {}),
        ("POST", "account/3pid/add", {"client_secret": "x", "sid": "x"}),
        ("GET", "admin/whois/@school_1:school.test", None),
    ],
    ids=str,
)
async def test_no_account_is_made_or_looked_into(client: Clients, method: str, path: str, body: object):
    anna = await client(ANNA)
    status, answer = await anna.call(method, path, body)
    assert status in (400, 403), answer


async def test_nobody_acts_as_another(ruled: World, client: Clients):
    anna, boris = await client(ANNA), ruled.synapse.ghost(BORIS)
    assert (await anna.call("GET", f"account/whoami?user_id={quote(boris)}"))[1]["user_id"] == anna.mxid
    for method, path, body in (
        ("PUT", f"profile/{quote(boris)}/displayname", {"displayname": "Я"}),
        ("PUT", f"presence/{quote(boris)}/status", {"presence": "online"}),
        ("GET", f"user/{quote(boris)}/account_data/m.direct", None),
        ("PUT", f"user/{quote(boris)}/account_data/m.direct", {}),
        ("POST", f"user/{quote(boris)}/filter", {}),
        ("POST", f"user/{quote(boris)}/openid/request_token", {}),
    ):
        status, answer = await anna.call(method, path, body)
        assert (status, answer["errcode"]) in ((403, "M_FORBIDDEN"), (400, "M_FORBIDDEN")), path

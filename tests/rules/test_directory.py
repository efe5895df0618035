"""Finding people from a Matrix client: whom one may write to and who shares a group, not the whole school."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from testbed.world import ADMIN, ANNA, BORIS, GLEB, TEACHER, TEACHER_2, TEACHER_3, VERA, World

from rules.client import Answer
from rules.conftest import Clients

Search = Callable[..., Awaitable[Answer]]


@pytest.fixture
def search(ruled: World, client: Clients) -> Search:
    """``await search(ANNA, "петр")``: what the directory answers; *token* replaces the person's own."""

    async def ask(person_id: int, term: Any, *, token: str | None = None, version: str = "v3", **more: Any) -> Answer:
        token = (await client(person_id)).token if token is None else token
        async with (
            aiohttp.ClientSession(ruled.base, headers={"Authorization": f"Bearer {token}"}) as session,
            session.post(
                f"/_matrix/client/{version}/user_directory/search", json={"search_term": term, **more}
            ) as answer,
        ):
            return answer.status, await answer.json()

    return ask


async def found(ruled: World, answer: Answer) -> list[int | None]:
    status, body = answer
    assert status == 200, body
    return [ruled.bridge.homeserver.ids.person_id(each["user_id"]) for each in body["results"]]


WHOM = {
    ANNA: [TEACHER, TEACHER_2, BORIS, VERA, GLEB],  # of 7b and chess
    TEACHER_3: [ADMIN, TEACHER, TEACHER_2, GLEB, 15],
    ADMIN: [TEACHER, TEACHER_2, TEACHER_3, ANNA, BORIS, VERA, GLEB, 15],
}


@pytest.mark.parametrize("person_id", WHOM)
async def test_everybody_whom_one_may_find_and_nobody_else(ruled: World, search: Search, person_id: int):
    assert sorted(await found(ruled, await search(person_id, "", limit=50))) == sorted(WHOM[person_id])


@pytest.mark.parametrize("term", ["петр", "ПЕТРОВА", "мария п", "petrova", "@petrova", " Мария "])
async def test_any_part_of_a_name_will_do(ruled: World, search: Search, term: str):
    assert await found(ruled, await search(ANNA, term)) == [TEACHER_2]


async def test_a_long_list_is_cut_and_says_so(ruled: World, search: Search):
    answer = await search(ADMIN, "", limit=2)
    assert len(await found(ruled, answer)) == 2
    assert answer[1]["limited"] is True
    assert (await search(ADMIN, "", version="r0"))[1]["limited"] is False


@pytest.mark.parametrize(("token", "errcode"), [("", "M_MISSING_TOKEN"), ("made up", "M_UNKNOWN_TOKEN")])
async def test_who_is_not_signed_in_finds_nobody(search: Search, token: str, errcode: str):
    status, body = await search(ANNA, "", token=token)
    assert (status, body["errcode"]) == (401, errcode)


@pytest.mark.parametrize("term", [None, 5, ["a"]])
async def test_what_makes_no_sense_is_said_so(search: Search, term: Any):
    status, body = await search(ANNA, term)
    assert (status, body["errcode"]) == (400, "M_BAD_JSON")

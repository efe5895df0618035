"""How the tests of files speak to the bridge: upload as a person, fetch as a browser, on a real homeserver."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import FormData
from api_school import STUDENT, TEACHER
from conftest import Caller, MakeCaller
from testbed.homeserver import TestedSynapse

from bridge.api.files import doors
from bridge.api.files.signatures import FileAddresses
from bridge.matrix.homeserver import Homeserver

UPLOAD = "/api/chat/upload/"
MANY = {"per_second": 1000, "burst": 1000}


@asynccontextmanager
async def homeserver_of(synapse: TestedSynapse) -> AsyncIterator[Homeserver]:
    """The bridge's way to *synapse*, where the ghosts of the tests' people are."""
    homeserver = Homeserver(synapse.homeserver, synapse.appservice)
    await homeserver.start()
    for person_id in (TEACHER, STUDENT):
        await synapse.register_ghost(person_id)
    yield homeserver
    await homeserver.close()


async def with_files(make_caller: MakeCaller, homeserver: Homeserver, **sections: Any) -> Caller:
    call = await make_caller(*doors.ROUTES, **{"limits": {"upload": MANY}, **sections})
    call.services.homeserver = homeserver
    call.services.file_address = FileAddresses(call.services.config, lambda: call.services.clock() / 1000)
    return call


def form(*parts: tuple[str, bytes], field: str = "file", **fields: str) -> FormData:
    data = FormData(quote_fields=False)
    for name, content in parts:
        data.add_field(field, content, filename=name, content_type="application/octet-stream")
    for name, text in fields.items():
        data.add_field(name, text)
    return data


async def upload(call: Caller, *parts: tuple[str, bytes], person_id: int = STUDENT, **fields: str) -> tuple[int, Any]:
    response = await call("POST", UPLOAD, person_id, data=form(*parts, **fields))
    return response.status, await response.json()


async def fetch(call: Caller, address: str, method: str = "GET", **headers: str) -> Any:
    """Follow an address as a browser does: without a token."""
    return await call(method, address.removeprefix("https://chat.school.test"), None, headers=headers)

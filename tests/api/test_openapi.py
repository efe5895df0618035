"""The document, the models and the routes are one thing."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from typing import Any

import pytest
from api_school import TEACHER
from conftest import Caller

import bridge.api
from bridge.api import bodies
from bridge.api.openapi.document import document
from bridge.api.openapi.operations import OPERATIONS, Operation
from bridge.api.panel import bodies as panel_bodies
from bridge.api.routes import Route

DOCUMENT = document("https://chat.school.test")


def _routes() -> list[Route]:
    """Every route that a module of ``bridge.api`` offers."""
    names = [module.name for module in pkgutil.walk_packages(bridge.api.__path__, "bridge.api.")]
    modules = [importlib.import_module(name) for name in names]
    return [route for module in modules for route in getattr(module, "ROUTES", ())]


def _key(described: Route | Operation) -> tuple[str, str]:
    return described.method, described.path.rstrip("/")  # both spellings are one route


def test_every_route_is_described_and_every_description_is_a_route():
    registered = {_key(route) for route in _routes() if route.path.startswith("/api/")}
    described = {_key(operation) for operation in OPERATIONS}
    assert registered - described == set()
    assert described - registered == set()


def test_what_is_said_to_be_public_is_and_nothing_else():
    open_routes = {_key(route) for route in _routes() if route.access == "public" and route.path.startswith("/api/")}
    assert open_routes == {_key(operation) for operation in OPERATIONS if operation.is_public}


def test_what_sends_and_uploads_is_counted_as_such():
    counted = {(route.method, route.path): route.access for route in _routes()}
    assert counted.get(("POST", "/api/chat/messages/")) == "send"
    assert counted.get(("POST", "/api/chat/upload/")) == "upload"


def test_no_operation_is_described_twice():
    assert len({(operation.method, operation.path) for operation in OPERATIONS}) == len(OPERATIONS)
    ids = [described["operationId"] for path in DOCUMENT["paths"].values() for described in path.values()]
    assert len(set(ids)) == len(ids)


def _references(part: Any) -> set[str]:
    return set(re.findall(r'"\$ref": ?"#/components/schemas/(\w+)"', json.dumps(part)))


def test_every_reference_leads_somewhere_and_nothing_is_left_over():
    schemas = DOCUMENT["components"]["schemas"]
    assert _references(DOCUMENT) == set(schemas)


def test_every_body_that_is_checked_is_described():
    used = {operation.body for operation in OPERATIONS if operation.body}
    written = {
        model
        for module in (bodies, panel_bodies)
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, bodies.Body) and model is not bodies.Body
    }
    parts = {bodies.QuietHours, bodies.SettingsChange, bodies.MessageContent, *_parts_of_events()}
    of_the_homeserver = {bodies.BeginInMatrix}  # its door is no part of the web API
    assert written - parts - of_the_homeserver == used


def _parts_of_events() -> set[type[bodies.Body]]:
    events = set(panel_bodies._Event.__subclasses__())
    return {panel_bodies._Event, panel_bodies.RemovedObject, panel_bodies.RemovedEnrolment} | events


@pytest.mark.parametrize("name", ["User", "Conversation", "LastMessage", "Message", "File"])
def test_a_shape_has_every_key_and_may_not_leave_one_out(name: str):
    schema = DOCUMENT["components"]["schemas"][name]
    assert set(schema["required"]) == set(schema["properties"])


def test_the_schema_says_what_a_body_needs():
    message = DOCUMENT["components"]["schemas"]["SendMessage"]
    assert message["required"] == ["conversation_id"]
    assert message["properties"]["client_id"]["anyOf"][0]["maxLength"] == 64


async def test_the_document_is_served_to_everybody(call: Caller):
    for person_id in (None, TEACHER):
        response = await call("GET", "/api/chat/schema/", person_id)
        body = await response.json()
        assert (response.status, body["openapi"]) == (200, "3.1.0")
        assert body["servers"] == [{"url": "https://chat.school.test"}]

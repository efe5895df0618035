"""The OpenAPI 3.1 document, generated from the table of operations and the models that check requests."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bridge.api.answers import json_answer
from bridge.api.openapi.described import Operation, Query
from bridge.api.openapi.operations import OPERATIONS
from bridge.api.routes import chat
from bridge.api.services import SERVICES
from bridge.api.shapes import Error, ManyFiles

DESCRIPTION = """\
Every path answers with and without its last slash. Times are ISO 8601 UTC with milliseconds. Live changes
come over WebSockets: `/ws/chat/` carries all my conversations, `/ws/chat/{conversation_id}/` one of them;
both take `?ticket=` (see `ws-ticket/`), the subprotocols `bearer, <JWT>`, or `?token=<JWT>`.
"""

ERRORS = {
    400: "A field is wrong: `{field: [why]}`",
    401: "Not signed in",
    403: "A rule refuses; `code` names it",
    404: "It does not exist, or the caller may not see it",
    409: "Not possible as things stand",
    413: "Too large",
    415: "A type that is not taken",
    429: "Too often; see Retry-After",
    503: "Not possible now; see Retry-After",
}
FIELD_ERRORS = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": {"type": "string"}},
    "examples": [{"text": ["This field may not be blank."]}],
}
REF = "#/components/schemas/{model}"


async def get_schema(request: web.Request) -> web.Response:
    return json_answer(document(request.app[SERVICES].config.server.public_url))


@lru_cache(maxsize=2)
def document(public_url: str) -> dict[str, Any]:
    """Build the whole document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Classbridge", "version": version("classbridge"), "description": DESCRIPTION},
        "servers": [{"url": public_url}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "panel": {"type": "http", "scheme": "bearer", "description": "`panel.token` of the config"},
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": _operation_id(operation),
        "summary": operation.summary,
        "parameters": [
            *_path_parameters(operation.path),
            *(_parameter(query, "query") for query in operation.query),
            *(_parameter(header, "header") for header in operation.headers),
        ],
        "responses": _responses(operation),
    }
    if operation.uploads:
        described["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": UPLOAD}}}
    elif operation.body is not None:
        described["requestBody"] = {"content": _json(_ref(operation.body))}
    if operation.is_public:
        described["security"] = []
    elif operation.is_panel:
        described["security"] = [{"panel": []}]
    return described


UPLOAD = {
    "type": "object",
    "properties": {
        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
        "files": {
            "type": "array",
            "items": {"type": "string", "contentMediaType": "application/octet-stream"},
        },
    },
}


def _operation_id(operation: Operation) -> str:
    words = re.findall(r"[a-z_]+", operation.path.removeprefix("/api/chat").removeprefix("/api/"))
    return "_".join([operation.method.lower(), *words])


def _path_parameters(path: str) -> list[dict[str, Any]]:
    kinds = {"id": "integer"}
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": kinds.get(name, "string")}}
        for name in re.findall(r"{(\w+)}", path)
    ]


def _parameter(query: Query, place: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": query.kind}
    if query.choices:
        schema["enum"] = list(query.choices)
    return {
        "name": query.name,
        "in": place,
        "description": query.what,
        "required": query.is_required,
        "schema": schema,
    }


def _responses(operation: Operation) -> dict[str, Any]:
    answers = {str(status): _answer(operation, shape) for status, shape in operation.answers.items()}
    common = (429, 503) if operation.is_public else (401, 429, 503)
    return answers | {str(status): _error(status) for status in sorted({*operation.errors, *common})}


def _answer(operation: Operation, shape: Any) -> dict[str, Any]:
    if shape is None:
        return {"description": "Done"}
    if shape == "bytes":
        return {"description": "The bytes", "content": {"application/octet-stream": {}}}
    if shape == "object":
        return {"description": operation.summary, "content": _json({"type": "object"})}
    schema: dict[str, Any] = _ref(shape)
    if operation.uploads:
        schema = {"oneOf": [schema, _ref(ManyFiles)]}
    return {"description": operation.summary, "content": _json(schema)}


def _error(status: int) -> dict[str, Any]:
    return {"description": ERRORS[status], "content": _json(FIELD_ERRORS if status == 400 else _ref(Error))}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _ref(model: type[BaseModel]) -> dict[str, Any]:
    return {"$ref": REF.format(model=model.__name__)}


def _schemas() -> dict[str, Any]:
    """Each model once: bodies as they are checked, shapes as they are answered."""
    bodies = {operation.body for operation in OPERATIONS if operation.body}
    shapes = {s for operation in OPERATIONS for s in operation.answers.values() if isinstance(s, type)}
    wanted = [(model, "validation") for model in bodies | shapes | {Error, ManyFiles}]
    ordered = sorted(wanted, key=lambda pair: pair[0].__name__)
    _, definitions = models_json_schema(ordered, ref_template=REF)  # type: ignore[arg-type]
    found: dict[str, Any] = definitions["$defs"]
    return found


ROUTES = (chat("GET", "schema/", get_schema, access="public"),)

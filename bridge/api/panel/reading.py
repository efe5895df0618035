"""The panel's large bodies, read and checked: all faults at once, each with its path."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from bridge.api.panel.bodies import KINDS, ONE_EVENT, AnyEvent, PostEvents, Version
from bridge.api.parse import load_json, read_bytes, sentence_of
from bridge.api.services import SERVICES
from bridge.errors import Invalid, TypeRefused
from bridge.roster.panel_entries import (
    Entries,
    Fault,
    PanelEnrolment,
    PanelGroup,
    PanelUser,
    check_rows,
    list_contradictions,
)

FAULTS_A_LIST = 100
VERSION: TypeAdapter[int | None] = TypeAdapter(Version | None)


async def read_roster(request: web.Request) -> tuple[int | None, Entries]:
    """
    Read the body of a whole roster.

    Returns:
        Its version, and its rows.

    Raises:
        Invalid: With every fault of every list, up to a hundred of each.
        TooLarge: Over ``panel.body_bytes``.
    """
    document = await _read_object(request)
    faults = [Fault((name,), "This field is required.") for name in Entries._fields if name not in document]
    version = None
    try:
        version = VERSION.validate_python(document.get("version"))
    except ValidationError as error:
        faults.append(Fault(("version",), sentence_of(error.errors()[0])))
    users, wrong_users = await check_rows(PanelUser, document.get("users", []), "users", sentence_of)
    groups, wrong_groups = await check_rows(PanelGroup, document.get("groups", []), "groups", sentence_of)
    enrolments, wrong_enrolments = await check_rows(
        PanelEnrolment, document.get("enrolments", []), "enrolments", sentence_of
    )
    entries = Entries(users, groups, enrolments)
    faults += [*wrong_users, *wrong_groups, *wrong_enrolments]
    _refuse(faults or await asyncio.to_thread(lambda: list(list_contradictions(entries))))
    return version, entries


async def read_events(request: web.Request) -> list[AnyEvent]:
    """
    Read one event, or a list of them.

    Raises:
        Invalid: With every fault; nothing of the request is taken then.
    """
    document = await _read_object(request)
    try:
        if "events" in document:
            return PostEvents.model_validate(document).events
        return [ONE_EVENT.validate_python(document)]
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        _refuse(Fault(_place(fault["loc"], fault["type"]), sentence_of(fault)) for fault in faults)
        raise


def _place(steps: tuple[int | str, ...], kind_of_fault: str) -> tuple[int | str, ...]:
    """Without the word by which pydantic tells which kind of event it took it for."""
    kept = tuple(step for step in steps if step not in KINDS)
    return (*kept, "kind") if kind_of_fault.startswith("union_tag") else kept


async def _read_object(request: web.Request) -> dict[str, Any]:
    body = await read_bytes(request, request.app[SERVICES].config.panel.body_bytes)
    if request.content_type != "application/json":
        raise TypeRefused("Send the body as application/json.", code="unsupported_media_type")
    document = load_json(body)
    if not isinstance(document, dict):
        raise Invalid("Send a JSON object.")
    return document


def _refuse(faults: Iterable[Fault]) -> None:
    """Raise what there is, in DRF's shape: ``{"users": ["3.username: This field may not be blank."]}``."""
    fields: dict[str, list[str]] = {}
    left_out: dict[str, int] = {}
    for (name, *rest), sentence in faults:
        sentences = fields.setdefault(str(name), [])
        if len(sentences) < FAULTS_A_LIST:
            sentences.append(f"{'.'.join(map(str, rest))}: {sentence}" if rest else sentence)
        else:
            left_out[str(name)] = left_out.get(str(name), 0) + 1
    for name, number in left_out.items():
        fields[name].append(f"and {number} more faults")
    if fields:
        raise Invalid(fields)

"""The operations of the panel, for the table of all."""

from __future__ import annotations

from typing import Any

from bridge.api.openapi.described import PAGE, Answers, Operation, Query
from bridge.api.panel import bodies as take
from bridge.api.panel import shapes as give
from bridge.api.routes import PANEL_PREFIX
from bridge.api.shapes import Message


def _panel(method: str, path: str, summary: str, answers: Answers, errors: tuple[int, ...], **more: Any) -> Operation:
    return Operation(method, f"{PANEL_PREFIX}/{path}", summary, answers, errors=(404, *errors), is_panel=True, **more)


PANEL = (
    _panel(
        "PUT",
        "roster/",
        "The whole school; 202: rooms and members follow, see the run",
        {200: give.RosterTaken, 202: give.RosterTaken},
        (400, 409, 413, 415),
        body=take.PutRoster,
        query=(Query("dry_run", "Only say what would come of it; nothing is stored.", "boolean"),),
    ),
    _panel(
        "POST",
        "events/",
        "Changes, each taken once; the body may also be one event alone",
        {200: give.EventsTaken, 202: give.EventsTaken},
        (400, 413, 415),
        body=take.PostEvents,
    ),
    _panel("GET", "runs/", "What was taken in, newest first", {200: give.RosterRunPage}, (), query=PAGE),
    _panel("GET", "runs/{id}/", "What became of a list or a change, and how far it is", {200: give.RosterRun}, ()),
    _panel(
        "POST",
        "runs/{id}/confirm/",
        "Take in what waits because it removes much",
        {202: give.RosterRun},
        (409,),
    ),
    _panel(
        "GET",
        "users/{id}/devices/",
        "Where somebody is signed in with a Matrix client",
        {200: give.Devices},
        (503,),
    ),
    _panel(
        "DELETE",
        "users/{id}/devices/",
        "Sign somebody out of every Matrix client",
        {204: None},
        (503,),
    ),
    _panel(
        "POST",
        "system-messages/",
        "The school itself says something in a group; 200: it was said already",
        {200: Message, 201: Message},
        (400, 409, 413, 415),
        body=take.SystemMessage,
    ),
)

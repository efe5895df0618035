"""Every operation of the web API in one table. A test holds it and the registered routes together."""

from __future__ import annotations

from typing import Any

from bridge.api import bodies as take
from bridge.api import shapes as give
from bridge.api.openapi.described import PAGE, Answers, Operation, Query
from bridge.api.openapi.panel_operations import PANEL
from bridge.api.routes import PREFIX


def _chat(method: str, path: str, summary: str, answers: Answers, **more: Any) -> Operation:
    return Operation(method, f"{PREFIX}/{path}", summary, answers, **more)


MESSAGES = (
    Query("conversation_id", "Of which conversation.", "integer", is_required=True),
    Query("page", "Page 1 is the newest; inside a page the oldest is first.", "integer"),
    Query("page_size", "As `limit`.", "integer"),
    Query("before", "Those before this message id.", "integer"),
    Query("after", "Those after this message id.", "integer"),
    Query("around", "Those around this message id.", "integer"),
    Query("limit", "How many: 50 unless given, at most 200.", "integer"),
)

ME = (
    _chat("GET", "me/", "Who I am, what I may do, what I have chosen", {200: give.Me}),
    _chat("PATCH", "me/", "Change my settings", {200: give.Me}, body=take.PatchMe, errors=(400,)),
    _chat(
        "GET",
        "contacts/",
        "Everybody I may write to",
        {200: give.ContactPage},
        query=(Query("search", "Part of the name."), Query("role", "Of this role only."), *PAGE),
        errors=(400, 404),
    ),
    _chat("POST", "ws-ticket/", "A one-time ticket for a socket", {200: give.Ticket}),
    _chat(
        "GET",
        "sync/",
        "All that changed for me",
        {200: give.Sync},
        query=(Query("since", "The `rev` of the last sync; without it only the current one.", "integer"),),
        errors=(400,),
    ),
)

ONE = "conversations/{id}/"

CONVERSATIONS = (
    _chat(
        "GET",
        "conversations/",
        "My conversations, last activity first",
        {200: give.ConversationPage},
        query=(
            Query("filter", "Which of them.", choices=("all", "unread", "groups")),
            Query("search", "Part of the name."),
            *PAGE,
        ),
        errors=(400, 404),
    ),
    _chat(
        "POST",
        "conversations/",
        "The one direct conversation of this pair; 201 when it is new",
        {200: give.Conversation, 201: give.Conversation},
        body=take.OpenDirect,
        errors=(400, 403, 404),
    ),
    *(
        _chat(
            "POST",
            f"conversations/{name}/",
            "A new group chat",
            {201: give.Conversation},
            body=take.CreateGroup,
            errors=(400, 403, 404),
        )
        for name in ("group", "create_group")
    ),
    _chat("GET", ONE, "One conversation", {200: give.Conversation}, errors=(404,)),
    _chat(
        "PATCH",
        ONE,
        "Rename a group for all, or mute for me",
        {200: give.Conversation},
        body=take.PatchConversation,
        errors=(400, 403, 404),
    ),
    _chat("DELETE", ONE, "Archive a group that I manage, or leave the list entry", {204: None}, errors=(404, 409)),
    _chat(
        "GET",
        ONE + "participants/",
        "Who is in it",
        {200: give.ParticipantPage},
        query=PAGE,
        errors=(404,),
    ),
    _chat(
        "POST",
        ONE + "add_participant/",
        "Add people to a group",
        {200: give.Conversation},
        body=take.AddParticipants,
        errors=(400, 403, 404, 409),
    ),
    *(
        _chat(
            method,
            ONE + "remove_participant/",
            "Remove somebody from a group",
            {200: give.Conversation},
            body=take.RemoveParticipant,
            query=(Query("user_id", "Whom, where the body does not say it.", "integer"),),
            errors=(400, 403, 404, 409),
        )
        for method in ("DELETE", "POST")
    ),
    _chat("POST", ONE + "read/", "I have read up to here", {204: None}, body=take.MarkRead, errors=(400, 404)),
    _chat("POST", ONE + "clear/", "Hide the history so far, for me alone", {204: None}, errors=(404,)),
    _chat("POST", ONE + "typing/", "I am typing", {204: None}, body=take.Typing, errors=(400, 404)),
    _chat(
        "POST",
        ONE + "block/",
        "Stop the other person of a direct conversation from writing",
        {200: give.Conversation},
        body=take.Block,
        errors=(400, 403, 404),
    ),
    _chat("DELETE", ONE + "block/", "Lift the block", {200: give.Conversation}, errors=(403, 404)),
)

MESSAGE = "messages/{id}/"

MESSAGES_AND_FILES = (
    _chat(
        "GET",
        "messages/",
        "A page of messages",
        {200: give.MessagePage},
        query=MESSAGES,
        errors=(400, 404),
    ),
    _chat(
        "POST",
        "messages/",
        "Send a message; 200 when this client_id was sent before",
        {200: give.Message, 201: give.Message},
        body=take.SendMessage,
        errors=(400, 403, 404),
    ),
    _chat(
        "PATCH",
        MESSAGE,
        "Edit my message",
        {200: give.Message},
        body=take.EditMessage,
        errors=(400, 403, 404),
    ),
    _chat("DELETE", MESSAGE, "Delete a message for everybody", {204: None}, errors=(403, 404)),
    _chat("PATCH", MESSAGE + "read/", "All up to this one are read", {200: give.ReadUpTo}, errors=(404,)),
    _chat(
        "POST",
        "upload/",
        "Upload files; several: `results`, in their order",
        {201: give.File},
        uploads=True,
        errors=(400, 413, 415),
    ),
)

SESSION = Query("X-Session", "`cookie`: the refresh token goes into an HttpOnly cookie.", choices=("cookie",))

PUBLIC = (
    Operation(
        "GET",
        f"{PREFIX}/files/{{file_id}}/{{name}}",
        "The bytes of a file, by its signed address",
        {200: "bytes", 206: "bytes"},
        query=(
            Query("e", "Part of the signed address: until when.", "integer", is_required=True),
            Query("s", "Part of the signed address: the signature.", is_required=True),
            Query("thumbnail", "A small picture of this width instead.", "integer"),
        ),
        errors=(404,),
        is_public=True,
    ),
    Operation("GET", f"{PREFIX}/schema/", "This document", {200: "object"}, is_public=True),
    Operation(
        "POST",
        "/api/auth/token/",
        "Sign in (of the demo only)",
        {200: give.TokenPair},
        body=take.SignIn,
        headers=(SESSION,),
        errors=(400, 401, 404),
        is_public=True,
    ),
    Operation(
        "POST",
        "/api/auth/token/refresh/",
        "A new access token (of the demo only); 204: the page asked for has no session",
        {200: give.AccessToken, 204: None},
        body=take.Refresh,
        headers=(SESSION,),
        errors=(400, 401, 403, 404),
        is_public=True,
    ),
    Operation(
        "POST",
        "/api/auth/sign-out/",
        "End the page's session (of the demo only)",
        {204: None},
        errors=(403, 404),
        is_public=True,
    ),
    Operation(
        "GET",
        "/api/auth/demo-sign-ins/",
        "Who can sign in (of the demo only)",
        {200: give.DemoSignIns},
        errors=(404,),
        is_public=True,
    ),
)

OPERATIONS: tuple[Operation, ...] = (*ME, *CONVERSATIONS, *MESSAGES_AND_FILES, *PANEL, *PUBLIC)

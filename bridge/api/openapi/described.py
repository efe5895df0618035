"""How an operation of the web API is described."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

Answers = Mapping[int, type[BaseModel] | Literal["bytes", "object"] | None]


@dataclass(frozen=True, slots=True)
class Query:
    """A parameter of the query or a header. ``choices`` makes it an enumeration."""

    name: str
    what: str
    kind: Literal["integer", "string", "boolean"] = "string"
    choices: tuple[str, ...] = ()
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """
    What one method of one path takes and gives.

    Attributes:
        answers: Status to shape; None: no body; "bytes": a file; "object": JSON described elsewhere.
        headers: What a request may say in its headers.
        uploads: The body is multipart with files.
        is_panel: Of the panel, which shows its own token.
        errors: Statuses beyond those that every call may answer with.
    """

    method: str
    path: str
    summary: str
    answers: Answers
    body: type[BaseModel] | None = None
    query: tuple[Query, ...] = ()
    headers: tuple[Query, ...] = ()
    errors: tuple[int, ...] = ()
    is_public: bool = False
    is_panel: bool = False
    uploads: bool = False


PAGE = (
    Query("page", "Which page; the first is 1.", "integer"),
    Query("page_size", "How many on a page: 50 unless given, at most 200.", "integer"),
)

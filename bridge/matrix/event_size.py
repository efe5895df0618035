"""
Contents that fit into an event, which has at most 65,536 bytes with everything: Client-Server API, "Size limits".

Ten thousand characters are up to 40 KB as plain text, as much again as HTML, and all of that twice in an edit. Pure.
"""

from __future__ import annotations

import json
from typing import Any

# The rest is for what the homeserver adds: ids, signatures, up to twenty parents.
MAX_CONTENT_BYTES = 60_000
# Of an edit's text, for clients that know no edits, where the whole would not fit.
FALLBACK_CHARACTERS = 1_000


def size_of(content: dict[str, Any]) -> int:
    """Bytes of *content* as events are counted: Appendices, "Canonical JSON"."""
    return len(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def fit(content: dict[str, Any]) -> dict[str, Any]:
    """*content*, without its formatting where it would be too large: the body says the same, unformatted."""
    return content if size_of(content) <= MAX_CONTENT_BYTES else _unformatted(content)


def fit_edit(content: dict[str, Any]) -> dict[str, Any]:
    """An edit made smaller where it must be: first what older clients show, then the new text's formatting."""
    if size_of(content) <= MAX_CONTENT_BYTES:
        return content
    content = {**_unformatted(content), "body": f"{content['body'][:FALLBACK_CHARACTERS]}…"}
    if size_of(content) <= MAX_CONTENT_BYTES:
        return content
    return {**content, "m.new_content": _unformatted(content["m.new_content"])}


def _unformatted(content: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key not in ("format", "formatted_body")}

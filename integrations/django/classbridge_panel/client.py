"""HTTP to the bridge's ``/api/panel/``; the standard library is enough."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from classbridge_panel.conf import get_settings

ANSWER_BYTES = 8 << 20
WRONG_REQUEST, TOO_LARGE = 400, 413
# What to look at, where the bridge answers but does not want us.
HINTS = {
    401: "does not accept CLASSBRIDGE['TOKEN']; it must be panel.token of the bridge's config",
    403: "does not accept CLASSBRIDGE['TOKEN']; it must be panel.token of the bridge's config",
    404: "has no door for a panel at CLASSBRIDGE['URL']; is panel.token set in its config?",
    409: "takes its roster from another source; look at roster in its config",
}


class BridgeAway(Exception):
    """No answer, or one that says nothing about what was sent: try again later, all of it."""


@dataclass
class WrongRequest(Exception):
    """The bridge has read it and refuses it. ``body``: its answer, DRF's shape."""

    status: int
    body: Any

    def __str__(self) -> str:
        return json.dumps(self.body, ensure_ascii=False)


class _NoRedirects(HTTPRedirectHandler):
    """A redirected POST arrives as a GET without its body; say so instead."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        raise BridgeAway(f"the bridge redirects to {newurl}; set CLASSBRIDGE['URL'] to its real address")


def call(method: str, path: str, body: Any, *, timeout_s: float | None = None) -> Any:
    """
    Send *body* as JSON to ``/api/panel/`` + *path* and return the answer's.

    Raises:
        BridgeAway: Nothing was taken, or nobody knows; the same may be sent again.
        WrongRequest: The content is refused; a repeat cannot help.
    """
    chosen = get_settings()
    request = Request(  # noqa: S310 - the check of the settings allows http and https only
        f"{chosen.url.rstrip('/')}/api/panel/{path}",
        data=json.dumps(body, ensure_ascii=False).encode(),
        method=method,
        headers={"Authorization": f"Bearer {chosen.token}", "Content-Type": "application/json"},
    )
    try:
        with build_opener(_NoRedirects).open(request, timeout=timeout_s or chosen.timeout_s) as answer:
            return json.loads(answer.read(ANSWER_BYTES))
    except HTTPError as error:
        with error:
            raise _told(error) from error
    except (OSError, HTTPException) as error:
        raise BridgeAway(f"the bridge at {chosen.url} does not answer: {error}") from error
    except ValueError as error:
        raise BridgeAway(f"what answers at {chosen.url} is not the bridge: {error}") from error


def _told(error: HTTPError) -> Exception:
    text = error.read(ANSWER_BYTES).decode("utf-8", "replace")
    if error.code in {WRONG_REQUEST, TOO_LARGE}:
        try:
            return WrongRequest(error.code, json.loads(text))
        except ValueError:
            return WrongRequest(error.code, text[:500])
    return BridgeAway(f"the bridge {HINTS.get(error.code, f'answered {error.code}: {text[:200]}')}")

"""Whose a person's own access token is: asked with that token, not with ours."""

from __future__ import annotations

import aiohttp

from bridge.errors import HomeserverUnavailable
from bridge.matrix.homeserver import Homeserver

WHOAMI = "/_matrix/client/v3/account/whoami"


async def find_owner(homeserver: Homeserver, token: str) -> int | None:
    """
    The person of an access token ("Client-Server API, whoami"); None: nobody of the school, or it does not hold.

    Raises:
        HomeserverUnavailable: There is no answer.
    """
    headers = {"Authorization": f"Bearer {token}"}
    timeout = aiohttp.ClientTimeout(total=homeserver.timeout_s)
    try:
        async with homeserver.session.get(f"{homeserver.url}{WHOAMI}", headers=headers, timeout=timeout) as answer:
            if answer.status >= 500 or answer.status == 429:
                raise HomeserverUnavailable("The homeserver does not answer.")
            document = await answer.json(content_type=None) if answer.status == 200 else None
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise HomeserverUnavailable("The homeserver does not answer.") from error
    mxid = document.get("user_id") if isinstance(document, dict) else None
    return homeserver.ids.person_id(mxid) if isinstance(mxid, str) else None

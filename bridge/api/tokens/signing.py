"""Tokens as SimpleJWT signs them; for the demo and the bridge's own sign-in. Elsewhere the panel signs."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import uuid4

import jwt

from bridge.api.tokens.check import TokenType
from bridge.config import AuthConfig


class Tokens(NamedTuple):
    """What SimpleJWT's sign-in answers."""

    access: str
    refresh: str


def sign_tokens(config: AuthConfig, person_id: int, now_s: float, access_lifetime_s: int | None = None) -> Tokens:
    """
    Sign an access and a refresh token as SimpleJWT does.

    Args:
        access_lifetime_s: Other than the config's, for load tests.
    """
    access_s = access_lifetime_s or config.access_lifetime_s
    return Tokens(
        _sign(config, "access", person_id, now_s, access_s),
        _sign(config, "refresh", person_id, now_s, max(access_s, config.refresh_lifetime_s)),
    )


def _sign(config: AuthConfig, token_type: TokenType, person_id: int, now_s: float, lifetime_s: int) -> str:
    assert config.secret is not None, "signing needs HS256; the config makes sure of it"
    claims: dict[str, Any] = {
        "token_type": token_type,
        "user_id": person_id,
        "iat": int(now_s),
        "exp": int(now_s) + lifetime_s,
        "jti": uuid4().hex,
    }
    if config.issuer is not None:
        claims["iss"] = config.issuer
    if config.audience is not None:
        claims["aud"] = config.audience
    return jwt.encode(claims, config.secret, algorithm="HS256")

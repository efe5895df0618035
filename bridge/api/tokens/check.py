"""
Access tokens of the panel: SimpleJWT's JSON Web Tokens (RFC 7519), checked with the config's one algorithm.

A token says who asks, never what that one may do. What was verified once is remembered until it expires, so a
signature is computed once for each token and not at each request.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any, Literal

import jwt

from bridge.api.bodies import MAX_ID
from bridge.api.tokens.jwks import Jwks
from bridge.config import AuthConfig
from bridge.errors import NotSignedIn

REMEMBERED = 20_000

TokenType = Literal["access", "refresh"]


def _refused(why: str) -> NotSignedIn:
    return NotSignedIn(why, code="token_not_valid")


class TokenCheck:
    """``now_s``: seconds since 1970, as tokens count."""

    def __init__(self, config: AuthConfig, now_s: Callable[[], float] = time.time) -> None:
        self._config = config
        self._now_s = now_s
        self._jwks = Jwks(config.jwks_url, config.algorithm) if config.jwks_url else None
        self._known: dict[bytes, tuple[int, float]] = {}  # by hash; the oldest goes first

    async def check(self, token: str, token_type: TokenType = "access") -> int:  # noqa: S107
        """
        Give the person's id of a token that holds now.

        Raises:
            NotSignedIn: It does not; the sentence says why, without repeating anything of the token.
            Unavailable: The panel's keys are needed and cannot be had.
        """
        if not token.isascii():
            raise _refused("This is not a token.")
        digest = hashlib.sha256(f"{token_type} {token}".encode()).digest()
        known = self._known.get(digest)
        if known is None:
            known = await self._verify(token, token_type)
            self._remember(digest, known)
        person_id, holds_until_s = known
        if holds_until_s <= self._now_s():
            self._known.pop(digest, None)
            raise _refused("The token has expired.")
        return person_id

    async def start(self) -> None:
        """Fetch the panel's keys, so that nobody waits for them; without them the start goes on."""
        if self._jwks is not None:
            await self._jwks.refresh()

    async def close(self) -> None:
        if self._jwks is not None:
            await self._jwks.close()

    def _remember(self, digest: bytes, known: tuple[int, float]) -> None:
        self._known[digest] = known
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]

    async def _verify(self, token: str, token_type: TokenType) -> tuple[int, float]:
        """The person's id, and until when the token holds, leeway included."""
        claims = _decode(token, await self._key_for(token), self._config)
        if claims.get("token_type") != token_type:
            raise _refused(f"A token of the type {token_type} is needed here.")
        now_s, leeway_s = self._now_s(), self._config.leeway_s
        if "nbf" in claims and _seconds(claims["nbf"]) - leeway_s > now_s:
            raise _refused("The token does not hold yet.")
        return _person_id(claims.get("user_id")), _seconds(claims["exp"]) + leeway_s

    async def _key_for(self, token: str) -> Any:
        if self._jwks is None:
            return self._config.secret
        try:
            kid = jwt.get_unverified_header(token).get("kid")
        except (jwt.InvalidTokenError, RecursionError) as error:
            raise _refused("This is not a token.") from error
        key = await self._jwks.find_key(kid)
        if key is None:
            raise _refused("The token is signed with a key that the panel does not publish.")
        return key


def _decode(token: str, key: Any, config: AuthConfig) -> dict[str, Any]:
    """Check signature, issuer and audience. Times are checked by the caller, at each request."""
    try:
        return jwt.decode(
            token,
            key,
            algorithms=[config.algorithm],
            issuer=config.issuer,
            audience=config.audience,
            options={
                "require": ["exp", "token_type", "user_id"],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
                "verify_aud": config.audience is not None,
                "verify_iss": config.issuer is not None,
                "verify_sub": False,
                "verify_jti": False,
            },
        )
    except jwt.InvalidAlgorithmError as error:
        raise _refused("The token is signed with an algorithm that is not accepted here.") from error
    except jwt.MissingRequiredClaimError as error:
        raise _refused(f"The token has no {error.claim}.") from error
    except (jwt.InvalidIssuerError, jwt.InvalidAudienceError) as error:
        raise _refused("The token was made by or for somebody else.") from error
    except jwt.InvalidSignatureError as error:
        raise _refused("The token's signature does not hold.") from error
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise _refused("This is not a token.") from error


def _seconds(value: Any) -> float:
    """A NumericDate of RFC 7519, section 2."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        raise _refused("A time in the token is not a number.")
    return float(value)


def _person_id(value: Any) -> int:
    """SimpleJWT writes ``user_id`` as an integer or, since 5.4, as a string of digits."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 16:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MAX_ID:
        raise _refused("The token names no user.")
    return value

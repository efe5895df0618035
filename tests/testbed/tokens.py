"""Tokens as a panel signs them, and as others forge them: JSON Web Signature (RFC 7515) by hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

OTHER_KEY = "a key that the panel does not know of"


def claims_of(user_id: Any, **changes: Any) -> dict[str, Any]:
    """SimpleJWT's claims; None removes one."""
    now_s = int(time.time())
    claims = {"token_type": "access", "user_id": user_id, "iat": now_s, "exp": now_s + 600, "jti": "7"} | changes
    return {name: value for name, value in claims.items() if value is not None}


def by_hand(claims: dict[str, Any], key: bytes | None, **header: Any) -> str:
    """A token that no library would make: HMAC with any *key*, None: without a signature."""
    head = {"typ": "JWT", "alg": "none" if key is None else "HS256"} | header
    signed = f"{_part(json.dumps(head).encode())}.{_part(json.dumps(claims).encode())}"
    signature = b"" if key is None else hmac.digest(key, signed.encode(), hashlib.sha256)
    return f"{signed}.{_part(signature)}"


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def forged(user_id: int, secret: str) -> dict[str, str]:
    """Tokens for *user_id* that must not open anything; *secret* is the panel's where it signs with HS256."""
    good = jwt.encode(claims_of(user_id), secret, algorithm="HS256")
    head, body, signature = good.split(".")
    other_body = _part(json.dumps(claims_of(user_id)).encode()) + "x"
    return {
        "nothing": "",
        "word": "letmein",
        "dots": "...",
        "alg none": by_hand(claims_of(user_id), None),
        "alg None": by_hand(claims_of(user_id), None, alg="None"),
        "alg none with a signature": by_hand(claims_of(user_id), secret.encode(), alg="none"),
        "empty key": by_hand(claims_of(user_id), b""),
        "other key": by_hand(claims_of(user_id), OTHER_KEY.encode()),
        "HS512": jwt.encode(claims_of(user_id), secret.ljust(64), algorithm="HS512"),
        "no signature": f"{head}.{body}.",
        "other body": f"{head}.{other_body}.{signature}",
        "expired": jwt.encode(claims_of(user_id, exp=int(time.time()) - 60), secret, algorithm="HS256"),
        "for ever": jwt.encode(claims_of(user_id, exp=None), secret, algorithm="HS256"),
        "refresh": jwt.encode(claims_of(user_id, token_type="refresh"), secret, algorithm="HS256"),
        "no type": jwt.encode(claims_of(user_id, token_type=None), secret, algorithm="HS256"),
        "nobody": jwt.encode(claims_of(None), secret, algorithm="HS256"),
        "unknown user": jwt.encode(claims_of(424_242), secret, algorithm="HS256"),
        "unknown user as text": jwt.encode(claims_of("424242"), secret, algorithm="HS256"),
        "user is a name": jwt.encode(claims_of("ivanov"), secret, algorithm="HS256"),
        "user is true": jwt.encode(claims_of(True), secret, algorithm="HS256"),
        "user is a number with a point": jwt.encode(claims_of(float(user_id)), secret, algorithm="HS256"),
        "user is a list": jwt.encode(claims_of([user_id]), secret, algorithm="HS256"),
        "long": "e" * 6000,
    }


class Panel:
    """A panel that signs with RS256 and publishes its key."""

    def __init__(self) -> None:
        self.key, self.other_key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        self.kid = "panel-1"
        app = web.Application()
        app.router.add_get("/jwks.json", self._get_keys)
        self.server = TestServer(app)

    @property
    def jwks_url(self) -> str:
        return str(self.server.make_url("/jwks.json"))

    @property
    def public_pem(self) -> bytes:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.key.public_key().public_bytes(serialization.Encoding.PEM, form)

    def jwk(self, key: rsa.RSAPrivateKey) -> dict[str, Any]:
        return {**jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "use": "sig", "alg": "RS256"}

    async def _get_keys(self, _request: web.Request) -> web.Response:
        return web.json_response({"keys": [{**self.jwk(self.key), "kid": self.kid}]})

    def token(self, user_id: Any, **changes: Any) -> str:
        return jwt.encode(claims_of(user_id, **changes), self.key, algorithm="RS256", headers={"kid": self.kid})

    def forged(self, user_id: int, shared_secret: str) -> dict[str, str]:
        """Those of HS256, and what is possible only where the verifying key is public."""
        claims, der = claims_of(user_id), serialization.Encoding.DER
        other = {**self.jwk(self.other_key), "kid": "mine"}
        raw = self.key.public_key().public_bytes(der, serialization.PublicFormat.SubjectPublicKeyInfo)
        keys = {"the public PEM": self.public_pem, "PEM, stripped": self.public_pem.strip(), "DER": raw}
        keys["the JWK"] = json.dumps(self.jwk(self.key)).encode()
        headers: dict[str, dict[str, Any]] = {
            "unknown kid": {"kid": "panel-2"},
            "the panel's kid": {"kid": self.kid},
            "kid is a path": {"kid": "../../../../dev/null"},
            "own key in the header": {"jwk": other, "kid": "mine"},
            "own key's address": {"jku": "https://evil.example/jwks.json", "kid": "mine"},
        }
        return {
            **forged(user_id, shared_secret),
            **{f"HS256 with {name}": by_hand(claims, key, kid=self.kid) for name, key in keys.items()},
            **{name: jwt.encode(claims, self.other_key, "RS256", headers=head) for name, head in headers.items()},
            "RS384": jwt.encode(claims, self.key, "RS384", headers={"kid": self.kid}),
            "expired RS256": self.token(user_id, exp=int(time.time()) - 60),
            "refresh RS256": self.token(user_id, token_type="refresh"),
            "unknown user RS256": self.token(424_242),
        }

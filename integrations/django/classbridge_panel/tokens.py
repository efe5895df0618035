"""Chat tokens: what djangorestframework-simplejwt would issue, for panels that have none."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import jwt
from django.core.exceptions import ImproperlyConfigured

from classbridge_panel.conf import get_settings
from classbridge_panel.rows import row_of_user


def may_chat(user: Any) -> bool:
    """Whether the user is signed in and has a part in the chat."""
    return bool(user.is_authenticated and user.is_active and row_of_user(user))


def chat_token(user: Any) -> str:
    """
    An access token for the user: HS256, ``token_type``, ``user_id``, ``iat``, ``exp``, ``jti``.

    Raises:
        ImproperlyConfigured: There is no key.
    """
    chosen, now = get_settings(), int(time.time())
    if not chosen.token_key:
        raise ImproperlyConfigured("CLASSBRIDGE['TOKEN_KEY'] must be auth.secret of the bridge's config")
    claims = {
        **chosen.token_claims,
        "token_type": "access",
        "user_id": user.pk,
        "iat": now,
        "exp": now + int(chosen.token_lifetime.total_seconds()),
        "jti": uuid4().hex,
    }
    return jwt.encode(claims, chosen.token_key, algorithm="HS256")

"""``{% load classbridge %}``: ``{% chat_token %}`` and ``{% chat_url %}`` for the page that holds the chat."""

from __future__ import annotations

from typing import Any

from django import template

from classbridge_panel import tokens
from classbridge_panel.conf import get_settings

register = template.Library()


@register.simple_tag(takes_context=True)
def chat_token(context: dict[str, Any]) -> str:
    """A token for the signed-in user; empty for everybody else. The page must not be cached."""
    request = context.get("request")
    user = getattr(request, "user", None)
    return tokens.chat_token(user) if user is not None and tokens.may_chat(user) else ""


@register.simple_tag
def chat_url() -> str:
    """The bridge's address."""
    return get_settings().url

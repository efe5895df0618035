"""The endpoint from which the chat in the page gets a token when the last one expires."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from classbridge_panel.conf import get_settings
from classbridge_panel.tokens import chat_token, may_chat


@never_cache
@require_GET
def token(request: HttpRequest) -> JsonResponse:
    """``{"access", "expires_in", "url"}`` for the signed-in user; 401 or 403 as Django REST framework words them."""
    user = request.user
    if not user.is_authenticated:
        return _error(401, "not_authenticated", "Authentication credentials were not provided.")
    if not may_chat(user):
        return _error(403, "not_in_chat", "This person has no part in the chat.")
    lifetime = get_settings().token_lifetime
    answer = {"access": chat_token(user), "expires_in": int(lifetime.total_seconds()), "url": get_settings().url}
    return JsonResponse(answer)


def _error(status: int, code: str, detail: str) -> JsonResponse:
    answer = JsonResponse({"detail": detail, "code": code}, status=status)
    if status == 401:
        answer["WWW-Authenticate"] = "Session"
    return answer

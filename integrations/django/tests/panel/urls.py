from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

PAGE = "{% load classbridge %}<div data-token='{% chat_token %}' data-url='{% chat_url %}'></div>"


def page(request: HttpRequest) -> HttpResponse:
    """A page of the panel with the chat in it."""
    return HttpResponse(engines["django"].from_string(PAGE).render({}, request))


urlpatterns = [
    path("admin/", admin.site.urls),
    path("chat/", include("classbridge_panel.urls")),
    path("page/", page),
]

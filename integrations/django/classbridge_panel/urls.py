"""``path("chat/", include("classbridge_panel.urls"))`` puts the token at ``chat/token/``."""

from __future__ import annotations

from django.urls import path

from classbridge_panel import views

app_name = "classbridge_panel"
urlpatterns = [path("token/", views.token, name="token")]

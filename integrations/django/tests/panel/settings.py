"""A school's panel, small and real. Where its database and the bridge are, the environment says."""

from __future__ import annotations

import os

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["PANEL_DATABASE"],
        "ATOMIC_REQUESTS": True,
        "OPTIONS": {"timeout": 20},
    }
}
SECRET_KEY = "a-key-of-the-panel-that-nobody-else-knows"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "panel.school",
    "classbridge_panel",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
AUTH_USER_MODEL = "school.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "panel.urls"
USE_TZ = True
LANGUAGE_CODE = "ru"

CLASSBRIDGE = {
    "URL": os.environ.get("PANEL_BRIDGE", "http://127.0.0.1:9"),
    "TOKEN": os.environ.get("PANEL_TOKEN", "token-of-the-panel-for-the-bridge"),
    "GROUP_MODEL": "school.StudyGroup",
    "ENROLMENTS": [
        {"MODEL": "school.Membership", "GROUP": "group", "USER": "user", "ROLE": "role"},
        {"MANY_TO_MANY": "school.StudyGroup.assistants", "ROLE": "teacher"},
        {"FIELD": "school.StudyGroup.tutor", "ROLE": "teacher"},
    ],
    "ROLES": {"ученик": "student", "учитель": "teacher", "завуч": "admin", "родитель": None},
    "USER_ROW": "panel.chat.user_row",
    "GROUP_ROW": "panel.chat.group_row",
    "RELATED": {"school.Profile": "user"},
    "TIMEOUT_S": 5,
    "TOKEN_KEY": os.environ.get("PANEL_KEY", "a-key-that-panel-and-bridge-share-for-tokens"),
}
